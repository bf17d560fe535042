"""What hears and speaks is tried with a sentence: the local engines, and Azure's SDK against the pretended service."""

from contextlib import AsyncExitStack
from typing import Any

import pytest

from assembly.checkup.findings import Finding, State
from assembly.checkup.speech import SENTENCE, checks_of_speech
from emulators.speech import SpeechEmulator
from emulators.speech_script import Refused
from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech
from tests.assembly.checkup.looking import broken, found_by, states
from tests.support.configured import configured

BOTH = {"speech to text", "text to speech"}


async def found(**sections: dict[str, Any]) -> dict[str, Finding]:
    """The findings."""
    async with AsyncExitStack() as stack:
        return await found_by(checks_of_speech(configured(**sections), stack))


async def through(emulator: SpeechEmulator, **azure: object) -> dict[str, Finding]:
    """The findings with Azure's SDK."""
    speech = {"mode": "azure", "azure": {"host": emulator.endpoint, "key": "right"} | azure}
    return await found(speech=speech, features={"end_of_turn_model": False})


async def test_the_local_engines() -> None:
    """All load; the sentence is understood as it was said."""
    findings = await found()
    names = ("voice activity", "end of turn", "speech to text", "text to speech")
    assert states(findings) == dict.fromkeys(names, State.OK)
    assert findings["speech to text"].seen.startswith(f"local: understood “{SENTENCE}” in ")
    assert findings["text to speech"].seen.startswith("local: first sound after ")


async def test_what_is_turned_off() -> None:
    """It is not loaded, and the key is named that turns it on."""
    findings = await found(speech={"vad": "webrtc"}, features={"end_of_turn_model": False})
    assert findings["voice activity"].seen.startswith("webrtc")
    assert findings["end of turn"].state is State.OFF
    assert "features.end_of_turn_model" in findings["end of turn"].advice


@pytest.mark.parametrize("streams_text", [False, True])
async def test_azure(ears: MoonshineSpeechToText, voice: PiperTextToSpeech, streams_text: bool) -> None:
    """It understands the sentence and speaks, whole or as it is written."""
    async with SpeechEmulator(ears=ears, voice=voice, key="right") as emulator:
        findings = await through(emulator, streams_text=streams_text)
        assert any(request.is_streamed for request in emulator.requests) is streams_text
    assert broken(findings) == set()
    # The recogniser's last mark depends on where the service cut the sound.
    assert findings["speech to text"].seen.startswith(f"azure: understood “{SENTENCE.rstrip('.')}")
    assert findings["text to speech"].seen.startswith("azure, en-US-AvaMultilingualNeural: first sound after ")


async def test_azure_in_other_languages(ears: MoonshineSpeechToText, voice: PiperTextToSpeech) -> None:
    """Our sentence is English: the connection must do."""
    async with SpeechEmulator(ears=ears, voice=voice, key="right") as emulator:
        findings = await through(emulator, languages=["de-DE"])
    assert findings["speech to text"].seen == "azure, de-DE: connected"


async def test_a_wrong_key(ears: MoonshineSpeechToText, voice: PiperTextToSpeech) -> None:
    """Both rows say so, though the local voice would stand in for Azure's; the rest is all right."""
    async with SpeechEmulator(ears=ears, voice=voice, key="right") as emulator:
        findings = await through(emulator, key="wrong", local_fallback=True)
    assert broken(findings) == BOTH
    for name in BOTH:
        assert "AuthenticationFailure" in findings[name].seen
        assert "set speech.azure.key" in findings[name].advice


async def test_only_the_voice_fails(ears: MoonshineSpeechToText, voice: PiperTextToSpeech) -> None:
    """Recognition is all right."""
    faults = [Refused(403)] * 8
    emulator = SpeechEmulator(ears=ears, voice=voice, key="right", synthesis_faults=faults)
    async with emulator:
        findings = await through(emulator)
        while emulator.synthesis_faults.unconsumed():
            emulator.synthesis_faults.next_refusal()
    assert broken(findings) == {"text to speech"}


async def test_nobody_answers() -> None:
    """The host is to be looked at."""
    async with SpeechEmulator() as emulator:
        pass
    findings = await through(emulator)
    assert broken(findings) == BOTH
    assert all("speech.azure.host" in findings[name].advice for name in BOTH)
