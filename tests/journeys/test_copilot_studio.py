"""A call that a Copilot Studio bot leads: telephone, server and bot over real sockets, to the hand-over."""

from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from assembly.bots import build_bot
from assembly.engines import Engines, build_assistant
from config import Config
from emulators.call_result import CallEnd
from emulators.direct_line import DirectLineEmulator
from emulators.direct_line_script import Answer, Drops, HandsOff, Says, Types, Waits
from emulators.network_script import Reaction
from emulators.scenario import Line, Scenario
from providers.direct_line import STAGE
from providers.piper import PiperTextToSpeech
from tests.support.whole import UNHURRIED, whole

HUMAN = "+12025550177"
ASKS = "expectingInput"
SCRIPT = (
    Answer((Says("**Hello**, this is the bot of Contoso. How can I help you?", hint=ASKS),)),
    # The socket is lost amid an answer.
    Answer(
        (
            Says("Let me see."),
            Types(),
            Drops(),
            Waits(0.3),
            Says(speak="<speak>Your contract ends on <s>May the third.</s></speak>", text="2026-05-03"),
            Says("What else?", hint=ASKS, choices=("Billing", "A person")),
        )
    ),
    Answer((Says("I connect you to a colleague."), HandsOff({"va_AgentMessage": "wants to renew"}))),
)
SCENARIO = Scenario(
    "copilot studio",
    (Line("When does my contract end?"), Line("I want to talk to a human.")),
    patience=UNHURRIED,
)


async def test_a_bot_leads_a_call_and_hands_it_over(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """It greets, answers in several messages, loses its socket, and hands over; it is told each turn once."""
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(DirectLineEmulator(SCRIPT))
        sections: dict[str, dict[str, Any]] = {
            "conversation": {"agent_phone_number": HUMAN, "assistant": "direct_line"},
            "direct_line": {
                "token_endpoint": service.token_endpoint,
                "greeting_timeout_ms": 60_000,
                "answer_timeout_ms": 60_000,
                "silence_ms": 4_000,
            },
            "communication_services": {"phone_number": "+12025550100"},
            # What is said is the bot's, however long the machine takes for it.
            "features": {"openers_enabled": False, "answer_soft_timeout_sec": 0, "answer_hard_timeout_sec": 0},
        }
        config = Config.model_validate(sections)
        bot = build_bot(config, stack)
        led = replace(engines, assistant=build_assistant(config, stack, bot=bot), attendant=bot)
        server = await stack.enter_async_context(whole(led, tmp_path, **sections))
        server.network.script.expect(HUMAN, Reaction(after_s=0.5))
        result = await server.network.call(SCENARIO, voice=voice, webhook_url=server.webhook_url)
        await server.built.journal.drained()
        (history,) = await server.built.store.latest_calls()
    assert (result.ended, history.call.end_reason) == (CallEnd.TRANSFERRED, "transferred")
    said = [message.text for message in history.messages if message.persona == "assistant"]
    assert said[0].endswith("Hello, this is the bot of Contoso. How can I help you?")
    assert " ".join(said[1].split()) == (
        "Let me see. Your contract ends on May the third. What else? You can say: Billing, A person."
    )
    assert said[2] == "I connect you to a colleague."
    heard = [message.text for message in history.messages if message.persona == "caller"]
    assert service.texts == heard
    assert len(heard) == 2
    assert service.requests.count("stream") == 2
    assert service.left.is_set()
    assert len(history.turns) == 2
    assert {usage.model for usage in history.usages} == {STAGE}
