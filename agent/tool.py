"""Tools: what a language model may do in a call, beside talking.

A tool has no effect. It looks at a snapshot and returns outputs; they come true when
whoever drives the assistant lets them. Each has a file in ``tools``, which ``toolset``
finds. What belongs to the call (its id, the caller's number) a tool takes from the
snapshot: the model is never asked for it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

import msgspec

from agent.assistant import Output
from agent.chat import ToolCall, ToolSpec
from agent.dialogue import Dialogue
from agent.search import Search

Arguments = TypeVar("Arguments", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolMeans:
    """What tools are made of: the same for all calls. A tool that lacks its means is not offered."""

    region: str = "US"
    """Where a phone number without country code belongs, ISO 3166-1 alpha-2."""
    language: str = "en"
    """What is spoken where nobody knows better, ISO 639-1."""
    can_write: bool = True
    """Text messages can be sent."""
    has_helpline: bool = False
    """An emergency service can be notified."""
    emergency_number: str = ""
    """An emergency service that callers can be handed over to, E.164; empty: none."""
    has_our_voice: bool = True
    """The voice is ours, to be made faster or to speak another language; not that of a model that speaks itself."""
    search: Search | None = None
    """The company's documents; None: there are none."""


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What a tool tells the model, and what it wants to be done."""

    text: str
    """In our words; what it quotes from elsewhere stands in it as ``agent.quoted.as_data``."""
    outputs: tuple[Output, ...] = ()
    later: "Callable[[], Awaitable[ToolOutcome]] | None" = None
    """Waits for what only becomes known when the outputs come true, or takes long; then its outcome counts, and
    ``text`` does not. May be cancelled, with the reply."""
    was_run: bool = True
    """False: the call was wrong, and nothing was even tried."""


class Tool(Protocol[Arguments]):
    """One thing that a model may do."""

    @property
    def name(self) -> str:
        """What the model calls it by."""

    @property
    def description(self) -> str:
        """When and how to use it, for the model."""

    @property
    def arguments_type(self) -> type[Arguments]:
        """A Struct that forbids unknown fields; its schema is what the model sees."""

    def run(self, arguments: Arguments, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        """Work out the outcome; never raises for what the model wrote."""


def spec_of(tool: Tool[Arguments]) -> ToolSpec:
    """Describe a tool to a model, in as few words as do: they are paid for in every turn."""
    schema = msgspec.json.schema(tool.arguments_type)
    parameters = _compact(schema["$defs"][tool.arguments_type.__name__], schema["$defs"])
    return ToolSpec(tool.name, tool.description, parameters)


def _compact(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """A schema without names of our types and without references: each type stands where it is used."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    is_object = "properties" in schema
    dropped = {"title", "description"} if is_object else {"title"}  # of an object, both are our own docstrings
    kept = {key: value for key, value in schema.items() if key not in dropped}
    if is_object:
        kept["properties"] = {name: _compact(each, definitions) for name, each in schema["properties"].items()}
    if isinstance(schema.get("items"), Mapping):
        kept["items"] = _compact(schema["items"], definitions)
    return kept


def run_tool(tool: Tool[Arguments], arguments: str, dialogue: Dialogue, now: datetime) -> ToolOutcome:
    """Validate the arguments that a model wrote, and run the tool only if they are right.

    Args:
        tool: What to run.
        arguments: JSON. Whatever is wrong with it is told to the model; nothing is repaired or guessed.
        dialogue: The snapshot to work on, with what earlier tools of this reply have set.
        now: The moment of the call, in the caller's time zone.
    """
    try:
        parsed = msgspec.json.decode(arguments, type=tool.arguments_type)
    except (msgspec.MsgspecError, UnicodeError) as error:
        return ToolOutcome(f"Nothing was done: the arguments of {tool.name} are not valid: {error}", was_run=False)
    return tool.run(parsed, dialogue, now)


class Toolbox:
    """The tools of one assistant."""

    def __init__(self, tools: Sequence[Tool[Any]]) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self.specs: tuple[ToolSpec, ...] = tuple(spec_of(tool) for tool in tools)
        """As a model sees them."""

    def run(self, call: ToolCall, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        """Run what a model has called; what does not exist, or is called wrongly, does nothing and says so."""
        tool = self._tools.get(call.name)
        if tool is None:
            return ToolOutcome(f"Nothing was done: there is no tool named {call.name}.", was_run=False)
        return run_tool(tool, call.arguments, dialogue, now)
