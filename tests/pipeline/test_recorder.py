"""The recording on its way to the disk."""

import asyncio
import wave
from pathlib import Path

from media.recording import StereoRecording
from pipeline.recorder import record


async def test_what_is_heard_is_written(tmp_path: Path) -> None:
    """Under the call's id, until the call ends."""
    recording, failures = StereoRecording(sample_rate_hz=16_000), list[tuple[str, Exception]]()
    recording.caller(bytes(2 * 16_000))
    async with asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(record(recording, tmp_path, "call-1", lambda *failed: failures.append(failed)))
        await asyncio.sleep(0)
        writing.cancel()
    with wave.open(str(tmp_path / "call-1.wav")) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 16_000)
    assert failures == []


async def test_a_disk_that_fails_costs_the_recording(tmp_path: Path) -> None:
    """It is told, and nothing is raised."""
    failures: list[tuple[str, Exception]] = []
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    recording = StereoRecording(sample_rate_hz=16_000)
    await record(recording, tmp_path / "file", "call-1", lambda *failed: failures.append(failed))
    assert [(stage, isinstance(error, OSError)) for stage, error in failures] == [("recording", True)]


async def test_nothing_is_recorded_where_nobody_wants_it(tmp_path: Path) -> None:
    """It returns at once, and nothing fails, however wrong the folder is."""
    failures: list[tuple[str, Exception]] = []
    await record(None, tmp_path / "nowhere", "call-1", lambda *failed: failures.append(failed))
    await record(StereoRecording(sample_rate_hz=16_000), None, "call-1", lambda *failed: failures.append(failed))
    assert failures == []
