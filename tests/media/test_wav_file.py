import asyncio
import wave
from pathlib import Path

import pytest

from media.recording import StereoRecording
from media.wav_file import WavFile


async def test_everything_is_in_the_file_after_the_task_was_cancelled(tmp_path: Path) -> None:
    """A call ends by cancellation; the file is whole and closed."""
    recording = StereoRecording(sample_rate_hz=16_000)
    path = tmp_path / "new" / "call.wav"
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(WavFile(path, recording).run())
        while not path.exists():
            await asyncio.sleep(0)
        recording.caller(b"\x01\x00" * 16_000)
        recording.assistant(8_000, b"\x02\x00" * 8_000)
        task.cancel()
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 16_000, 16_000)
        assert file.readframes(16_000)[-4:] == b"\x01\x00\x02\x00"


@pytest.mark.parametrize("steps", range(6))
async def test_it_does_not_matter_when_the_call_ends(tmp_path: Path, steps: int) -> None:
    """Cancelled before, while or after a thread opens the file: the recording is there, and closed."""
    for attempt in range(10):
        recording = StereoRecording(sample_rate_hz=16_000)
        path = tmp_path / f"{attempt}.wav"
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(WavFile(path, recording).run())
            for _ in range(steps + 1):
                await asyncio.sleep(0)
            recording.caller(b"\x01\x00" * 1_600)
            task.cancel()
        with wave.open(str(path)) as file:
            assert file.getnframes() == 1_600


async def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path: Path) -> None:
    """The call must hear of it, and can go on without a recording."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"file|directory"):
        await WavFile(tmp_path / "file" / "call.wav", StereoRecording(sample_rate_hz=16_000)).run()
