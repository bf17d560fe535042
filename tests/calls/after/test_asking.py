"""A model is asked for a form until it is right, or three times."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
import pytest

from agent.chat import Finished, FinishReason, Prompted, TextDelta, ToolCall, Usage
from agent.errors import AssistantError, ContentFiltered, ModelUnavailable
from agent.facts import ModelUsage
from calls.after.asking import FormAsker
from stores.records import Satisfaction
from tests.support.scripted_chat import ScriptedChat


class Form(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What is asked for."""

    mood: Annotated[Satisfaction, msgspec.Meta(description="How they felt.")]
    text: Annotated[str, msgspec.Meta(max_length=10)]


DONE = Finished(FinishReason.STOP, Usage(100, 20, 50), "slow")
RIGHT = ToolCall("1", "fill", '{"mood": "high", "text": "fine"}')


class Asked:
    """One who asks, with what it cost and how long it waited."""

    def __init__(self, *rows: Sequence[ToolCall | TextDelta | Finished | AssistantError]) -> None:
        self.chat = ScriptedChat(*rows)
        self.bills: list[ModelUsage] = []
        self.pauses: list[float] = []

    async def form(self) -> Form | None:
        """What comes of it."""

        async def sleep(seconds: float) -> None:
            self.pauses.append(seconds)

        async def bill(usage: ModelUsage) -> None:
            self.bills.append(usage)

        asker = FormAsker(self.chat, sleep=sleep)
        return await asker.ask(Form, name="fill", instructions="Fill in.", material="It was fine.", on_usage=bill)


async def test_the_form_is_handed_in() -> None:
    """At the first try; what it cost is told."""
    asked = Asked([RIGHT, DONE])
    assert await asked.form() == Form(Satisfaction.HIGH, "fine")
    assert asked.bills == [ModelUsage("slow", 100, 20, 50)]
    (request,) = asked.chat.asked
    (spec,) = request.tools
    properties = spec.parameters["properties"]
    assert isinstance(properties, dict)
    assert sorted(properties["mood"]["enum"]) == ["high", "low", "partial", "terrible", "unknown"]
    assert properties["mood"]["description"] == "How they felt."
    assert spec.parameters["required"] == ["mood", "text"]
    assert "$ref" not in str(spec.parameters)


async def test_json_that_is_said_counts_too() -> None:
    """With words around it, or between fences."""
    asked = Asked([TextDelta('Here:\n```json\n{"mood": "low", '), TextDelta('"text": "x"}\n```'), DONE])
    assert await asked.form() == Form(Satisfaction.LOW, "x")


async def test_what_is_wrong_is_told_and_asked_again() -> None:
    """Another value than the schema has, no JSON, too long: three tries, each of them billed."""
    wrong = ['{"mood": "great", "text": "x"}', "{", '{"mood": "high", "text": "far too long"}']
    first, second, third = (ToolCall("1", "fill", each) for each in wrong)
    asked = Asked([first, DONE], [second, DONE], [third, DONE])
    assert await asked.form() is None
    assert len(asked.bills) == 3
    assert asked.pauses == []
    hint = asked.chat.asked[1].messages[-1]
    assert isinstance(hint, Prompted)
    assert "great" in hint.text
    corrected = Asked([ToolCall("1", "fill", "{}"), DONE], [RIGHT, DONE])
    assert await corrected.form() == Form(Satisfaction.HIGH, "fine")


async def test_a_service_that_fails_is_asked_again_after_a_pause() -> None:
    """The pause grows; after the third failure there is no form."""
    failing = [ModelUnavailable("down")]
    asked = Asked(failing, failing, [RIGHT, DONE])
    assert await asked.form() == Form(Satisfaction.HIGH, "fine")
    assert asked.pauses == [1.0, 2.0]
    dead = Asked(failing, failing, failing)
    assert await dead.form() is None
    assert len(dead.pauses) == 2


async def test_what_a_filter_stops_is_not_asked_again() -> None:
    """The same material would be stopped every time."""
    asked = Asked([ContentFiltered("no")])
    assert await asked.form() is None
    assert len(asked.chat.asked) == 1


async def test_a_bug_is_no_failure_of_the_service() -> None:
    """It is raised."""
    with pytest.raises(IndexError):
        await Asked().form()
