"""The tool that begins another claim."""

from datetime import UTC, datetime

from agent.assistant import NewClaim
from agent.claim import Claim, ClaimField
from agent.dialogue import Dialogue
from agent.tool import run_tool
from agent.tools.new_claim import NewClaimTool

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
EMPTY = Dialogue(Claim((ClaimField("place"), ClaimField("name"), ClaimField("note", required=False))))


def test_it_says_what_the_filed_claim_lacks_and_what_the_new_one_needs() -> None:
    """The model asks for what is missing anew, and pretends nothing about the first."""
    known = EMPTY.with_claim(EMPTY.claim.with_value("place", "Rome"))
    outcome = run_tool(NewClaimTool(), "{}", known, NOW)
    assert outcome.outputs == (NewClaim(),)
    assert outcome.text == "Filed, without name. The new claim is empty. Missing: place, name."


def test_a_whole_claim_is_filed_as_such() -> None:
    """Optional fields are not missing."""
    known = EMPTY.with_claim(EMPTY.claim.with_value("place", "Rome").with_value("name", "Ann"))
    assert run_tool(NewClaimTool(), "{}", known, NOW).text.startswith("Filed. The new claim is empty.")


def test_an_empty_claim_is_not_filed() -> None:
    """There is nothing to begin anew."""
    outcome = run_tool(NewClaimTool(), "{}", EMPTY, NOW)
    assert outcome.outputs == ()
    assert outcome.text.startswith("Nothing was done")


def test_it_takes_nothing() -> None:
    """What the model adds is an error, and begins nothing."""
    known = EMPTY.with_claim(EMPTY.claim.with_value("place", "Rome"))
    assert run_tool(NewClaimTool(), '{"because": "x"}', known, NOW).outputs == ()
