"""The tool that begins another claim in the same call."""

from datetime import datetime

import msgspec

from agent.assistant import NewClaim
from agent.dialogue import Dialogue
from agent.tool import ToolMeans, ToolOutcome


class NewClaimArguments(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Nothing has to be said about it."""


class NewClaimTool:
    """Files the claim as it is, and begins another one of the same fields."""

    @property
    def name(self) -> str:
        """As the model calls it."""
        return "new_claim"

    @property
    def description(self) -> str:
        """When to use it."""
        return "File the claim as it is and begin another, empty one, when the caller reports something else as well."

    @property
    def arguments_type(self) -> type[NewClaimArguments]:
        """What it takes."""
        return NewClaimArguments

    def run(self, arguments: NewClaimArguments, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        """Ask for it, unless nothing would be filed."""
        if not dialogue.claim.values:
            return ToolOutcome("Nothing was done: the claim is empty still. Use it for what the caller reports.")
        missing = ", ".join(each.name for each in dialogue.claim.missing())
        filed = f"Filed, without {missing}." if missing else "Filed."
        fields = ", ".join(each.name for each in dialogue.claim.fields if each.required)
        return ToolOutcome(f"{filed} The new claim is empty. Missing: {fields or 'nothing'}.", (NewClaim(),))


def build(means: ToolMeans) -> NewClaimTool:
    """It needs nothing."""
    return NewClaimTool()
