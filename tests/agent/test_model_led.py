"""The assistant that a language model leads, against a model that follows a script."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.assistant import Cite, Expect, Output, Say, UpdateClaim
from agent.character import Character
from agent.chat import ChatDelta, Completed, Finished, FinishReason, Prompted, Role, TextDelta, ToolCall, ToolResult
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue
from agent.errors import AssistantError
from agent.model_led import MOST_ROUNDS, ModelAssistant
from agent.options import Options
from agent.tools.update_claim import UpdateClaimTool
from tests.support.passages import passage
from tests.support.scripted_chat import ScriptedChat

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
DIALOGUE = Dialogue(
    Claim(
        (
            ClaimField("caller_name", description="What is your name?"),
            ClaimField("phone_number", FieldType.PHONE_NUMBER),
        )
    )
)
STOP = Finished(FinishReason.STOP)
CALLS = Finished(FinishReason.TOOL_CALLS)
OPEN = Expect("open")
STORE_NAME = ToolCall("call_1", "update_claim", '{"field": "caller_name", "value": "Robert Miller"}')
STORE_PHONE = ToolCall("call_2", "update_claim", '{"field": "phone_number", "value": "202 555 0143"}')


def led_by(chat: ScriptedChat) -> ModelAssistant:
    """The assistant under test."""
    return ModelAssistant(chat, character=Character("Contoso", "Amelia"), tools=(UpdateClaimTool(),), clock=lambda: NOW)


async def replies(chat: ScriptedChat, utterance: str = "My name is Robert Miller.") -> list[Output]:
    """All outputs of one reply."""
    return [output async for output in led_by(chat).reply(DIALOGUE, utterance)]


async def test_text_is_passed_on_as_it_comes() -> None:
    """Every delta is a Say, and the tools are offered."""
    chat = ScriptedChat([TextDelta("Thank"), TextDelta(" you."), STOP])
    assert await replies(chat) == [OPEN, Say("Thank"), Say(" you.")]
    (asked,) = chat.asked
    assert asked.messages[-1] == Prompted(Role.USER, "My name is Robert Miller.")
    assert [spec.name for spec in asked.tools] == ["update_claim"]
    assert chat.closed == 1


async def test_a_tool_call_is_run_and_answered() -> None:
    """What the tool wants is put out, what it says goes back to the model, which then talks on."""
    chat = ScriptedChat(
        [TextDelta("One moment."), STORE_NAME, CALLS],
        [TextDelta("Thank you, Robert."), STOP],
    )
    assert await replies(chat) == [
        OPEN,
        Say("One moment."),
        UpdateClaim("caller_name", "Robert Miller"),
        Say(" Thank you, Robert."),
    ]
    assert chat.asked[1].messages[-2:] == (
        Completed("One moment.", (STORE_NAME,)),
        ToolResult("call_1", "Stored: caller_name = Robert Miller. Still missing: phone_number."),
    )
    assert chat.asked[1].messages[:-2] == chat.asked[0].messages


async def test_later_tools_see_what_earlier_ones_have_set() -> None:
    """The snapshot grows within a reply, from call to call and from round to round."""
    chat = ScriptedChat([STORE_NAME, STORE_PHONE, CALLS], [TextDelta("Done."), STOP])
    assert await replies(chat) == [
        OPEN,
        UpdateClaim("caller_name", "Robert Miller"),
        UpdateClaim("phone_number", "+12025550143"),
        Say("Done."),
    ]
    assert chat.asked[1].messages[-1] == ToolResult(
        "call_2", "Stored: phone_number = +12025550143. Nothing is missing."
    )


@pytest.mark.parametrize(
    "call",
    [
        ToolCall("call_1", "update_claim", '{"field": "caller_name", "val'),
        ToolCall("call_1", "update_claim", '{"field": "shoe_size", "value": "44"}'),
        ToolCall("call_1", "update_claim", '{"field": "phone_number", "value": "5"}'),
        ToolCall("call_1", "delete_everything", "{}"),
    ],
)
async def test_a_call_that_is_wrong_stores_nothing(call: ToolCall) -> None:
    """The model is told why, and can ask the caller."""
    chat = ScriptedChat([call, CALLS], [TextDelta("Could you repeat that?"), STOP])
    assert await replies(chat) == [OPEN, Say("Could you repeat that?")]
    answer = chat.asked[1].messages[-1]
    assert isinstance(answer, ToolResult)
    assert answer.text.startswith(("Nothing was done", "Not stored"))


@pytest.mark.parametrize("reason", [FinishReason.LENGTH, FinishReason.CONTENT_FILTER])
async def test_calls_of_a_completion_that_was_cut_off_are_not_run(reason: FinishReason) -> None:
    """Even if the arguments happen to be whole: nobody knows what was still to come."""
    chat = ScriptedChat([TextDelta("I will"), STORE_NAME, Finished(reason)])
    assert await replies(chat) == [OPEN, Say("I will")]


async def test_the_last_round_has_no_tools() -> None:
    """A model that calls tools for ever is made to talk."""
    rows: list[list[ChatDelta]] = [[STORE_NAME, CALLS] for _ in range(MOST_ROUNDS - 1)]
    chat = ScriptedChat(*rows, [TextDelta("Thank you."), STOP])
    outputs = await replies(chat)
    assert outputs[-1] == Say("Thank you.")
    assert [len(asked.tools) for asked in chat.asked] == [1] * (MOST_ROUNDS - 1) + [0]


@pytest.mark.parametrize(
    "rows",
    [
        [[STOP]],
        [[TextDelta(" "), STOP]],
        [[Finished(FinishReason.CONTENT_FILTER)]],
        [[STORE_NAME, CALLS], [STOP]],
        [[STORE_NAME, CALLS]] * MOST_ROUNDS,
    ],
)
async def test_a_model_without_words_is_an_error(rows: list[list[ChatDelta]]) -> None:
    """A caller is never answered with silence."""
    with pytest.raises(AssistantError, match="nothing to say"):
        await replies(ScriptedChat(*rows))


async def test_the_flags_say_which_model_is_asked_first() -> None:
    """As of the turn that is answered."""
    usual, other = ScriptedChat([TextDelta("Quick."), STOP]), ScriptedChat([TextDelta("Thoughtful."), STOP])
    assistant = ModelAssistant(
        usual, character=Character("Contoso", "Amelia"), tools=(), clock=lambda: NOW, slow_first=other
    )
    slow = replace(DIALOGUE, options=Options(is_slow_model_first=True))
    said = [[output async for output in assistant.reply(dialogue, "Hi.")] for dialogue in (DIALOGUE, slow)]
    assert said == [[OPEN, Say("Quick.")], [OPEN, Say("Thoughtful.")]]


async def test_a_failure_of_the_model_is_passed_on() -> None:
    """Whoever drives the assistant decides what is said instead."""
    with pytest.raises(AssistantError, match="gone"):
        await replies(ScriptedChat([TextDelta("Thank"), AssistantError("gone")]))


async def test_abandoning_a_reply_abandons_the_request() -> None:
    """The stream is closed with the reply, not when the garbage is collected."""
    chat = ScriptedChat([TextDelta("Thank"), TextDelta(" you."), STOP])
    reply = led_by(chat).reply(DIALOGUE, "Hello.")
    assert isinstance(reply, AsyncGenerator)
    async with aclosing(reply):
        async for output in reply:
            if output == Say("Thank"):
                break
    assert chat.closed == 1


async def test_greeting_and_nudge_need_no_model() -> None:
    """They are said at once, and the first answer can be understood by the script too."""
    chat = ScriptedChat()
    greeting = [output async for output in led_by(chat).greet(DIALOGUE)]
    assert greeting == [
        Expect("field:caller_name"),
        Say("Hello, this is Amelia from Contoso."),
        Say(" What is your name?"),
    ]
    empty = [output async for output in led_by(chat).greet(Dialogue(Claim(())))]
    assert empty[-1] == Say(" How can I help you?")
    nudge = [output async for output in led_by(chat).nudge(DIALOGUE.with_expectation("open", 1))]
    assert nudge == [Expect("open", 1), Say("Are you still there?")]
    assert chat.asked == []


async def test_warming_up_warms_the_model() -> None:
    """The connection is opened before the first call."""
    chat = ScriptedChat()
    await led_by(chat).warm_up()
    assert chat.is_warm


async def test_what_the_model_takes_from_documents_is_cited() -> None:
    """It is shown the passages; the number that it writes is not spoken."""
    glass = passage("It costs 150 dollars.", place="Price")
    chat = ScriptedChat([TextDelta("It is 150"), TextDelta(" dollars [1]"), TextDelta("."), STOP])
    informed = replace(DIALOGUE, passages=(glass,))
    outputs = [output async for output in led_by(chat).reply(informed, "What does it cost?")]
    assert outputs == [OPEN, Say("It is 150"), Say(" dollars"), Cite((glass.citation,)), Say(".")]
    assert "It costs 150 dollars." in str(chat.asked[0].messages)
