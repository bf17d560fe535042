"""Writing to the caller."""

from dataclasses import replace
from datetime import datetime

from agent.assistant import SendSms
from agent.claim import Claim
from agent.dialogue import Dialogue
from agent.tool import run_tool
from agent.tools.send_sms import SendSmsTool

NOW = datetime(2026, 1, 5, 12)
DIALOGUE = Dialogue(Claim(()), caller_number="+15550001111")


def test_it_is_asked_for_and_not_claimed() -> None:
    """The effect waits for the reply; the model is told that nothing has arrived yet."""
    outcome = run_tool(SendSmsTool(), '{"text": "Reference AB 12"}', DIALOGUE, NOW)
    assert outcome.outputs == (SendSms("Reference AB 12"),)
    assert "not that it has arrived" in outcome.text


def test_a_withheld_number_gets_nothing() -> None:
    """The model is told so."""
    outcome = run_tool(SendSmsTool(), '{"text": "x"}', replace(DIALOGUE, caller_number=""), NOW)
    assert outcome.outputs == ()
    assert outcome.text.startswith("Nothing was sent")


def test_a_message_that_is_cut_off_is_not_sent() -> None:
    """Broken, empty or endless arguments are refused: half a message is worse than none."""
    for arguments in ('{"text": "Reference AB', '{"text": ""}', '{"text": "' + "x" * 500 + '"}', '{"to": "+1"}'):
        assert run_tool(SendSmsTool(), arguments, DIALOGUE, NOW).outputs == ()
