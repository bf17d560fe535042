"""The tool that ends the call."""

from datetime import datetime

import msgspec

from agent.assistant import EndCall
from agent.dialogue import Dialogue
from agent.tool import ToolMeans, ToolOutcome


class EndCallArguments(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Nothing has to be said about it."""


class EndCallTool:
    """Hangs up when everything that was said has been heard."""

    @property
    def name(self) -> str:
        """As the model calls it."""
        return "end_call"

    @property
    def description(self) -> str:
        """When to use it."""
        return "Hang up, once the caller has said goodbye or wants nothing more. Say goodbye in the same reply."

    @property
    def arguments_type(self) -> type[EndCallArguments]:
        """What it takes."""
        return EndCallArguments

    def run(self, arguments: EndCallArguments, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        """Ask for the end."""
        return ToolOutcome("The call ends after your words. Say goodbye if you have not.", (EndCall(),))


def build(means: ToolMeans) -> EndCallTool:
    """It needs nothing."""
    return EndCallTool()
