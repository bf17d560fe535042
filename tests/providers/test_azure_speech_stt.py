"""Recognition by the real SDK against our emulator, over real sockets."""

import asyncio
import threading

import pytest

from emulators.speech import SpeechEmulator
from emulators.speech_script import Fault, Lost, Partial, Phrase, Refused, ScriptedSpeechToText, Stalled
from pipeline.errors import RecognitionError
from providers.azure_phrases import Waits
from providers.azure_recognizer import AzureRecognitionSettings
from providers.azure_speech import AzureSpeechAccount
from providers.azure_speech_stt import AzureRecognition, AzureSpeechToText, AzureWatchdogs
from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech
from tests.pipeline.contract_speech import check_silence_ends, check_stretches, spoken, word_error_rate
from tests.support.recordings import recording
from tests.support.speech_call import Do, Quiet, SpeechCall, Voice

HELLO = Phrase("Hello world.", (Partial(200, "hello"), Partial(500, "hello world")))
SECOND = Phrase("Second one.", (Partial(200, "second"),))
FAST = AzureWatchdogs(waits=Waits(final_ms=1_500, any_ms=500))


def engine_at(emulator: SpeechEmulator, settings: AzureRecognitionSettings | None = None) -> AzureSpeechToText:
    return AzureSpeechToText(AzureSpeechAccount(host=emulator.endpoint), settings)


def scripted(*phrases: Phrase, faults: tuple[Fault, ...] = ()) -> SpeechEmulator:
    return SpeechEmulator(ears=ScriptedSpeechToText(phrases), recognition_faults=faults)


async def opened(engine: AzureSpeechToText) -> AzureRecognition:
    recognition = await engine.open("call")
    await recognition.connected()
    return recognition


async def test_understands_the_voice(moonshine: MoonshineSpeechToText, piper: PiperTextToSpeech) -> None:
    """The contract of every engine: real speech through the real SDK, one final for each stretch."""
    said = ["My name is Robert Miller.", "Nobody was hurt.", "Yes, that is right."]
    stretches = [b"".join([piece.pcm for piece in await spoken(piper, text)]) for text in said]
    await moonshine.warm_up()
    async with SpeechEmulator(ears=moonshine) as emulator:
        engine = engine_at(emulator, AzureRecognitionSettings(segmentation_silence_ms=300))
        texts = await check_stretches(engine, stretches)
        await engine.close()
    assert word_error_rate(said, texts) <= 0.15


async def test_understands_people(moonshine: MoonshineSpeechToText) -> None:
    """Recordings of people, whose pauses are not ours: what the service cuts is joined again."""
    said = {
        "speechbrain/spk1_snt2.wav": "drop the two when you add the figures",
        "speechbrain/spk2_snt1.wav": "we are sure that one war is enough",
    }
    async with SpeechEmulator(ears=moonshine) as emulator:
        engine = engine_at(emulator, AzureRecognitionSettings(segmentation_silence_ms=300))
        texts = await check_stretches(engine, [recording(name) for name in said])
        await engine.close()
    assert word_error_rate(list(said.values()), texts) <= 0.2


async def test_silence_has_an_empty_final() -> None:
    """A stretch of which the service says nothing is given up, and ``close`` may come twice."""
    async with scripted() as emulator:
        engine = AzureSpeechToText(AzureSpeechAccount(host=emulator.endpoint), watchdogs=FAST)
        await check_silence_ends(engine)
        await engine.close()


