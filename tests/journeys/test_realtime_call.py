"""A whole call with a model that hears and speaks by itself: telephone, server and the real SDK, over real sockets."""

import dataclasses
from contextlib import AsyncExitStack
from pathlib import Path

from assembly.engines import Engines, build_speech_model
from config import Config
from emulators.expectation import Expectation, Text
from emulators.openai import OpenAIEmulator
from emulators.openai_realtime import RealtimeEmulator
from emulators.realtime_script import Called, Spoken
from emulators.scenario import AfterAssistantStarted, Line, Scenario
from providers.piper import PiperTextToSpeech
from tests.journeys.test_one_call import PLACE, call
from tests.support.whole import UNHURRIED, whole

LONG = "Thank you. " + "I will write that down for you, and then we will go on. " * 4
SCENARIO = Scenario(
    "realtime",
    (
        Line("It happened in Boston."),
        # Over the answer, which would last for a quarter of a minute.
        Line("I think it was in Chicago.", when=AfterAssistantStarted(2_000)),
        Line("That is right."),
    ),
    patience=UNHURRIED,
    expectation=Expectation({"incident_location": Text("Chicago", 0.5)}),
)


async def test_a_call_with_an_interruption(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """At 24 kHz the model greets, hears three turns, is interrupted once, fills the claim and says goodbye."""
    place = '{"updates": [{"field": "incident_location", "value": "%s"}]}'
    realtime = RealtimeEmulator(
        [
            Spoken("Hello, this is Amelia. Where did it happen?"),
            # Written in half a second: its tool has been called, and answered, long before the interruption.
            Spoken(LONG.strip(), (Called("update_claim", place % "Boston"),), times_real_time=30),
            Spoken(),
            Spoken("", (Called("update_claim", place % "Chicago"),)),
            Spoken("In Chicago, I see. Is that right?"),
            Spoken("Thank you and goodbye.", (Called("end_call", "{}"),)),
        ],
        heard=["It happened in Boston.", "I think it was in Chicago.", "That is right."],
    )
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(OpenAIEmulator(routes=realtime.routes))
        await stack.enter_async_context(realtime)
        llm = {"realtime": {"base_url": service.base_url, "api_key": service.api_key, "model": "gpt-realtime"}}
        speech_model = build_speech_model(Config.model_validate({"llm": llm}), stack, engines.assistant)
        server = await stack.enter_async_context(
            whole(
                dataclasses.replace(engines, speech_model=speech_model),
                tmp_path,
                conversation={"claim": [PLACE]},
                communication_services={"sample_rate_hz": 24_000},
                features={"end_of_turn_floor_ms": 1_000},
                llm=llm,
            )
        )
        called = await call(server, voice, SCENARIO)
    assert called.of("StageFailed") == []
    assert called.result.server_hung_up
    assert SCENARIO.expectation.mismatches(called.history.claim, called_at=called.history.call.started_at) == ()
    said = [(message.persona, message.text) for message in called.history.messages]
    assert [text for persona, text in said if persona == "caller"] == [line.text for line in SCENARIO.lines]
    assert said[0][1] == "Hello, this is Amelia. Where did it happen?"
    (cut,) = [message for message in called.history.messages if message.was_interrupted]
    assert LONG.startswith(cut.text)
    (seen,) = realtime.conversations
    ((item_id, heard_ms),) = realtime.cuts
    assert seen.items[item_id].text == LONG.strip()
    # 250 ms a word, but each is taken to be as long as it is written; tests/pipeline/test_conversing is exact.
    assert abs(heard_ms - 250 * len(cut.text.split())) <= 750
    assert all(milliseconds >= 500 for milliseconds in seen.commits_ms)
