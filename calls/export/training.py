"""One conversation in OpenAI's format of chat fine-tuning, still with everything that was said. Pure.

    {"messages": [{"role": "system", …}, {"role": "user", …}, {"role": "assistant", …}, …], "tools": […]}

An answer that the caller cut off has ``"weight": 0``: it is part of what went on, and nothing
to learn from. What follows the last answer is left out.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from agent.character import Character
from agent.chat import Prompted, ToolSpec
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue
from agent.language_tags import english_name
from agent.prompt import build_prompt
from calls.initiate import CallInitiate
from stores.records import CallHistory, MessageRecord, ToolCallRecord

Replace = Callable[[str], str]

_WRITTEN: Final = "The caller has sent a text message: "
_ANY: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The part of the prompt that is taken has no time in it."""


def training_example(
    history: CallHistory, tools: Sequence[ToolSpec], *, text: Replace, json: Replace
) -> dict[str, Any] | None:
    """A conversation as an example to learn from; None: it is none.

    It is none when one side said nothing worth it, or when a supervisor had a part in it.

    Args:
        history: The call.
        tools: What the assistant can call.
        text: What becomes of each text.
        json: What becomes of each text that is JSON.
    """
    if history.supervision:
        return None  # nobody would see what the assistant was told, or what a human has said
    turns = _turns(history, text, json)
    while turns and turns[-1]["role"] != "assistant":
        turns.pop()
    while turns and turns[-1].get("tool_calls"):  # its answer was never heard
        turns.pop()
    if not any(each["role"] == "user" for each in turns) or not any(_teaches(each) for each in turns):
        return None
    called = {tool.name for tool in history.tool_calls}
    return {
        "messages": [{"role": "system", "content": text(system_prompt(history))}, *turns],
        "tools": [_tool(tool) for tool in _specs(tools, called)],
    }


def system_prompt(history: CallHistory) -> str:
    """What the assistant is told in every turn of such a call."""
    call = history.call
    about = call.initiate or CallInitiate().record
    character = Character(
        company=about.bot_company,
        bot_name=about.bot_name,
        task=about.task,
        language_name=english_name(call.caller_language or about.language),
    )
    fields = tuple(
        ClaimField(each.name, _type(each.type), each.description, each.required)
        for each in {each.name: each for each in call.claim_fields}.values()
    )
    first = build_prompt(character, Dialogue(Claim(fields)), "", _ANY)[0]
    return first.text if isinstance(first, Prompted) else ""


def _type(name: str) -> FieldType:
    return FieldType(name) if name in {each.value for each in FieldType} else FieldType.TEXT


def _teaches(message: dict[str, Any]) -> bool:
    return bool(message["role"] == "assistant" and "weight" not in message)


def _turns(history: CallHistory, text: Replace, json: Replace) -> list[dict[str, Any]]:
    waiting = list(history.tool_calls)
    turns: list[dict[str, Any]] = []
    for message in history.messages:
        if message.persona != "assistant":
            turns += _user(message, turns, text)
            continue
        if message.action == "sms":  # the tool that sent it has its words
            continue
        own = [each for each in waiting if each.turn == message.turn or _is_earlier(each, message)]
        waiting = [each for each in waiting if each not in own]
        for turn in dict.fromkeys(each.turn for each in own):
            turns += _called([each for each in own if each.turn == turn], text, json)
        said: dict[str, Any] = {"role": "assistant", "content": text(message.text)}
        turns.append({**said, "weight": 0} if message.was_interrupted else said)
    return turns


def _is_earlier(tool: ToolCallRecord, message: MessageRecord) -> bool:
    """Whether it belongs to an answer that nobody heard, before this one."""
    return message.turn is not None and tool.turn < message.turn and tool.called_at <= message.said_at


def _user(message: MessageRecord, turns: list[dict[str, Any]], text: Replace) -> list[dict[str, Any]]:
    content = _WRITTEN + text(message.text) if message.action == "sms" else text(message.text)
    if turns and turns[-1]["role"] == "user":
        turns[-1]["content"] += f" {content}"
        return []
    return [{"role": "user", "content": content}]


def _called(tools: Sequence[ToolCallRecord], text: Replace, json: Replace) -> list[dict[str, Any]]:
    calls = [
        {
            "id": f"call_{tool.sequence}",
            "type": "function",
            "function": {"name": tool.name, "arguments": json(tool.arguments)},
        }
        for tool in tools
    ]
    results = [
        {"role": "tool", "tool_call_id": f"call_{tool.sequence}", "content": text(tool.result)} for tool in tools
    ]
    return [{"role": "assistant", "tool_calls": calls}, *results]


def _specs(tools: Sequence[ToolSpec], called: set[str]) -> list[ToolSpec]:
    """Those of today, and those that were called and are no more."""
    gone = sorted(called - {tool.name for tool in tools})
    return [*tools, *(ToolSpec(name, "", {"type": "object", "properties": {}}) for name in gone)]


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
    }
