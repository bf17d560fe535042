"""The native recogniser alone: what it tells, from its own threads."""

import asyncio
import queue

import pytest

from emulators.speech import SpeechEmulator
from emulators.speech_script import Fault, Lost, Partial, Phrase, Refused, ScriptedSpeechToText
from providers.azure_recognizer import (
    AzureRecognitionSettings,
    AzureRecognizer,
    Connected,
    Disconnected,
    SessionEvent,
    SessionFailed,
    TextHeard,
)
from providers.azure_speech import AzureSpeechAccount
from tests.support.fakes import loud

HELLO = Phrase("Hello.", (Partial(200, "hello"),))


def told_by(endpoint: str, pcm: bytes, *, until: type[SessionEvent]) -> list[SessionEvent]:
    """Open, write all at once, and listen until such an event has come; on a thread."""
    events: queue.SimpleQueue[SessionEvent] = queue.SimpleQueue()
    account = AzureSpeechAccount(host=endpoint)
    settings = AzureRecognitionSettings(segmentation_silence_ms=300, stable_partials=2)
    recognizer = AzureRecognizer(account, "", settings, events.put)
    recognizer.write(pcm)
    told = [events.get(timeout=10)]
    while not isinstance(told[-1], until) or (isinstance(told[-1], TextHeard) and not told[-1].is_final):
        told.append(events.get(timeout=10))
    recognizer.close()
    return told


async def told(emulator: SpeechEmulator, *, until: type[SessionEvent]) -> list[SessionEvent]:
    pcm = bytes(16_000) + loud(500) + bytes(32_000)
    return await asyncio.to_thread(told_by, emulator.endpoint, pcm, until=until)


async def test_texts_come_with_their_places() -> None:
    """Half a second of silence, half a second of voice."""
    async with SpeechEmulator(ears=ScriptedSpeechToText([HELLO])) as emulator:
        events = await told(emulator, until=TextHeard)
        assert emulator.queries[0]["stableintermediatethreshold"] == "2"
    assert events == [
        Connected(),
        TextHeard("hello", 5_000_000, 2_000_000, is_final=False, language=""),
        TextHeard("Hello.", 5_000_000, 5_000_000, is_final=True, language=""),
    ]


@pytest.mark.parametrize(
    ("fault", "code", "is_permanent"),
    [
        (Refused(401), "AuthenticationFailure", True),
        (Refused(429), "TooManyRequests", False),
        (Refused(503), "ServiceUnavailable", False),
        (Lost(300, 1_007, "bad input"), "BadRequest", True),
    ],
    ids=str,
)
async def test_failures_have_names(fault: Fault, code: str, is_permanent: bool) -> None:
    """What trying again cannot help is told apart, and the SDK does not try again by itself."""
    ears = ScriptedSpeechToText([])
    async with SpeechEmulator(ears=ears, recognition_faults=[fault]) as emulator:
        events = await told(emulator, until=SessionFailed)
        assert len(emulator.upgrades) == 1
        ears.unexpected = 0  # the voice may have begun before the fault
    assert events[-1] == SessionFailed(code, is_permanent)


async def test_a_lost_socket_is_told() -> None:
    """At once, before the SDK has given up."""
    ears = ScriptedSpeechToText([])
    async with SpeechEmulator(ears=ears, recognition_faults=[Lost(300)]) as emulator:
        assert (await told(emulator, until=Disconnected))[:2] == [Connected(), Disconnected()]
        ears.unexpected = 0
