"""The tool that ends the call."""

from datetime import UTC, datetime

from agent.assistant import EndCall
from agent.claim import Claim
from agent.dialogue import Dialogue
from agent.tool import run_tool, spec_of
from agent.tools.end_call import EndCallTool

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)


def test_it_asks_for_the_end() -> None:
    """After the words that are still to be said."""
    assert run_tool(EndCallTool(), "{}", Dialogue(Claim(())), NOW).outputs == (EndCall(),)


def test_it_takes_nothing() -> None:
    """What the model adds is an error, and ends nothing."""
    assert spec_of(EndCallTool()).parameters["properties"] == {}
    assert run_tool(EndCallTool(), '{"why": "bored"}', Dialogue(Claim(())), NOW).outputs == ()
