"""Synthesis by the real SDK against our emulator, over real sockets."""

import asyncio
import threading
import time

import pytest

from emulators.speech import SpeechEmulator
from emulators.speech_script import Delayed, Fault, Lost, Refused, Stalled
from pipeline.errors import SynthesisError
from pipeline.ports import Delivery
from providers.azure_cast import AzureVoiceSettings
from providers.azure_speech import AzureSpeechAccount
from providers.azure_speech_tts import AzureTextToSpeech, AzureVoiceWatchdogs, RequestEvents
from providers.azure_synthesizer import SoundCame
from providers.azure_words import SpokenText
from providers.errors import SpeechServiceFailed
from providers.piper import PiperTextToSpeech
from tests.emulators.tone_voice import ToneVoice
from tests.pipeline.contract_speech import check_cancelled_synthesis, check_words, spoken

LONG_TEXT = "I will now note the details of your claim, and somebody will call you back within two working days. " * 3
QUICK = AzureVoiceWatchdogs(first_sound_ms=800, stall_ms=800)
PATIENT = AzureVoiceWatchdogs(first_sound_ms=30_000, stall_ms=30_000)


def voice_at(
    emulator: SpeechEmulator, settings: AzureVoiceSettings | None = None, *, spares: int = 2, fault: Fault | None = None
) -> AzureTextToSpeech:
    """A voice that is given up early only where the fault is that it hangs: a busy machine is slow by itself."""
    watchdogs = QUICK if isinstance(fault, Stalled | Delayed) else PATIENT
    return AzureTextToSpeech(AzureSpeechAccount(host=emulator.endpoint), settings, watchdogs=watchdogs, spares=spares)


def toned(*faults: Fault) -> SpeechEmulator:
    return SpeechEmulator(voice=ToneVoice(), synthesis_faults=faults)


def seconds_of(pieces_pcm: bytes, rate_hz: int = 16_000) -> float:
    return len(pieces_pcm) / 2 / rate_hz


@pytest.mark.parametrize(
    "text",
    ["My name is Amelia.", 'It was on 2026-11-20, and cost $1,250.50 & 7% — well, "about" <that> much!', "Ok"],
)
async def test_the_words_are_those_of_the_text(piper: PiperTextToSpeech, text: str) -> None:
    """The contract of every voice: real sound through the real SDK, with its words."""
    async with SpeechEmulator(voice=piper) as emulator:
        voice = voice_at(emulator)
        assert seconds_of(await check_words(voice, text)) > 0.1
        await voice.close()


async def test_a_cancelled_synthesis_hangs_nothing(piper: PiperTextToSpeech) -> None:
    """Ten barge-ins, each followed by the next request at once."""
    async with SpeechEmulator(voice=piper) as emulator:
        voice = voice_at(emulator)
        for _ in range(10):
            await check_cancelled_synthesis(voice, LONG_TEXT, "Yes.")
        await voice.close()


async def test_one_connection_serves_many_requests() -> None:
    """A spare one stands ready beside it, and none of them is opened for a request."""
    async with toned() as emulator:
        voice = voice_at(emulator, spares=1)
        for _ in range(5):
            await spoken(voice, "Hello there.")
        assert len(emulator.upgrades) <= 2
        assert [request.text for request in emulator.requests] == ["Hello there."] * 5
        await voice.close()


async def test_the_style_of_the_voice_reaches_the_service() -> None:
    """Voice, style, rate, lexicon and custom endpoint; and what is written is not taken for markup."""
    async with toned() as emulator:
        settings = AzureVoiceSettings(
            voice="en-US-JennyNeural",
            style="customerservice",
            rate="+10%",
            lexicon_url="https://example.com/lexicon.xml",
            endpoint_id="custom-voice",
            sample_rate_hz=24_000,
        )
        voice = voice_at(emulator, settings)
        (first, *_) = await spoken(voice, "Fish & <chips>")
        ssml = emulator.requests[0].ssml
        await voice.close()
        assert emulator.requests[0].rate_hz == voice.sample_rate_hz == 24_000
        assert emulator.queries[0]["deploymentid"] == "custom-voice"
    assert first.pcm
    for part in (
        '<voice name="en-US-JennyNeural"><lexicon uri="https://example.com/lexicon.xml"/>',
        '<mstts:express-as style="customerservice"><prosody rate="+10%">Fish &amp; &lt;chips&gt;</prosody>',
    ):
        assert part in ssml


