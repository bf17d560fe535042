"""Tokens: how many a text has, at most, without the vocabulary of any model. Sans-IO.

Runs of characters of one kind, each kind with the fewest characters that a token of it has
on average. The constants were measured with the vocabulary o200k (GPT-4o and later) on sentences in
twelve languages, JSON schemas and our own prompt, and rounded towards more tokens;
``tests/agent/test_tokens.py`` keeps the measured numbers.
"""

import math
import re
from collections.abc import Iterable
from typing import Final

import msgspec

from agent.chat import ChatMessage, Completed, Prompted, ToolCall, ToolResult, ToolSpec

_RUNS: Final = re.compile(
    r"(?P<plain>[A-Za-z]+(?![\u00c0-\u024f\u1e00-\u1eff\u0300-\u036f]))"
    r"|(?P<accented>[A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0300-\u036f]+)"
    r"|(?P<digits>[0-9]+)"
    r"|(?P<alphabet>[\u0370-\u058f\u0590-\u06ff\u0750-\u077f\u10a0-\u10ff]+)"
    r"|(?P<abugida>[\u0900-\u0fff\u1000-\u109f\u1780-\u17ff]+)"
    r"|(?P<ideograph>[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+)"
    r"|(?P<space>\s+)"
    r"|(?P<marks>[!-/:-@\[-`{-~]+)"
    r"|(?P<rare>.)",
    re.DOTALL,
)
_CHARACTERS_PER_TOKEN: Final = {
    "plain": 4.0,
    "accented": 2.5,
    "digits": 2.5,
    "marks": 2.0,
    "alphabet": 2.5,
    "abugida": 2.0,
    "ideograph": 1.0,
}
_PER_RARE_CHARACTER: Final = 3
"""Emoji and the like: a token for each byte but one."""
_FRAMING: Final = 4
"""Of each message: who speaks, where it begins and ends."""


def estimated_tokens(text: str) -> int:
    """At most so many tokens, as far as sentences go; gibberish may have more."""
    count = 0
    for run in _RUNS.finditer(text):
        kind, length = str(run.lastgroup), run.end() - run.start()
        if kind == "space":
            count += "\n" in run[0]
        elif kind == "rare":
            count += 1 if run[0] <= "\u2e7f" or "\u3000" <= run[0] <= "\u303f" else _PER_RARE_CHARACTER
        else:
            count += math.ceil(length / _CHARACTERS_PER_TOKEN[kind])
    return count


def message_tokens(message: ChatMessage) -> int:
    """Of one message of a prompt, with what frames it."""
    match message:
        case Prompted(text=text) | ToolResult(text=text):
            return _FRAMING + estimated_tokens(text)
        case Completed(text=text, tool_calls=calls):
            return _FRAMING + estimated_tokens(text) + sum(_call_tokens(call) for call in calls)


def prompt_tokens(messages: Iterable[ChatMessage]) -> int:
    """Of a prompt."""
    return sum(message_tokens(message) for message in messages)


def tool_tokens(tools: Iterable[ToolSpec]) -> int:
    """Of the tools, as services write them into the prompt: as JSON at most."""
    return sum(
        _FRAMING + estimated_tokens(f"{tool.name} {tool.description} {_compact(tool.parameters)}") for tool in tools
    )


def _call_tokens(call: ToolCall) -> int:
    return _FRAMING + estimated_tokens(call.name) + estimated_tokens(call.arguments)


def _compact(parameters: object) -> str:
    return msgspec.json.encode(parameters).decode()
