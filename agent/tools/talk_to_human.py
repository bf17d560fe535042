"""The tool that hands the caller over to a human."""

from datetime import datetime
from typing import Annotated

import msgspec

from agent.assistant import TransferCall
from agent.dialogue import Dialogue
from agent.tool import ToolMeans, ToolOutcome


class TalkToHumanArguments(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the model writes."""

    reason: Annotated[
        str,
        msgspec.Meta(max_length=100, description="Why the caller wants a human, in a few words: the human reads it."),
    ]


class TalkToHumanTool:
    """Asks for the hand-over, which happens when the reply that announces it has been heard."""

    @property
    def name(self) -> str:
        """As the model calls it."""
        return "talk_to_human"

    @property
    def description(self) -> str:
        """When to use it."""
        return (
            "Connect the caller to a human colleague. Use it when the caller asks for a human, "
            "or when you cannot help. Then say in one short sentence that you are connecting them."
        )

    @property
    def arguments_type(self) -> type[TalkToHumanArguments]:
        """What it takes."""
        return TalkToHumanArguments

    def run(self, arguments: TalkToHumanArguments, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        """Ask for it, if there is a human."""
        if not dialogue.has_human:
            return ToolOutcome("Nothing was done: there is no human to connect to. Say so, and go on helping.")
        return ToolOutcome(
            "The caller will be connected when your next words have been heard. Announce it, and ask nothing more. "
            "It is not certain that a human can be reached: if not, the caller comes back to you.",
            (TransferCall(arguments.reason),),
        )


def build(means: ToolMeans) -> TalkToHumanTool:
    """It needs nothing: whether there is a human is known of each call."""
    return TalkToHumanTool()
