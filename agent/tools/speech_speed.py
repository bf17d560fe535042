"""The tool that makes the voice faster or slower."""

from datetime import datetime
from typing import Annotated

import msgspec

from agent.assistant import SetSpeed
from agent.dialogue import Dialogue
from agent.tool import ToolMeans, ToolOutcome


class SpeechSpeedArguments(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the model writes."""

    speed: Annotated[float, msgspec.Meta(ge=0.75, le=1.25, description="1.0 is normal, 0.75 slowest, 1.25 fastest.")]


class SpeechSpeedTool:
    """Sets the speed of our voice."""

    @property
    def name(self) -> str:
        """As the model calls it."""
        return "speech_speed"

    @property
    def description(self) -> str:
        """When to use it."""
        return "Speak slower or faster, when the caller asks for it or has trouble following."

    @property
    def arguments_type(self) -> type[SpeechSpeedArguments]:
        """What it takes."""
        return SpeechSpeedArguments

    def run(self, arguments: SpeechSpeedArguments, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        """Ask for the speed; more than the slowest and the fastest there is not."""
        if arguments.speed == dialogue.speed:
            return ToolOutcome(f"Nothing was done: the speed is {dialogue.speed:g} already.")
        return ToolOutcome(
            f"From your next reply on the speed is {arguments.speed:g}; before it was {dialogue.speed:g}.",
            (SetSpeed(arguments.speed),),
        )


def build(means: ToolMeans) -> SpeechSpeedTool | None:
    """It needs a voice of ours."""
    return SpeechSpeedTool() if means.has_our_voice else None
