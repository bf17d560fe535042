"""The assistant that a language model leads, against a model that follows a script."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.assistant import (
    Cite,
    EndCall,
    Expect,
    NoteToolCall,
    NotifyEmergencies,
    Output,
    Reserve,
    Say,
    Spend,
    UpdateClaim,
)
from agent.character import Character
from agent.chat import (
    ChatDelta,
    Completed,
    Finished,
    FinishReason,
    Prompted,
    Role,
    TextDelta,
    ToolCall,
    ToolResult,
    Usage,
)
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue
from agent.errors import AssistantError
from agent.facts import ModelUsage
from agent.model_led import MOST_ROUNDS, ModelAssistant
from agent.options import Options
from agent.tools.end_call import EndCallTool
from agent.tools.notify_emergencies import NotifyEmergenciesTool
from agent.tools.update_claim import UpdateClaimTool
from tests.support.jumping_time import on_jumping_time
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
PAUSE = Say("\n")
"""Ends the sentence that is spoken while tools run."""


def storing(call_id: str, field: str, value: str) -> ToolCall:
    """A call that stores one value."""
    arguments = json.dumps({"updates": [{"field": field, "value": value}]})
    return ToolCall(call_id, "update_claim", arguments)


STORE_NAME = storing("call_1", "caller_name", "Robert Miller")
STORE_PHONE = storing("call_2", "phone_number", "202 555 0143")
END = ToolCall("call_3", "end_call", "{}")


def led_by(chat: ScriptedChat) -> ModelAssistant:
    """The assistant under test."""
    tools = (UpdateClaimTool(), EndCallTool(), NotifyEmergenciesTool(has_helpline=True))
    return ModelAssistant(chat, character=Character("Contoso", "Amelia"), tools=tools, clock=lambda: NOW)


async def replies(chat: ScriptedChat, utterance: str = "My name is Robert Miller.") -> list[Output]:
    """All outputs of one reply, but for the notes of what was run, and of what was asked."""
    outputs = await free(led_by(chat).reply(DIALOGUE, utterance))
    return [output for output in outputs if not isinstance(output, NoteToolCall)]


async def free(outputs: AsyncIterator[Output]) -> list[Output]:
    """All of them, but for guesses at what they cost: tests/agent/test_spending.py looks at those."""
    return [
        output
        async for output in outputs
        if not isinstance(output, Reserve) and not (isinstance(output, Spend) and output.usage.is_estimated)
    ]


async def test_text_is_passed_on_as_it_comes() -> None:
    """Every delta is a Say, and the tools are offered."""
    chat = ScriptedChat([TextDelta("Thank"), TextDelta(" you."), STOP])
    assert await replies(chat) == [OPEN, Say("Thank"), Say(" you.")]
    (asked,) = chat.asked
    assert asked.messages[-1] == Prompted(Role.USER, "My name is Robert Miller.")
    assert [spec.name for spec in asked.tools] == ["update_claim", "end_call", "notify_emergencies"]
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
        PAUSE,
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
        ToolCall("call_1", "update_claim", '{"updates": [{"field": "caller_name", "val'),
        storing("call_1", "shoe_size", "44"),
        storing("call_1", "phone_number", "5"),
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


async def test_what_was_run_is_noted() -> None:
    """With what the model was told; what was cut off or does not exist was not run."""
    unknown = ToolCall("call_9", "delete_everything", "{}")
    chat = ScriptedChat([STORE_NAME, unknown, CALLS], [TextDelta("Done."), STOP])
    notes = [each async for each in led_by(chat).reply(DIALOGUE, "x") if isinstance(each, NoteToolCall)]
    (answer,) = (each.text for each in chat.asked[1].messages if isinstance(each, ToolResult) and "Robert" in each.text)
    assert notes == [NoteToolCall("update_claim", STORE_NAME.arguments, answer)]


async def test_what_a_round_cost_is_told() -> None:
    """Each of them, by the model that answered; a service that does not tell costs nobody knows what."""
    cost = Finished(FinishReason.TOOL_CALLS, Usage(900, 12, 800), "fast")
    chat = ScriptedChat([STORE_NAME, cost], [TextDelta("Done."), Finished(FinishReason.STOP, Usage(950, 3), "slow")])
    spent = [output.usage for output in await replies(chat) if isinstance(output, Spend)]
    assert spent == [ModelUsage("fast", 900, 12, 800), ModelUsage("slow", 950, 3)]


async def test_a_goodbye_is_said_once() -> None:
    """Who has said it and ends the call is not asked for more words; who has not, is."""
    said = ScriptedChat([TextDelta("Goodbye."), END, CALLS])
    assert await replies(said) == [OPEN, Say("Goodbye."), PAUSE, EndCall()]
    silent = ScriptedChat([END, CALLS], [TextDelta("Goodbye."), STOP])
    assert await replies(silent) == [OPEN, EndCall(), Say("Goodbye.")]


@on_jumping_time
async def test_the_reply_waits_for_help_and_says_what_became_of_it() -> None:
    """What was said before is out already, to be spoken meanwhile; the answer is there in the next round."""
    arguments = '{"service": "fire", "location": "4 Elm Street", "contact": "Ann", "reason": "smoke"}'
    help_call = ToolCall("call_1", "notify_emergencies", arguments)
    chat = ScriptedChat([TextDelta("I call for help."), help_call, CALLS], [TextDelta("They know."), STOP])
    began, times = asyncio.get_running_loop().time(), dict[str, float]()
    async for output in led_by(chat).reply(DIALOGUE, "Fire!"):
        times[type(output).__name__] = asyncio.get_running_loop().time() - began
        if isinstance(output, Say):
            times[output.text] = times["Say"]
        if isinstance(output, NotifyEmergencies):
            asyncio.get_running_loop().call_later(4.0, output.was_notified.set_result, True)
    assert (times["I call for help."], times["\n"], times["NotifyEmergencies"]) == (0.0, 0.0, 0.0)
    assert times[" They know."] == pytest.approx(4.0)
    result = chat.asked[1].messages[-1]
    assert isinstance(result, ToolResult)
    assert result.text.startswith("Somebody was notified (fire).")


async def test_the_last_round_has_no_tools() -> None:
    """A model that calls tools for ever is made to talk."""
    rows: list[list[ChatDelta]] = [[STORE_NAME, CALLS] for _ in range(MOST_ROUNDS - 1)]
    chat = ScriptedChat(*rows, [TextDelta("Thank you."), STOP])
    outputs = await replies(chat)
    assert outputs[-1] == Say("Thank you.")
    assert [len(asked.tools) for asked in chat.asked] == [3] * (MOST_ROUNDS - 1) + [0]
    assert outputs.count(UpdateClaim("caller_name", "Robert Miller")) == 1, "what is repeated is not run again"


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
    said = [await free(assistant.reply(dialogue, "Hi.")) for dialogue in (DIALOGUE, slow)]
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
    outputs = await free(led_by(chat).reply(informed, "What does it cost?"))
    assert outputs == [OPEN, Say("It is 150"), Say(" dollars"), Cite((glass.citation,)), Say(".")]
    assert "It costs 150 dollars." in str(chat.asked[0].messages)
