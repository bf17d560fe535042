"""A caller who wants a human, with the real SDK: handed over, taken back when nobody answers."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from agent.assistant import Output, Say, TransferCall
from agent.dialogue import Dialogue
from assembly.engines import Engines
from emulators.call_result import CallEnd, CallResult
from emulators.network_script import PickUp, Reaction
from emulators.scenario import At, HangUp, Line, Scenario
from pipeline.reply import FixedPhrases
from providers.piper import PiperTextToSpeech
from stores.records import CallHistory
from tests.support.fakes import FakeAssistant
from tests.support.side_by_side import side_by_side
from tests.support.whole import UNHURRIED, whole

HUMAN = "+12025550177"
ANNOUNCEMENT = "I am connecting you to a colleague."


class Receptionist(FakeAssistant):
    """Hands over whoever speaks first, or of a human, and thanks everybody else: the same whenever it is asked."""

    async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
        """One sentence."""
        has_answered = sum(message.persona == "assistant" for message in dialogue.messages) > 1
        if not has_answered or "human" in utterance.casefold():
            yield Say(ANNOUNCEMENT)
            yield TransferCall("billing")
        else:
            yield Say("Thank you, goodbye.")


async def call(
    engines: Engines, voice: PiperTextToSpeech, folder: Path, scenario: Scenario, reaction: Reaction, **settings: str
) -> tuple[CallResult, CallHistory]:
    """A caller asks for a human, who reacts so."""
    assistant = Receptionist(greeting="How can I help you?")
    sections = {
        "conversation": {"agent_phone_number": HUMAN, **settings},
        "communication_services": {"phone_number": "+12025550100", "hold_audio_url": "https://app.example/hold.wav"},
    }
    async with whole(replace(engines, assistant=assistant), folder, **sections) as server:
        server.network.script.expect(HUMAN, reaction)
        result = await server.network.call(scenario, voice=voice, webhook_url=server.webhook_url)
        await server.built.journal.drained()
        (history,) = await server.built.store.latest_calls()
        assert server.built.live_calls.live_count == 0
    assert result.protocol_errors == ()
    return result, history


async def test_a_caller_who_wants_a_human(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """Three callers at once, of three servers: a human answers, one is invited and leaves, and one is not there."""
    journeys = (answered, invited, not_there)
    await side_by_side(tmp_path, {each.__name__: partial(each, engines, voice) for each in journeys})


async def answered(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """The caller hears what will happen, is handed over, and the call is kept as one that was."""
    scenario = Scenario("human", (Line("I want to talk to a human."),), patience=UNHURRIED)
    result, history = await call(engines, voice, folder, scenario, Reaction(after_s=1.0))
    assert result.ended is CallEnd.TRANSFERRED
    assert history.call.end_reason == "transferred"
    assert history.messages[-1].text.endswith(ANNOUNCEMENT)
    names = [event.name for event in result.events]
    assert names.index("transferring") < names.index("transferred")


async def invited(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """The call stays ours: while the human is there we are silent, and when they leave the assistant is back."""
    lines = (Line("I want to talk to a human."), Line("Hello, who is there?", when=At(9_000)))
    last = Line("All right, never mind.", when=At(22_000))
    scenario = Scenario("invited", (*lines, last, HangUp()), patience=UNHURRIED)
    reaction = Reaction(after_s=0.5, stays_s=6.0)
    result, history = await call(engines, voice, folder, scenario, reaction, agent_mode="invite")
    assert result.ended is CallEnd.CALLER
    said = [message.text for message in history.messages if message.persona == "assistant"]
    assert said[1].endswith(ANNOUNCEMENT)
    assert said[2] == FixedPhrases().human_left
    assert "Thank you" in said[3]
    heard = " ".join(message.text for message in history.messages if message.persona == "caller")
    assert "who is there" not in heard, "that was said to the human"


async def not_there(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """The assistant takes the conversation back, says so, and goes on with it."""
    scenario = Scenario(
        "nobody",
        (Line("I want to talk to a human."), Line("All right, never mind.", when=At(18_000)), HangUp()),
        patience=UNHURRIED,
    )
    result, history = await call(engines, voice, folder, scenario, Reaction(PickUp.NO_ANSWER, after_s=1.0))
    assert result.ended is CallEnd.CALLER
    assert history.call.end_reason == "caller_hung_up"
    said = [message.text for message in history.messages if message.persona == "assistant"]
    assert said[1].endswith(ANNOUNCEMENT)
    assert said[2] == FixedPhrases().not_reached
    assert "Thank you" in said[3]