async def test_languages_and_speeds_share_the_connections() -> None:
    """Each language by its voice, on the same sockets; a custom voice has its own; an unknown language is refused."""
    async with toned() as emulator:
        voice = AzureTextToSpeech(
            AzureSpeechAccount(host=emulator.endpoint),
            voices={
                "fr-FR": AzureVoiceSettings(voice="fr-FR-DeniseNeural"),
                "de-DE": AzureVoiceSettings(voice="Eigene", endpoint_id="custom"),
            },
            watchdogs=PATIENT,
            spares=0,
        )
        assert voice.languages == ("en-US", "fr-FR", "de-DE")
        for language in ("", "fr-CA", "de-DE", "fr-FR"):
            delivery = Delivery(language, speed=1.1)
            assert [piece.pcm async for piece in voice.synthesize("Hello.", delivery)]
        with pytest.raises(SynthesisError, match="it-IT"):
            [piece async for piece in voice.synthesize("Ciao.", Delivery("it-IT"))]
        await voice.close()
        named = [request.voice for request in emulator.requests]
        assert named == ["en-US-AvaMultilingualNeural", "fr-FR-DeniseNeural", "Eigene", "fr-FR-DeniseNeural"]
        assert all('<prosody rate="+10%">' in request.ssml for request in emulator.requests)
        assert [query.get("deploymentid") for query in emulator.queries] == [None, "custom"]


async def test_a_text_without_words_is_not_asked_for() -> None:
    """Nothing is sent for it."""
    async with toned() as emulator:
        voice = voice_at(emulator)
        assert await spoken(voice, " … !") == []
        await voice.close()
        assert emulator.requests == []


@pytest.mark.parametrize(
    "fault", [Stalled(), Lost(0), Lost(0, 1_011), Refused(503), Refused(429), Delayed(1_200)], ids=str
)
async def test_a_request_that_gave_nothing_is_tried_again(fault: Fault) -> None:
    """Dead, closed, refused or too slow: the second attempt speaks, on another connection."""
    async with toned(fault) as emulator:
        voice = voice_at(emulator, spares=0, fault=fault)
        pieces = await spoken(voice, "Hello there.")
        await voice.close()
        assert len(emulator.upgrades) == 2
    assert [word.text for piece in pieces for word in piece.words] == ["Hello", "there."]


@pytest.mark.parametrize("fault", [Stalled(100), Lost(100), Lost(100, 1_011)], ids=str)
async def test_a_request_that_dies_in_the_middle_fails(fault: Fault) -> None:
    """What was said is not said again: the reply fails, and the next request is served."""
    async with toned(fault) as emulator:
        voice = voice_at(emulator, fault=fault)
        began = time.monotonic()
        pieces = []
        with pytest.raises(SynthesisError):
            async for piece in voice.synthesize("This text breaks off."):
                pieces.append(piece)
        assert pieces
        assert time.monotonic() - began < 40, "the SDK's own patience is 80 s"
        assert await spoken(voice, "Next.")
        await voice.close()


async def test_a_wrong_key_is_not_tried_again() -> None:
    """The error tells what is wrong, and not the key."""
    async with SpeechEmulator(voice=ToneVoice(), key="right") as emulator:
        voice = AzureTextToSpeech(AzureSpeechAccount(host=emulator.endpoint, key="secret-of-mine"), spares=0)
        with pytest.raises(SynthesisError, match="Authentication") as raised:
            await voice.warm_up()
        assert "secret" not in str(raised.value)
        await voice.close()
        assert len(emulator.upgrades) == 1


async def test_what_nobody_waits_for_may_take_long() -> None:
    """A service that is still loading when we start: the same delays end what a caller waits for."""
    hurried = AzureVoiceWatchdogs(first_sound_ms=100, stall_ms=100)
    async with toned(*[Delayed(400)] * 4) as emulator:
        voice = AzureTextToSpeech(AzureSpeechAccount(host=emulator.endpoint), watchdogs=hurried, spares=0)
        await voice.warm_up()
        assert [piece.pcm async for piece in voice.synthesize("I see.", Delivery(is_ahead=True))]
        with pytest.raises(SynthesisError, match="Stalled"):
            await spoken(voice, "I see.")
        await voice.close()


async def test_an_idle_connection_that_was_lost_is_not_used() -> None:
    """The service closes what is idle; the next request does not stumble over it."""
    async with toned() as emulator:
        voice = voice_at(emulator)
        await spoken(voice, "One.")
        emulator.kill()
        async with asyncio.timeout(60):
            while emulator.connections:
                await asyncio.sleep(0.01)
        assert await spoken(voice, "Two.")
        await voice.close()


async def test_no_thread_is_left() -> None:
    """After speech, a barge-in and a failure."""
    others = set(threading.enumerate())
    async with toned(fault := Stalled(100)) as emulator:
        voice = voice_at(emulator, fault=fault)
        with pytest.raises(SynthesisError):
            await spoken(voice, "This text breaks off.")
        await check_cancelled_synthesis(voice, LONG_TEXT, "Yes.")
        await voice.close()
        left = [thread.name for thread in threading.enumerate() if thread not in others]
        assert not [name for name in left if name.startswith("azure")]


async def test_a_service_that_floods_us_has_failed() -> None:
    """What nobody can have asked for is not kept."""
    request = RequestEvents(QUICK)
    for _ in range(20_000):
        request.tell(SoundCame(bytes(64)))
    await asyncio.sleep(0)
    with pytest.raises(SpeechServiceFailed, match="TooMuchSound"):
        async for _ in request.speeches(SpokenText("Hello.", sample_rate_hz=16_000)):
            pass
    request.close()
