"""The tool that writes a text message to the caller."""

from datetime import datetime
from typing import Annotated

import msgspec

from agent.assistant import SendSms
from agent.dialogue import Dialogue
from agent.tool import ToolMeans, ToolOutcome


class SendSmsArguments(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the model writes."""

    text: Annotated[
        str, msgspec.Meta(min_length=1, max_length=480, description="The whole message, as the caller will read it.")
    ]


class SendSmsTool:
    """Asks for the message, which is sent when the reply that speaks of it has been heard."""

    @property
    def name(self) -> str:
        """As the model calls it."""
        return "send_sms"

    @property
    def description(self) -> str:
        """When to use it."""
        return (
            "Send a text message to the number that the caller calls from: what is better read than heard, "
            "as a reference, an address, a link. Say that you are sending it."
        )

    @property
    def arguments_type(self) -> type[SendSmsArguments]:
        """What it takes."""
        return SendSmsArguments

    def run(self, arguments: SendSmsArguments, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        """Ask for it, if there is a number."""
        if not dialogue.caller_number:
            return ToolOutcome("Nothing was sent: the caller's number is withheld. Say so.")
        return ToolOutcome(
            "The message will be sent when your next words have been heard. Say that you are sending it, not that "
            "it has arrived: nobody knows that yet. Should it fail, the caller is told without you.",
            (SendSms(arguments.text),),
        )


def build(means: ToolMeans) -> SendSmsTool | None:
    """It needs somebody who sends."""
    return SendSmsTool() if means.can_write else None
