"""Whole calls whose speech goes through the real Azure SDK to our emulator, with our engines behind it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from assembly.engines import Engines, build_speech
from config import SpeechConfig
from emulators.expectation import Expectation, Text, word_error_rate
from emulators.scenario import Line, Scenario
from emulators.speech import SpeechEmulator
from emulators.speech_script import Fault, Lost, Refused, Stalled
from pipeline.reply import FixedPhrases
from providers.piper import PiperTextToSpeech
from tests.journeys.test_one_call import PLACE, TELEPHONE, Called, call
from tests.support.side_by_side import side_by_side
from tests.support.whole import UNHURRIED, whole

SHORT = Scenario(
    "short",
    (Line("It happened in Boston."), Line("That is right.")),
    patience=UNHURRIED,
    expectation=Expectation({"incident_location": Text("In Boston", 0.5)}),
)
LONGER = Scenario(
    "longer",
    (Line("It happened in the kitchen of my house in Boston."), Line("That is right.")),
    patience=UNHURRIED,
    expectation=Expectation({"incident_location": Text("In the kitchen of my house in Boston", 0.5)}),
)
# Who does not take a voice that hangs for one that has finished: until it was given up, and apologised for.
PATIENT = replace(SHORT, patience=replace(UNHURRIED, finished_gap_ms=4_000))


@asynccontextmanager
async def through_azure(
    engines: Engines, *, local_fallback: bool = True, streams_text: bool = False, is_patient: bool = False
) -> AsyncIterator[tuple[Engines, SpeechEmulator]]:
    """The engines, with the SDK and the emulator between the server and them."""
    async with (
        SpeechEmulator(
            ears=engines.speech_to_text,
            voice=engines.text_to_speech,
            key="key",
        ) as emulator,
        AsyncExitStack() as stack,
    ):
        azure = {
            "host": emulator.endpoint,
            "key": "key",
            "local_fallback": local_fallback,
            "streams_text": streams_text,
        }
        speech = SpeechConfig.model_validate({"mode": "azure", "azure": azure})
        ears, voice = build_speech(speech, (), stack, is_patient=is_patient)
        await voice.warm_up()
        yield replace(engines, speech_to_text=ears, text_to_speech=voice), emulator


def check_understood(called: Called, scenario: Scenario) -> None:
    """The claim is right, every word was heard once, and the call ended as it should."""
    said = " ".join(message.text for message in called.history.messages if message.persona == "caller")
    assert word_error_rate(" ".join(line.text for line in scenario.lines), said) <= 0.3
    assert scenario.expectation.mismatches(called.history.claim, called_at=called.history.call.started_at) == ()
    assert called.result.server_hung_up


async def test_calls_through_the_sdk(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """Two at once: one in which nothing goes wrong, and one whose recognition is lost in the middle of a sentence."""
    await side_by_side(
        tmp_path,
        {"sound": partial(all_goes_well, engines, voice), "lost": partial(recognition_is_lost, engines, voice)},
    )


async def all_goes_well(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """A telephone call is understood, and answered as it is written; no part of the speech fails."""
    async with (
        through_azure(engines, streams_text=True) as (azure, emulator),
        whole(azure, folder, conversation={"claim": [PLACE]}) as up,
    ):
        called = await call(up, voice, SHORT, TELEPHONE)
        assert len(emulator.heard) == 1
        assert any(request.is_streamed for request in emulator.requests)
    check_understood(called, SHORT)
    assert called.of("StageFailed") == []


async def recognition_is_lost(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """The socket is killed while the caller speaks: it is heard again, and nobody notices. Answers come in chunks."""
    async with (
        through_azure(engines) as (azure, emulator),
        whole(azure, folder, conversation={"claim": [PLACE]}) as up,
    ):
        async with asyncio.TaskGroup() as tasks:
            calling = tasks.create_task(call(up, voice, LONGER, TELEPHONE))
            await spoken_for(emulator, 1_000)
            emulator.kill()
        assert len(emulator.heard) == 2
        assert not any(request.is_streamed for request in emulator.requests)
    check_understood(calling.result(), LONGER)
    assert calling.result().of("StageFailed") == []


async def spoken_for(emulator: SpeechEmulator, milliseconds: int) -> None:
    """Wait until the first voice is so old."""
    async with asyncio.timeout(30):
        while not emulator.heard or emulator.heard[0].speech_began_sample is None:
            await asyncio.sleep(0.01)
        began = emulator.heard[0].speech_began_sample
        while emulator.heard[0].sound_samples < began + milliseconds * 16:
            await asyncio.sleep(0.01)


async def test_the_voice_fails_in_mid_call(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """Three calls at once: dead or stalled, the local voice goes on; refused, the second attempt speaks."""
    faults = (Lost(300), Stalled(300), Refused(500))
    await side_by_side(tmp_path, {str(fault): partial(voice_fails, engines, voice, fault) for fault in faults})


async def voice_fails(engines: Engines, voice: PiperTextToSpeech, fault: Fault, folder: Path) -> None:
    """The call of one fault."""
    local_fallback = not isinstance(fault, Refused)
    async with (
        # Without a voice behind it the second attempt has to succeed: on a busy machine it may take its time.
        through_azure(engines, local_fallback=local_fallback, is_patient=not local_fallback) as (azure, emulator),
        whole(azure, folder, conversation={"claim": [PLACE]}) as up,
    ):
        async with asyncio.TaskGroup() as tasks:
            calling = tasks.create_task(call(up, voice, SHORT, TELEPHONE))
            await spoken_for(emulator, 100)
            if isinstance(fault, Refused):
                emulator.kill()  # no connection is left: the next one is refused
            emulator.synthesis_faults.add(fault)
        called = calling.result()
    assert called.of("StageFailed") == []
    assert called.result.server_hung_up
    place = called.history.claim["incident_location"]
    said = " ".join(message.text for message in called.history.messages if message.persona == "assistant")
    assert place.casefold() in said.casefold(), "the sentence in which the voice failed was not spoken to its end"


async def test_a_voice_that_streams_fails_in_mid_call(
    engines: Engines, voice: PiperTextToSpeech, tmp_path: Path
) -> None:
    """No other voice stands behind it: what was spoken ahead apologises, once, and the next answer is whole."""
    faults = (Lost(300), Stalled())
    await side_by_side(
        tmp_path, {str(fault): partial(streaming_voice_fails, engines, voice, fault) for fault in faults}
    )


async def streaming_voice_fails(engines: Engines, voice: PiperTextToSpeech, fault: Fault, folder: Path) -> None:
    """The call of one fault."""
    async with (
        through_azure(engines, streams_text=True) as (azure, emulator),
        # A prepared reply that is thrown away would take the fault with it.
        whole(azure, folder, conversation={"claim": [PLACE]}, features={"speculation_max_per_turn": 0}) as up,
    ):
        async with asyncio.TaskGroup() as tasks:
            calling = tasks.create_task(call(up, voice, PATIENT, TELEPHONE))
            await spoken_for(emulator, 100)
            emulator.synthesis_faults.add(fault)
        called = calling.result()
    assert [failed["stage"] for failed in called.of("StageFailed")] == ["speech"]
    said = [message.text for message in called.history.messages if message.persona == "assistant"]
    assert len([text for text in said if FixedPhrases().apology in text]) == 1
    assert said.index(next(text for text in said if FixedPhrases().apology in text)) < len(said) - 1
    assert called.result.server_hung_up
