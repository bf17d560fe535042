"""What a conversation is held over."""

import asyncio
import io
import wave
from pathlib import Path

import pytest
from rich.console import Console

from assembly import mic_lines
from assembly.errors import CannotTalk
from assembly.mic_lines import begin_output, file_line, list_devices, microphone_line, write_output
from assembly.mic_options import MicOptions
from media.errors import SoundUnavailable
from media.file_line import FileOutput
from media.wav_file import WavFile
from tests.support.fake_portaudio import FakePortAudio


def listed(audio: FakePortAudio) -> list[str]:
    written = io.StringIO()
    list_devices(audio, Console(file=written, width=100))
    return [" ".join(line.split()) for line in written.getvalue().splitlines()]


def test_devices_are_listed() -> None:
    """What each is, and which are the usual ones."""
    assert listed(FakePortAudio()) == [
        "number microphone loudspeaker rate name",
        "0 usual 16000 Hz Laptop microphone (ALSA)",
        "1 usual 48000 Hz Laptop loudspeaker (ALSA)",
        "2 yes yes 44100 Hz USB headset (ALSA)",
        "3 yes 48000 Hz USB camera (ALSA)",
    ]


def test_a_machine_may_have_none() -> None:
    """Or no usual one."""
    assert listed(FakePortAudio(devices=())) == [
        "This machine has no microphone and no loudspeaker that PortAudio knows."
    ]
    assert listed(FakePortAudio(usual=(-1, -1)))[1] == "0 yes 16000 Hz Laptop microphone (ALSA)"


def test_devices_are_chosen() -> None:
    """Before anything is opened."""
    audio = FakePortAudio()
    microphone_line(MicOptions(microphone="usb head", loudspeaker="2"), audio)
    assert audio.streams == []
    with pytest.raises(SoundUnavailable):
        microphone_line(MicOptions(loudspeaker="tv"), audio)


async def test_a_file_is_spoken(tmp_path: Path) -> None:
    """At any rate."""
    path = tmp_path / "in.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(b"\x10\x27\x10\x27" * 48_000)
    line = await file_line(path)
    events = line.events()
    await anext(events)
    await anext(events)
    assert round(line.heard.read_dbfs()) == -10
    await line.close()


async def test_a_file_that_cannot_be_spoken_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason."""
    with pytest.raises(CannotTalk, match=r"missing\.wav: No such file"):
        await file_line(tmp_path / "missing.wav")
    other = tmp_path / "other.wav"
    other.write_text("words")
    with pytest.raises(CannotTalk, match=r"other\.wav: it is no WAV file"):
        await file_line(other)
    monkeypatch.setattr(mic_lines, "LARGEST_WAV_BYTES", 3)
    with pytest.raises(CannotTalk, match=r"other\.wav: it is larger than"):
        await file_line(other)


async def test_what_is_played_is_written(tmp_path: Path) -> None:
    """To the last sample, however it ends; the folder is made."""
    output, path, notes = FileOutput(both_sides=False), tmp_path / "new" / "out.wav", list[str]()
    begin_output(path)
    async with asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(write_output(output, path, notes.append))
        await asyncio.sleep(0)
        output.add(b"\x01\x00", b"\x02\x00")
        writing.cancel()
    with wave.open(str(path)) as file:
        assert file.readframes(9) == b"\x02\x00"
    assert notes == []


async def test_a_disk_that_fails_costs_the_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever talks is told."""

    class Full(WavFile):
        async def run(self) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(mic_lines, "WavFile", Full)
    notes: list[str] = []
    await write_output(FileOutput(both_sides=False), tmp_path / "out.wav", notes.append)
    assert notes == [f"{tmp_path}/out.wav: No space left on device; nothing more is written"]


def test_a_file_that_cannot_be_written_is_named_at_once(tmp_path: Path) -> None:
    """Not after the conversation."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotTalk, match=r"out\.wav: "):
        begin_output(tmp_path / "file" / "out.wav")
