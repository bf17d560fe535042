"""The native synthesizer alone: what it tells, from its own threads."""

import asyncio
import queue
from xml.etree import ElementTree

import pytest

from emulators.speech import SpeechEmulator
from emulators.speech_script import Fault, Lost, Refused
from providers.azure_cast import AzureVoiceSettings
from providers.azure_speech import AzureSpeechAccount
from providers.azure_synthesizer import (
    AzureSynthesizer,
    RequestEnded,
    RequestEvent,
    SoundCame,
    WordCame,
)
from tests.emulators.tone_voice import ToneVoice


def told_by(endpoint: str, ssml: str, times: int) -> list[RequestEvent]:
    """Speak on a thread, and listen until each request has ended."""
    events: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
    account = AzureSpeechAccount(host=endpoint)
    synthesizer = AzureSynthesizer(account, "", AzureVoiceSettings(), opens=False)
    told: list[RequestEvent] = []
    for _ in range(times):
        synthesizer.speak_ssml(ssml, events.put)
        told.append(events.get(timeout=10))
        while not isinstance(told[-1], RequestEnded):
            told.append(events.get(timeout=10))
        synthesizer.finish()
    synthesizer.close()
    synthesizer.speak_ssml(ssml, events.put)  # closed: nothing happens
    return told


async def test_sound_and_words_come_and_the_end_is_told() -> None:
    """Twice on one connection."""
    async with SpeechEmulator(voice=ToneVoice()) as emulator:
        ssml = AzureVoiceSettings().ssml("Hi, there!")
        told = await asyncio.to_thread(told_by, emulator.endpoint, ssml, 2)
        assert len(emulator.upgrades) == 1
        assert [request.text for request in emulator.requests] == ["Hi, there!"] * 2
    sound = b"".join(event.pcm for event in told if isinstance(event, SoundCame))
    assert len(sound) == 2 * len("Hi, there!") * 20 * 32
    words = [event for event in told if isinstance(event, WordCame)]
    assert [(word.text, word.is_word) for word in words[:2]] == [("Hi, there", True), ("!", False)]
    assert [event for event in told if isinstance(event, RequestEnded)] == [RequestEnded()] * 2


@pytest.mark.parametrize(
    ("fault", "code", "is_permanent"),
    [
        (Refused(401), "AuthenticationFailure", True),
        (Refused(429), "TooManyRequests", False),
        (Refused(500), "ServiceError", False),
        (Lost(0, 1_007, "no such voice"), "BadRequest", True),
        (Lost(100, 1_011), "ServiceError", False),
    ],
    ids=str,
)
async def test_failures_have_names(fault: Fault, code: str, is_permanent: bool) -> None:
    """What trying again cannot help is told apart."""
    async with SpeechEmulator(voice=ToneVoice(), synthesis_faults=[fault]) as emulator:
        told = await asyncio.to_thread(told_by, emulator.endpoint, AzureVoiceSettings().ssml("Hello there"), 1)
    assert told[-1] == RequestEnded(code, is_permanent)


@pytest.mark.parametrize("style", ["", "cheerful"])
@pytest.mark.parametrize("rate", ["", "+10%"])
def test_the_document_is_well_formed_whatever_is_said(style: str, rate: str) -> None:
    """Text that looks like markup is text."""
    ssml = AzureVoiceSettings(style=style, rate=rate).ssml('</voice> & <break/> "it\'s"')
    assert "".join(ElementTree.fromstring(ssml).itertext()) == '</voice> & <break/> "it\'s"'
