import asyncio
import wave
from pathlib import Path

import pytest

from media.file_line import FileOutput
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


async def test_one_channel_is_written_as_one(tmp_path: Path) -> None:
    """What grows says how many it has."""
    output = FileOutput(both_sides=False)
    output.add(b"\x01\x00", b"\x02\x00")
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(WavFile(tmp_path / "one.wav", output).run())
        await asyncio.sleep(0)
        task.cancel()
    with wave.open(str(tmp_path / "one.wav")) as file:
        assert (file.getnchannels(), file.readframes(9)) == (1, b"\x02\x00")
