"""The script takes over when a call has spent what it may."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.assistant import EndCall, Expect, Output, Reserve, Say, Spend, StopSpending, UpdateClaim
from agent.budget import Budget, Limits, Price
from agent.budgeted import BudgetedAssistant
from agent.character import Character
from agent.chat import ChatDelta, Finished, FinishReason, TextDelta, ToolCall, Usage
from agent.claim import Claim, ClaimField
from agent.dialogue import Dialogue
from agent.errors import AssistantError, OverBudget
from agent.facts import ModelUsage
from agent.fallback import FallbackAssistant
from agent.model_led import ModelAssistant
from agent.scripted import ScriptedAssistant
from agent.tools.update_claim import UpdateClaimTool
from tests.support.scripted_chat import ScriptedChat

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DIALOGUE = Dialogue(
    Claim((ClaimField("caller_name", description="What is your name?"), ClaimField("incident_location"))), began_at=NOW
)
ANSWER: Sequence[ChatDelta] = (TextDelta("Hello."), Finished(FinishReason.STOP, Usage(900, 100), "small"))
STORE = ToolCall("call_1", "update_claim", '{"field": "caller_name", "value": "Robert Miller"}')
CALLS = Finished(FinishReason.TOOL_CALLS, Usage(900, 100), "small")


class Led:
    """A model-led assistant with a budget and the script behind it."""

    def __init__(self, budget: Budget, *rows: Sequence[ChatDelta | AssistantError]) -> None:
        self.chat, self.failures = ScriptedChat(*rows), list[AssistantError]()
        self.dialogue, self.now = DIALOGUE, NOW
        led = ModelAssistant(
            self.chat, character=Character("Contoso", "Amelia"), tools=(UpdateClaimTool(),), clock=lambda: NOW
        )
        self.assistant = FallbackAssistant(
            BudgetedAssistant(led, budget, lambda: self.now),
            ScriptedAssistant("Contoso", "Amelia", lambda: NOW),
            self.failures.append,
        )

    async def answer(self, utterance: str) -> list[Output]:
        """One reply, and what it costs comes true."""
        outputs = [output async for output in self.assistant.reply(self.dialogue, utterance)]
        spent = self.dialogue.spent
        for output in outputs:
            match output:
                case Spend(usage=usage):
                    spent = spent.plus(usage)
                case StopSpending(limit=limit):
                    spent = replace(spent, limit=limit)
                case Expect(expecting=expecting, attempts=attempts):
                    self.dialogue = self.dialogue.with_expectation(expecting, attempts)
                case UpdateClaim(field=field, value=value):
                    self.dialogue = self.dialogue.with_claim(self.dialogue.claim.with_value(field, value))
                case _:
                    pass
        self.dialogue = replace(self.dialogue, spent=spent)
        return outputs


def said(outputs: list[Output]) -> str:
    """The words."""
    return "".join(output.text for output in outputs if isinstance(output, Say))


@pytest.mark.parametrize(
    ("budget", "limit"),
    [
        (Budget(Limits(model_calls=2)), "model_calls"),
        (Budget(Limits(tokens=1_500)), "tokens"),
        (Budget(Limits(usd=0.0003), {}), None),
        (Budget(Limits(usd=0.0003)), "money"),
    ],
)
async def test_the_script_takes_over_and_the_call_goes_on(budget: Budget, limit: str | None) -> None:
    """From the reply on that follows the one which reached the limit; told once; no model is asked any more."""
    if limit == "money":
        prices = {"small": Price(input=1, output=4)}
        twice_usd = 2 * prices["small"].of(ModelUsage("small", 900, 100))
        budget = Budget(Limits(usd=twice_usd), prices)
    led = Led(budget, ANSWER, ANSWER, ANSWER, ANSWER)
    assert [said(await led.answer("Hello.")) for _ in range(2)] == ["Hello.", "Hello."]
    third = await led.answer("My name is Robert Miller.")
    if limit is None:
        assert said(third) == "Hello."
        return
    assert third[0] == StopSpending(limit)
    assert UpdateClaim("caller_name", "Robert Miller") in third
    fourth = await led.answer("Goodbye.")
    assert EndCall() in fourth
    assert not [output for output in (*third[1:], *fourth) if isinstance(output, StopSpending | Reserve | Spend)]
    assert len(led.chat.asked) == 2
    assert [type(failure) for failure in led.failures] == [OverBudget, OverBudget]


async def test_minutes_run_out_between_two_replies() -> None:
    """Whatever the models have cost."""
    led = Led(Budget(Limits(minutes=2)), ANSWER, ANSWER)
    assert said(await led.answer("Hello.")) == "Hello."
    led.now = NOW + timedelta(minutes=2)
    assert (await led.answer("Hello."))[0] == StopSpending("minutes")
    assert len(led.chat.asked) == 1


async def test_a_reply_is_not_asked_once_more_when_nothing_is_left() -> None:
    """The tool has run, nothing was said, and the script goes on with what is stored; the limit is never passed."""
    led = Led(Budget(Limits(model_calls=1)), [STORE, CALLS], ANSWER)
    outputs = await led.answer("My name is Robert Miller.")
    assert StopSpending("model_calls") in outputs
    assert UpdateClaim("caller_name", "Robert Miller") in outputs
    assert said(outputs).strip()
    assert len(led.chat.asked) == 1
    assert led.dialogue.spent.model_calls == 1


async def test_a_reply_that_has_begun_ends_with_a_question() -> None:
    """Two who answer the same are worse than one who asks again."""
    led = Led(Budget(Limits(model_calls=1)), [TextDelta("One moment."), STORE, CALLS], ANSWER)
    words = said(await led.answer("My name is Robert Miller."))
    assert words.startswith("One moment.")
    assert words.endswith("?")


async def test_a_silent_caller_is_asked_by_the_script_too() -> None:
    """It repeats its own question, once it leads."""
    led = Led(Budget(Limits(model_calls=1)), ANSWER)
    greeting = [output async for output in led.assistant.greet(led.dialogue)]
    assert said(greeting)
    await led.answer("Hello.")
    await led.answer("Hello?")
    nudge = [output async for output in led.assistant.nudge(led.dialogue)]
    scripted = ScriptedAssistant("Contoso", "Amelia", lambda: NOW)
    assert nudge == [output async for output in scripted.nudge(led.dialogue)]


async def test_other_failures_stay_what_they_are() -> None:
    """And warming up warms who is inside."""
    led = Led(Budget(Limits(model_calls=9)), [AssistantError("down")])
    assert said(await led.answer("Hello."))
    assert [type(failure) for failure in led.failures] == [AssistantError]
    await led.assistant.warm_up()
    assert led.chat.is_warm
