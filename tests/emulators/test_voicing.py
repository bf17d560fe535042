"""Lines get their sound before the call."""

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest

from emulators.audible import samples_of
from emulators.caller import VoicedLine
from emulators.errors import ScenarioError
from emulators.scenario import Digits, Line
from emulators.voicing import Voicing, at_rate, read_wav, resampled
from tests.emulators.answering_server import tone
from tests.emulators.tone_voice import ToneVoice


def write_wav(path: Path, pcm: bytes, *, rate: int = 16_000, channels: int = 1, width: int = 2) -> Path:
    """A file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(pcm)
    return path


async def test_every_text_is_synthesised_once() -> None:
    """Even by two calls at the same time; pieces are joined."""
    voice, voicing = ToneVoice(), Voicing()
    steps = (Line("Hello."), Digits("1"), Line("Hello."))
    async with asyncio.TaskGroup() as tasks:
        both = [tasks.create_task(voicing.voiced(steps, voice)) for _ in range(2)]
    assert voice.spoken == ["Hello."]
    for task in both:
        first, digits, second = task.result()
        assert digits == Digits("1")
        assert first == second == VoicedLine(Line("Hello."), tone(120, hz=300))


async def test_two_voices_are_not_confused() -> None:
    """The same text has another sound in another voice."""
    voicing = Voicing()
    one, other = ToneVoice(), ToneVoice()
    await voicing.voiced((Line("Hello."),), one)
    await voicing.voiced((Line("Hello."),), other)
    assert one.spoken == other.spoken == ["Hello."]


async def test_a_voice_at_another_rate_is_resampled() -> None:
    """Lines are prepared at 16 kHz."""
    (line,) = await Voicing().voiced((Line("Hello."),), ToneVoice(sample_rate_hz=24_000))
    assert isinstance(line, VoicedLine)
    assert len(line.pcm) == 120 * 32


def test_a_call_at_24_khz_gets_24_khz() -> None:
    """The sound stays the same; other steps stay as they are."""
    (line, digits) = at_rate((VoicedLine(Line("a"), tone(100)), Digits("1")), 24_000)
    assert isinstance(line, VoicedLine)
    assert digits == Digits("1")
    expected = samples_of(tone(100, sample_rate_hz=24_000)).astype(float)
    actual = samples_of(line.pcm).astype(float)
    assert actual.size == expected.size
    assert np.abs(actual - expected)[200:-200].max() < 100


def test_resampling_to_the_same_rate_changes_nothing() -> None:
    """Not even the object."""
    pcm = tone(20)
    assert resampled(pcm, 16_000, 16_000) is pcm


async def test_a_wav_file_is_spoken_as_it_is(tmp_path: Path) -> None:
    """Without asking the voice."""
    voice = ToneVoice()
    path = write_wav(tmp_path / "a.wav", tone(100))
    assert await Voicing().voiced((Line(wav=path),), voice) == (VoicedLine(Line(wav=path), tone(100)),)
    assert voice.spoken == []


def test_the_first_channel_of_a_wav_file_is_taken(tmp_path: Path) -> None:
    """And its rate is converted."""
    left = samples_of(tone(100, sample_rate_hz=8000))
    stereo = np.stack((left, np.zeros_like(left)), axis=1)
    pcm = read_wav(write_wav(tmp_path / "a.wav", stereo.tobytes(), rate=8000, channels=2))
    assert len(pcm) == 100 * 32
    assert np.abs(samples_of(pcm)).max() > 7000


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    """Eight bits, or no WAV at all."""
    with pytest.raises(ScenarioError, match="8 bits"):
        read_wav(write_wav(tmp_path / "a.wav", bytes(10), width=1))
    (tmp_path / "b.wav").write_bytes(b"nothing")
    with pytest.raises(ScenarioError, match=r"b\.wav"):
        read_wav(tmp_path / "b.wav")
