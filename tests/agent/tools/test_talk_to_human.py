"""Handing over to a human."""

from dataclasses import replace
from datetime import datetime

from agent.assistant import TransferCall
from agent.claim import Claim
from agent.dialogue import Dialogue
from agent.tool import run_tool
from agent.tools.talk_to_human import TalkToHumanTool

NOW = datetime(2026, 1, 5, 12)
DIALOGUE = Dialogue(Claim(()), agent_number="+33612345678")


def test_it_is_asked_for_and_not_promised() -> None:
    """The effect waits for the reply; the model is told that it is not certain."""
    outcome = run_tool(TalkToHumanTool(), '{"reason": "billing"}', DIALOGUE, NOW)
    assert outcome.outputs == (TransferCall("billing"),)
    assert "not certain" in outcome.text


def test_one_of_several_will_do() -> None:
    """Who it is need not be known yet."""
    several = replace(DIALOGUE, agent_number="", finds_humans=True)
    assert run_tool(TalkToHumanTool(), '{"reason": "billing"}', several, NOW).outputs == (TransferCall("billing"),)


def test_without_a_human_nothing_is_done() -> None:
    """The model is told so, and can say so."""
    outcome = run_tool(TalkToHumanTool(), '{"reason": "billing"}', replace(DIALOGUE, agent_number=""), NOW)
    assert outcome.outputs == ()
    assert outcome.text.startswith("Nothing was done")


def test_wrong_arguments_do_nothing() -> None:
    """Another field, or a novel, is refused with the reason."""
    for arguments in ('{"number": "+1900"}', '{"reason": "' + "x" * 200 + '"}', "{}"):
        outcome = run_tool(TalkToHumanTool(), arguments, DIALOGUE, NOW)
        assert outcome.outputs == ()
        assert outcome.text.startswith("Nothing was done: the arguments")
