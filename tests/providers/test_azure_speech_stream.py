"""Synthesis from text that is being written, by the real SDK against our emulator."""

import asyncio

import pytest

from emulators.speech import SpeechEmulator
from emulators.speech_script import Fault, Lost, Refused, Stalled
from pipeline.errors import SynthesisError
from pipeline.ports import Delivery, Speech, StreamingTextToSpeech
from providers.azure_cast import AzureVoiceSettings
from providers.azure_speech import AzureSpeechAccount
from providers.azure_speech_stream import AzureSpeechStream, AzureStreamingTextToSpeech
from providers.azure_speech_tts import AzureVoiceWatchdogs
from tests.emulators.tone_voice import ToneVoice
from tests.pipeline.contract_speech import spoken

QUICK = AzureVoiceWatchdogs(first_sound_ms=800, stall_ms=800)
PATIENT = AzureVoiceWatchdogs(first_sound_ms=30_000, stall_ms=30_000)
"""Where the service is not to be given up: a busy machine is slow by itself."""


def voice_at(
    emulator: SpeechEmulator, settings: AzureVoiceSettings | None = None, watchdogs: AzureVoiceWatchdogs = PATIENT
) -> AzureStreamingTextToSpeech:
    account = AzureSpeechAccount(host=emulator.endpoint)
    return AzureStreamingTextToSpeech(account, settings, watchdogs=watchdogs)


def toned(*faults: Fault) -> SpeechEmulator:
    return SpeechEmulator(voice=ToneVoice(), synthesis_faults=faults)


async def said(stream: AzureSpeechStream, *texts: str) -> list[Speech]:
    """Write all, then listen to all."""
    for text in texts:
        await stream.write(text)
    await stream.end()
    pieces = [piece async for piece in stream.speeches()]
    await stream.close()
    return pieces


def words_in(pieces: list[Speech]) -> str:
    return " ".join(word.text for piece in pieces for word in piece.words)


async def test_a_reply_is_spoken_as_it_is_written() -> None:
    """Pieces reach the service as they are; sound and words come back."""
    async with toned() as emulator:
        voice = voice_at(emulator)
        assert isinstance(voice, StreamingTextToSpeech)
        pieces = await said(await voice.open_stream(), "Hello th", "ere. How", " are you?")
        assert words_in(pieces) == "Hello there. How are you?"
        assert all(0 < word.end_sample <= len(piece.pcm) // 2 for piece in pieces for word in piece.words)
        assert emulator.requests[0].pieces == ["Hello th", "ere. How", " are you?"]
        assert set(emulator.upgrades) == {"/cognitiveservices/websocket/v2"}
        await voice.close()


async def test_the_first_sentence_sounds_before_the_second_is_written() -> None:
    """That is what it is for; a writer who thinks for longer than the watchdogs is not the service's fault."""
    async with toned() as emulator:
        voice = voice_at(emulator, watchdogs=QUICK)
        stream = await voice.open_stream()
        await stream.write("Hello there. ")
        speeches = stream.speeches()
        assert (await anext(speeches)).pcm
        await asyncio.sleep(1.2)
        await stream.write("Goodbye.")
        await stream.end()
        rest = [piece async for piece in speeches]
        assert words_in(rest).endswith("Goodbye.")
        await stream.close()
        await voice.close()


async def test_a_barge_in_hangs_no_later_request() -> None:
    """Ten replies broken off with their text still open: the trap of the SDK."""
    async with toned() as emulator:
        voice = voice_at(emulator)
        for number in range(10):
            stream = await voice.open_stream()
            await stream.write(f"This is reply {number}, and it is long. And it goes")
            assert (await anext(stream.speeches())).pcm
            await stream.close()
            await stream.close()
        assert words_in(await said(await voice.open_stream(), "Still here.")) == "Still here."
        await voice.close()


async def test_connections_are_used_again() -> None:
    """Chunks and streams have their own; both serve many requests."""
    async with toned() as emulator:
        voice = voice_at(emulator)
        for _ in range(4):
            assert words_in(await said(await voice.open_stream(), "Hello.")) == "Hello."
            assert words_in(await spoken(voice, "Hello.")) == "Hello."
        assert len(emulator.upgrades) <= 5
        await voice.close()


async def test_the_style_goes_with_the_text() -> None:
    """There is no document to put it into."""
    async with toned() as emulator:
        voice = voice_at(emulator, AzureVoiceSettings(style="cheerful", rate="1.1", lexicon_url="https://x.test/l.xml"))
        await said(await voice.open_stream(), "Hello.")
        asked = emulator.requests[0].context["synthesis"]["input"]
        assert (asked["style"], asked["rate"], asked["customLexiconUrl"]) == ("cheerful", "1.1", "https://x.test/l.xml")
        await voice.close()


async def test_each_language_is_streamed_to_its_voice() -> None:
    """The voice belongs to the connection, speed and style to the request."""
    async with toned() as emulator:
        voice = AzureStreamingTextToSpeech(
            AzureSpeechAccount(host=emulator.endpoint),
            voices={"fr-FR": AzureVoiceSettings(voice="fr-FR-DeniseNeural")},
            watchdogs=QUICK,
            spares=0,
        )
        for delivery in (Delivery(), Delivery("fr-FR", 0.8), Delivery("fr-FR", style="sad"), Delivery("en-US")):
            await said(await voice.open_stream(delivery), "Hello.")
        with pytest.raises(SynthesisError, match="it-IT"):
            await voice.open_stream(Delivery("it-IT"))
        asked = [request.context["synthesis"]["input"] for request in emulator.requests]
        upgrades = len(emulator.upgrades)
        await voice.close()
    ava, denise = "en-US-AvaMultilingualNeural", "fr-FR-DeniseNeural"
    assert [one["voiceName"] for one in asked] == [ava, denise, denise, ava]
    assert [(one.get("rate"), one.get("style")) for one in asked[1:3]] == [("-20%", None), (None, "sad")]
    assert upgrades == 2


@pytest.mark.parametrize("fault", [Stalled(), Stalled(100), Lost(100), Refused(503)], ids=str)
async def test_a_stream_that_dies_fails_soon(fault: Fault) -> None:
    """The SDK would wait for 80 s."""
    async with toned(fault) as emulator:
        watchdogs = QUICK if isinstance(fault, Stalled) else PATIENT
        voice = AzureStreamingTextToSpeech(AzureSpeechAccount(host=emulator.endpoint), watchdogs=watchdogs, spares=0)
        with pytest.raises(SynthesisError):
            async with asyncio.timeout(20):
                await said(await voice.open_stream(), "This text breaks off.")
        assert words_in(await said(await voice.open_stream(), "Next.")) == "Next."
        # What is dead cannot be closed: the engine's end would wait ten seconds for its answer.
        emulator.kill()
        await voice.close()