async def test_partials_come_while_the_caller_speaks() -> None:
    """Positions are those of the call, and the final text comes after the service's silence."""
    async with scripted(HELLO) as emulator:
        engine = engine_at(emulator)
        call = await SpeechCall(await opened(engine)).play(Quiet(300), Voice(800), Quiet(900), finals=1)
        await engine.close()
    told = [(one.text, one.is_final, one.end_sample // 16) for one in call.heard]
    # A machine that is busy may hear of both partial texts at once: then the newer one counts.
    assert told[-2:] == [("hello world", False, 800), ("Hello world.", True, 1_100)]
    assert told[:-2] in ([], [("hello", False, 500)])
    assert {one.start_sample for one in call.heard} == {300 * 16}


async def test_a_phrase_over_two_stretches_is_split() -> None:
    """The service hears no end in a short pause; we did."""
    phrase = Phrase("Yes, that is right.", (Partial(280, "yes"), Partial(1_400, "yes that is right")))
    async with scripted(phrase) as emulator:
        engine = engine_at(emulator, AzureRecognitionSettings(segmentation_silence_ms=700))
        call = await SpeechCall(await opened(engine)).play(
            Quiet(200), Voice(300), Quiet(400), Voice(800), Quiet(1_000), finals=2
        )
        await engine.close()
    assert call.finals == ["Yes,", "that is right."]


async def test_a_commit_does_not_wait_for_the_silence() -> None:
    """With commits the end of our stretch is the end of the service's phrase."""
    async with scripted(HELLO, SECOND) as emulator:
        settings = AzureRecognitionSettings(segmentation_silence_ms=5_000, commits=True)
        engine = engine_at(emulator, settings)
        call = await SpeechCall(await opened(engine)).play(
            Quiet(200), Voice(700), Quiet(500), Voice(600), Quiet(500), finals=2
        )
        await engine.close()
        assert emulator.heard[0].commits == 2
    assert call.finals == ["Hello world.", "Second one."]


async def test_the_settings_reach_the_service() -> None:
    """Language, phrase list and silence are sent with the first sound."""
    async with scripted(HELLO) as emulator:
        settings = AzureRecognitionSettings(
            languages=("de-DE",), phrases=("Contoso", "Amelia"), segmentation_silence_ms=420
        )
        engine = engine_at(emulator, settings)
        await SpeechCall(await opened(engine)).play(Quiet(200), Voice(700), Quiet(700), finals=1)
        await engine.close()
        (heard,) = emulator.heard
        assert heard.query["language"] == "de-DE"
        assert heard.phrase_list == ("Contoso", "Amelia")
        assert heard.silence_ms == 420


async def test_the_language_is_found_out_among_candidates() -> None:
    """Every text tells which one is spoken."""
    async with SpeechEmulator(ears=ScriptedSpeechToText([HELLO]), spoken_language="de-DE") as emulator:
        engine = engine_at(emulator, AzureRecognitionSettings(languages=("en-US", "de-DE")))
        recognition = await opened(engine)
        call = await SpeechCall(recognition).play(Quiet(200), Voice(700), Quiet(900), finals=1)
        await engine.close()
        assert emulator.heard[0].languages == ("en-US", "de-DE")
        assert emulator.heard[0].contexts[0]["languageId"]["mode"] == "DetectContinuous"
    assert call.heard[-1].language == recognition.language == "de-DE"


@pytest.mark.parametrize("close_code", [None, 1_011])
async def test_a_lost_socket_loses_no_word(close_code: int | None) -> None:
    """Killed in the middle of a stretch: the sound is heard again, every text comes once."""
    async with scripted(HELLO, SECOND, faults=(Lost(700, close_code),)) as emulator:
        engine = engine_at(emulator)
        recognition = await opened(engine)
        call = await SpeechCall(recognition).play(Quiet(200), Voice(900), Quiet(800), Voice(600), Quiet(900), finals=2)
        await engine.close()
        assert recognition.sessions == len(emulator.heard) == 2
    assert call.finals == ["Hello world.", "Second one."]


async def test_a_socket_lost_after_a_long_silence_is_back_at_once() -> None:
    """Only what nobody has heard yet is replayed, not the minute since the last phrase."""
    async with scripted(HELLO, SECOND) as emulator:
        engine = engine_at(emulator)
        call = await SpeechCall(await opened(engine)).play(
            *(Quiet(200), Voice(700), Quiet(2_500), Do(emulator.kill), Quiet(300), Voice(600), Quiet(900)), finals=2
        )
        await engine.close()
        assert emulator.heard[1].sound_samples < 16 * 3_000
    assert call.finals == ["Hello world.", "Second one."]
    assert call.heard[-1].start_sample == 3_700 * 16


async def test_a_refused_connection_is_tried_again() -> None:
    """A service that is busy for a moment costs no word."""
    async with scripted(HELLO, faults=(Refused(503), Refused(429))) as emulator:
        engine = engine_at(emulator)
        call = await SpeechCall(await engine.open("call")).play(Quiet(200), Voice(700), Quiet(900), finals=1)
        await engine.close()
        assert len(emulator.upgrades) == 3
    assert call.finals == ["Hello world."]


@pytest.mark.parametrize(("faults", "code"), [((Refused(401),), "Authentication"), ((Refused(500),) * 4, "Service")])
async def test_a_service_that_refuses_is_given_up(faults: tuple[Fault, ...], code: str) -> None:
    """A wrong key at once, a broken service after four attempts; the error names neither key nor text."""
    async with scripted(faults=faults) as emulator:
        engine = AzureSpeechToText(AzureSpeechAccount(host=emulator.endpoint, key="secret-of-mine"))
        with pytest.raises(RecognitionError, match=code) as raised:
            await engine.warm_up()
        assert "secret" not in str(raised.value)
        await engine.close()
        assert len(emulator.upgrades) == len(faults)


async def test_a_service_that_accepts_and_closes_is_given_up() -> None:
    """Every connection ends with its first sound: four are tried, not one after the other for ever."""
    ears = ScriptedSpeechToText([])
    async with SpeechEmulator(ears=ears, recognition_faults=[Lost(0)] * 4) as emulator:
        # Four handshakes of a busy machine, none of which may be taken for one that hangs.
        engine = AzureSpeechToText(
            AzureSpeechAccount(host=emulator.endpoint), watchdogs=AzureWatchdogs(connect_ms=60_000)
        )
        recognition = await engine.open("call")
        recognition.push(bytes(64_000))
        # The SDK tells that the line is gone, and that the session is, in either order.
        with pytest.raises(RecognitionError, match=r"ConnectionLost|ConnectionFailure"):
            async with asyncio.timeout(60):
                async for _ in recognition.hypotheses():
                    pass
        await recognition.close()
        await engine.close()
        assert len(emulator.heard) == 4


async def test_a_service_that_falls_silent_hears_the_stretch_again() -> None:
    """A connection that is open and dead is replaced; the words come from the ring."""
    async with scripted(HELLO, faults=(Stalled(),)) as emulator:
        watchdogs = AzureWatchdogs(stall_ms=300)
        engine = AzureSpeechToText(AzureSpeechAccount(host=emulator.endpoint), watchdogs=watchdogs)
        call = await SpeechCall(await opened(engine)).play(Quiet(200), Voice(700), Quiet(2_000), finals=1)
        assert call.finals == ["Hello world."]
        # What is dead cannot be closed: the engine's end would wait ten seconds for its answer.
        emulator.kill()
        await engine.close()


async def test_a_line_without_sound_closes_its_phrase() -> None:
    """A line that gives nothing after the voice: the service hears silence of ours instead."""
    async with scripted(HELLO, SECOND) as emulator:
        engine = engine_at(emulator)
        recognition = await opened(engine)
        call = SpeechCall(recognition)
        async with asyncio.TaskGroup() as tasks:
            playing = tasks.create_task(call.play(Quiet(200), Voice(700), Quiet(200), finals=2), name="call")
            while len(call.finals) < 1:
                await asyncio.sleep(0.01)
            await SpeechCall(recognition, position_ms=call.position_ms)._speak((Voice(600), Quiet(900)))
            await playing
        await engine.close()
    assert call.finals == ["Hello world.", "Second one."]
    assert call.heard[-1].start_sample == 1_100 * 16


async def test_the_token_is_renewed() -> None:
    """A token is asked for when the engine needs one; the next connection carries the newest."""
    asked = 0

    async def token() -> str:
        nonlocal asked
        asked += 1
        return f"aad#resource#{asked}"

    ears = ScriptedSpeechToText([])
    async with SpeechEmulator(ears=ears, tokens=frozenset({"aad#resource#1", "aad#resource#2"})) as emulator:
        clock = 0.0
        engine = AzureSpeechToText(AzureSpeechAccount(host=emulator.endpoint, token=token), now=lambda: clock)
        await engine.warm_up()
        await engine.warm_up()
        clock = 600.0
        await engine.warm_up()
        await engine.close()
        assert [heard.headers["authorization"] for heard in emulator.heard] == [
            "Bearer aad#resource#1",
            "Bearer aad#resource#1",
            "Bearer aad#resource#2",
        ]
    assert asked == 2


async def test_no_thread_is_left() -> None:
    """Calls that come and go at once, and one that is closed while it connects, leave nothing behind."""
    before = threading.enumerate()  # a test that has failed may have left some
    async with scripted() as emulator:
        engine = engine_at(emulator)
        for recognition in [await engine.open("call") for _ in range(5)]:
            recognition.push(bytes(640))
            await recognition.close()
        await engine.close()
        left = [thread for thread in threading.enumerate() if thread not in before]
        assert not [thread.name for thread in left if thread.name.startswith("azure")]
        async with asyncio.timeout(60):
            while emulator.connections:
                await asyncio.sleep(0.01)
