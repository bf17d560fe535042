"""Tools: their schemas, and arguments that are not run."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
import pytest

from agent.assistant import EndCall
from agent.chat import ToolCall
from agent.claim import Claim
from agent.dialogue import Dialogue
from agent.tool import Toolbox, ToolOutcome, run_tool, spec_of

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)


class Place(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where."""

    city: str


class TravelArguments(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the tool below takes."""

    place: Place
    days: Annotated[int, msgspec.Meta(ge=1, description="How long.")] = 1


class TravelTool:
    """A tool for these tests."""

    def __init__(self) -> None:
        self.runs: list[TravelArguments] = []

    @property
    def name(self) -> str:
        return "travel"

    @property
    def description(self) -> str:
        return "Go somewhere."

    @property
    def arguments_type(self) -> type[TravelArguments]:
        return TravelArguments

    def run(self, arguments: TravelArguments, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        self.runs.append(arguments)
        return ToolOutcome(f"Went to {arguments.place.city}.", (EndCall(),))


def test_the_schema_is_an_object_and_compact() -> None:
    """What a service wants to see; nested types stand where they are used, and none of our own words is in it."""
    spec = spec_of(TravelTool())
    assert (spec.name, spec.description) == ("travel", "Go somewhere.")
    assert spec.parameters == {
        "type": "object",
        "properties": {
            "place": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
                "additionalProperties": False,
            },
            "days": {"type": "integer", "minimum": 1, "description": "How long.", "default": 1},
        },
        "required": ["place"],
        "additionalProperties": False,
    }


def test_valid_arguments_are_run() -> None:
    """The tool gets them typed, with defaults."""
    tool = TravelTool()
    outcome = run_tool(tool, '{"place": {"city": "Boston"}}', Dialogue(Claim(())), NOW)
    assert outcome == ToolOutcome("Went to Boston.", (EndCall(),))
    assert tool.runs == [TravelArguments(Place("Boston"))]


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "{",
        '{"place": {"city": "Bos',
        '{"place": {"city": "Boston"}',
        '{"place": {"city": 5}}',
        '{"place": {"city": "Boston"}, "days": 0}',
        '{"place": {"city": "Boston"}, "by": "train"}',
        "[]",
        "null",
        '"travel"',
        '{"place": {"city": "\\ud800"}}',
        "\ud800",
    ],
)
def test_wrong_arguments_are_never_run(arguments: str) -> None:
    """Cut off, mistyped or unknown: the model is told, and nothing happens."""
    tool = TravelTool()
    outcome = run_tool(tool, arguments, Dialogue(Claim(())), NOW)
    assert tool.runs == []
    assert (outcome.outputs, outcome.was_run) == ((), False)
    assert outcome.text.startswith("Nothing was done: the arguments of travel are not valid: ")


def test_a_toolbox_runs_what_it_has() -> None:
    """By name; what it has not does nothing, and says so."""
    tool = TravelTool()
    toolbox = Toolbox((tool,))
    assert [spec.name for spec in toolbox.specs] == ["travel"]
    dialogue = Dialogue(Claim(()))
    toolbox.run(ToolCall("1", "travel", '{"place": {"city": "Rome"}}'), dialogue, NOW)
    assert len(tool.runs) == 1
    assert "no tool named sing" in toolbox.run(ToolCall("1", "sing", "{}"), dialogue, NOW).text
