"""Tools: what a language model may do in a call, beside talking.

A tool is pure. It looks at a snapshot and returns outputs; it has no effect until
whoever drives the assistant lets the outputs come true. Each has a file in ``tools``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

import msgspec

from agent.assistant import Output
from agent.chat import ToolCall, ToolSpec
from agent.dialogue import Dialogue

Arguments = TypeVar("Arguments", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What a tool tells the model, and what it wants to be done."""

    text: str
    outputs: tuple[Output, ...] = ()


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
    """Describe a tool to a model."""
    schema = msgspec.json.schema(tool.arguments_type)
    definitions = dict(schema["$defs"])
    parameters = dict(definitions.pop(tool.arguments_type.__name__))
    parameters.pop("title", None)
    parameters.pop("description", None)
    if definitions:
        parameters["$defs"] = definitions
    return ToolSpec(tool.name, tool.description, parameters)


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
        return ToolOutcome(f"Nothing was done: the arguments of {tool.name} are not valid: {error}")
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
            return ToolOutcome(f"Nothing was done: there is no tool named {call.name}.")
        return run_tool(tool, call.arguments, dialogue, now)
