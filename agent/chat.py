"""A language model that talks and calls tools, as the assistant needs it."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from agent.facts import ModelUsage


class Role(StrEnum):
    """Who speaks in a prompt, tools apart."""

    SYSTEM = "system"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Prompted:
    """A text in the prompt."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model wants to be run. Whole: nothing of it is still on its way."""

    call_id: str
    name: str
    arguments: str
    """JSON, as the model wrote it: neither parsed nor validated, maybe cut off."""


@dataclass(frozen=True, slots=True)
class Completed:
    """What the model has said before, with the tools that it called then."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered."""

    call_id: str
    text: str


ChatMessage = Prompted | Completed | ToolResult


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as the model sees it."""

    name: str
    description: str
    parameters: Mapping[str, object]
    """JSON schema of the arguments: an object."""


class FinishReason(StrEnum):
    """Why the model stopped."""

    STOP = "stop"
    TOOL_CALLS = "tool_calls"
    LENGTH = "length"
    """It was cut off: its last words and arguments are incomplete."""
    CONTENT_FILTER = "content_filter"
    """Its service cut it off."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a completion cost, in tokens."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    """Those of the prompt that the service had seen before."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of text; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The last delta of every stream."""

    reason: FinishReason
    usage: Usage | None = None
    model: str = field(default="", compare=False)
    """Which one it was, as it is configured; empty: not told."""
    beside: tuple[ModelUsage, ...] = ()
    """What others cost that were asked too: they broke off, or were late."""


ChatDelta = TextDelta | ToolCall | Finished


@runtime_checkable
class Named(Protocol):
    """A model that can say what it is called."""

    @property
    def name(self) -> str:
        """As it is configured; of several in a row the first one's."""


class ChatModel(Protocol):
    """A model behind a service."""

    def stream(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> AsyncGenerator[ChatDelta, None]:
        """Complete a dialogue: text as it comes, then tool calls, then ``Finished``.

        Closing or cancelling the generator abandons the request.

        Raises:
            agent.errors.AssistantError: The service failed, before or amid the text.
        """

    async def warm_up(self) -> None:
        """Open a connection, so that the first caller does not wait for it.

        Raises:
            agent.errors.AssistantError: The service cannot be used.
        """
