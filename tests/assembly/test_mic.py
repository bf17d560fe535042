"""``python server.py mic``: by files, by devices that are none, and by hand."""

import asyncio
import io
import os
import signal
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from assembly.engines import Engines, assistant_of
from assembly.errors import CannotTalk
from assembly.mic import config_for, mic_initiate, run, talk
from assembly.mic_options import MicOptions
from media import microphone_line
from media.errors import SoundUnavailable
from media.sound_devices import NOT_INSTALLED, PortAudio
from server import main
from tests.support.configured import CLAIM, configured
from tests.support.fake_portaudio import FakePortAudio
from tests.support.fakes import AT, FakeSpeechToText, FakeVoice, loud

CONFIG = configured(conversation={"claim": CLAIM}, speech={"vad": "webrtc"}, features={"end_of_turn_model": False})


def stand_ins() -> Engines:
    """Ears that understand two sentences, a voice that hums, and the scripted assistant."""
    return Engines(
        speech_to_text=FakeSpeechToText(["In Boston.", "Yes, that is right."]),
        text_to_speech=FakeVoice(),
        assistant=assistant_of(CONFIG, None, clock=lambda: AT),
        silero=None,
    )


def recording(path: Path, *parts: int) -> Path:
    """A file of so many milliseconds of silence, of voice, and so on."""
    sound = b"".join(bytes(32 * ms) if n % 2 == 0 else loud(ms) for n, ms in enumerate(parts))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(sound)
    return path


def shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def plain() -> Console:
    return Console(file=io.StringIO(), width=100, soft_wrap=True)


async def test_a_recorded_caller_has_a_conversation(tmp_path: Path) -> None:
    """Words, claim and latencies are shown; the other side can be heard in the file that is left."""
    console = plain()
    options = MicOptions(
        input_path=recording(tmp_path / "in.wav", 500, 900, 6_000, 900, 200),
        output_path=tmp_path / "out.wav",
        both_sides=True,
    )
    await talk(config_for(CONFIG, options), options, console, engines=stand_ins())
    text = shown(console)
    assert "you: In Boston." in text
    assert "  claim    incident_location: In Boston" in text
    assert "  latency  " in text
    assert text.splitlines()[-2:] == ["claim:", "  incident_location: In Boston"]
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 16_000)
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert np.abs(sound[:, 0]).max() > 3_000
    assert np.abs(sound[:, 1]).max() > 3_000
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_caller_whom_nobody_understands_is_hung_up_in_the_end(tmp_path: Path) -> None:
    """When the recording has been over for as long as was wanted."""
    console = plain()
    options = MicOptions(input_path=recording(tmp_path / "in.wav", 20), linger_s=0.5)
    await talk(config_for(CONFIG, options), options, console, engines=stand_ins())
    assert "You have hung up." in shown(console)


async def test_ctrl_c_hangs_up(tmp_path: Path) -> None:
    """The conversation ends as every other one, and what was played is in the file."""
    console = plain()
    options = MicOptions(input_path=recording(tmp_path / "in.wav", 60_000), output_path=tmp_path / "out.wav")
    async with asyncio.TaskGroup() as tasks:
        talking = tasks.create_task(talk(config_for(CONFIG, options), options, console, engines=stand_ins()))
        async with asyncio.timeout(60):
            while "Ready" not in shown(console):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.5)
        os.kill(os.getpid(), signal.SIGINT)
        async with asyncio.timeout(60):
            await talking
    assert "You have hung up." in shown(console)
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert 0 < file.getnframes() < 60 * 16_000


async def test_devices_are_opened_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing to hear the line is lost; lost sound is told at the end."""
    audio, console = FakePortAudio(), plain()

    async def spoil() -> None:
        while len(audio.streams) < 2 or not audio.microphone.is_running:
            await asyncio.sleep(0.01)
        for _ in range(60):
            audio.loudspeaker.play(480)
            audio.microphone.hear(bytes(320), input_overflow=_ == 0)

    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr(microphone_line, "LOST_AFTER_S", 0.5)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(spoil())
        await talk(config_for(CONFIG, MicOptions()), MicOptions(), console, lambda: audio, stand_ins())
    assert "The microphone gives no sound any more." in shown(console)
    assert "Sound was lost 1 times on its way in, 0 times on its way out." in shown(console)
    assert all(each.is_closed for each in audio.streams)


def test_a_machine_without_sound_is_told_so() -> None:
    """Before a model is loaded, and with what to install."""

    def none() -> PortAudio:
        raise SoundUnavailable(NOT_INSTALLED)

    for options in (MicOptions(), MicOptions(is_listing=True)):
        with pytest.raises(SoundUnavailable, match="libportaudio2"):
            run(options, plain(), none)


def test_devices_are_listed() -> None:
    """And nothing else is done."""
    console = plain()
    assert run(MicOptions(is_listing=True), console, FakePortAudio) == 0
    assert "USB headset" in shown(console)


def test_who_is_spoken_to_is_as_the_command_line_says() -> None:
    """What it does not say is as configured; there is no helpline, and sound is sent well ahead."""
    config = config_for(CONFIG, MicOptions(company="Contoso", task="Help."))
    assert (config.conversation.bot_company, config.conversation.task) == ("Contoso", "Help.")
    assert config.conversation.bot_name == CONFIG.conversation.bot_name
    assert config.speech.playout_lead_ms == 200
    helped = configured(emergencies={"webhook_url": "https://help.example.com"})
    assert config_for(helped, MicOptions()).emergencies.webhook_url == ""


def test_a_language_is_one_of_those_of_calls() -> None:
    """Else there would be no voice for it."""
    assert mic_initiate(CONFIG, "").is_language_ordered is False
    assert mic_initiate(CONFIG, "en").language == "en-US"
    with pytest.raises(CannotTalk, match=r"calls are held in en-US.*docs/languages\.md"):
        mic_initiate(CONFIG, "fr-FR")


def test_a_wrong_file_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the command itself, before a model is loaded; the exit code says so."""
    monkeypatch.setenv("ANTIPHON_CONFIG", os.devnull)
    wrong = tmp_path / "wrong.wav"
    wrong.write_text("words")
    assert main(["mic", "--input", str(wrong)]) == 2
    assert capsys.readouterr().err == f"antiphon: {wrong}: it is no WAV file: it does not begin with RIFF … WAVE\n"
