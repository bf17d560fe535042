"""The language model fails in mid-call, with the real client over real sockets: every call survives.

How long the silences are is shown on a virtual clock, in tests/pipeline/test_conversation_silence.py.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from agent.character import Character
from agent.errors import AssistantError
from agent.fallback import FallbackAssistant
from agent.model_led import ModelAssistant
from agent.model_records import ModelRecord, ModelStumbled
from agent.scripted import ScriptedAssistant
from agent.texts.english import ENGLISH
from emulators.openai import OpenAIEmulator
from emulators.openai_script import (
    Break,
    Completion,
    Failure,
    Hold,
    PromptBlocked,
    Raw,
    Silence,
    Step,
    Text,
    says,
    too_many_requests,
)
from pipeline.conversation import Conversation, ConversationSettings, Services
from pipeline.records import AssistantSaid
from pipeline.turn_settings import TurnSettings
from providers.model_failover import FailoverChat, NamedModel
from providers.openai_chat import ChatSettings, OpenAIChat
from providers.openai_endpoint import OpenAIEndpoint
from tests.support.fakes import AT, FakeLine, FakeSpeechToText, FakeVoice, Loudness, Records, empty_dialogue

CALL = (("waits", 2_400), ("speaks", 600), ("waits", 4_000), ("speaks", 600), ("waits", 2_500))
SECOND = says("Good to know.")

FAULTS: dict[str, Step] = {
    "overloaded": too_many_requests(700),
    "broken": Failure(500),
    "away": Failure(503),
    "silent": Silence(),
    "stalled": Completion((Text("I have"), Text(" noted"), Hold())),
    "half": Completion((Text("I have"), Text(" noted"), Break())),
    "truncated": Completion((Text("I have"), Text(" noted")), finish_reason=None),
    "malformed": Completion((Text("I have"), Raw("{broken"))),
}
AMID = ("stalled", "half", "truncated", "malformed")


class Called:
    """A call of two turns, with these models behind the assistant."""

    def __init__(self) -> None:
        self.records = Records()
        self.models: list[ModelRecord] = []
        self.failures: list[AssistantError] = []
        self.reason = ""

    @property
    def said(self) -> list[str]:
        """What the caller heard, reply by reply."""
        return [record.text for record in self.records.of(AssistantSaid)]

    async def live(self, *services: OpenAIEmulator) -> "Called":
        """Live through it, in real time."""
        async with AsyncExitStack() as stack:
            named = []
            for number, service in enumerate(services):
                await stack.enter_async_context(service)
                endpoint = OpenAIEndpoint(base_url=service.base_url, api_key=service.api_key)
                # Patient with what answers at all, on however slow a machine; what hangs is waited for as long.
                chat = OpenAIChat(endpoint, "m", ChatSettings(first_token_ms=1_200, stall_ms=800))
                stack.push_async_callback(chat.close)
                named.append(NamedModel(f"model{number}", chat))
            led = ModelAssistant(
                FailoverChat(named, now=time.monotonic, observe=self.models.append),
                character=Character("Contoso", "Amelia"),
                tools=(),
                clock=lambda: datetime.now(UTC),
            )
            script = ScriptedAssistant("Contoso", "Amelia", lambda: datetime.now(UTC))
            line = FakeLine(time.monotonic)
            conversation = Conversation(
                "call-1",
                line,
                empty_dialogue(),
                services=Services(
                    speech_to_text=FakeSpeechToText(["One.", "Two."]),
                    text_to_speech=FakeVoice(delay_s=0.01),
                    assistant=FallbackAssistant(led, script, self.failures.append),
                    new_detector=Loudness,
                    observer=self.records,
                    now=time.monotonic,
                    utc_now=lambda: AT,
                ),
                settings=ConversationSettings(is_echo_cancelled=False, turns=TurnSettings(speculation_max_per_turn=0)),
            )
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(line.caller(*CALL))
                self.reason = await conversation.run()
        return self


async def lived(calls: Sequence[tuple[str, tuple[OpenAIEmulator, ...]]]) -> dict[str, Called]:
    """Several calls at once, by name: each of them takes its time."""
    called = {name: Called() for name, _ in calls}
    async with asyncio.TaskGroup() as tasks:
        for name, services in calls:
            tasks.create_task(called[name].live(*services), name=name)
    return called


async def test_a_model_fails_in_mid_call() -> None:
    """Whatever happens to it, and whether there is a second one or not; a filter is no failure."""
    calls = [
        (name, (OpenAIEmulator([fault, SECOND]), OpenAIEmulator([says("I have noted it.")])))
        for name, fault in FAULTS.items()
    ]
    filtered = [
        (name, (OpenAIEmulator([PromptBlocked(is_jailbreak=name == "jailbreak"), SECOND]), OpenAIEmulator()))
        for name in ("filtered", "jailbreak")
    ]
    alone = [(f"{name} alone", (OpenAIEmulator([fault, SECOND]),)) for name, fault in FAULTS.items()]
    lives = await lived([*calls, *filtered, *alone])
    check_second_model(lives)
    for name, _ in filtered:
        check_declined(name, lives[name])
    for name in FAULTS:
        check_script(name, lives[f"{name} alone"])


def check_second_model(lives: Mapping[str, Called]) -> None:
    """Whole answers are heard, and no sentence twice."""
    # One that has asked not to be asked for 0.7 s is asked again in the next turn.
    for name in FAULTS:
        called = lives[name]
        assert called.reason == "caller_hung_up", name
        assert called.said[1:] == ["I have noted it.", "Good to know."], name
        assert called.failures == [], name
        assert [type(record) for record in called.models] == [ModelStumbled], name


def check_declined(name: str, called: Called) -> None:
    """What the filter stops is declined; no other model is asked, and the next turn is answered."""
    assert called.said[1:] == [ENGLISH.declined[0], "Good to know."], name
    assert called.models == [], name


def check_script(name: str, called: Called) -> None:
    """Before the model's first word the script answers; amid the words the caller is asked to say it again."""
    assert called.reason == "caller_hung_up", name
    assert len(called.failures) == 1, name
    assert called.said[-1] == "Good to know.", name
    if name in AMID:
        assert called.said[1].startswith("I have"), name
        assert called.said[1].endswith(ENGLISH.say_again[0]), name
    else:
        assert len(called.said[1].split()) >= 3, name
