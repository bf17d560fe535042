"""The tool that calls for help: a configured service is told, or the caller is handed over to one."""

import asyncio
from datetime import datetime
from functools import partial
from typing import Annotated, Final

import msgspec

from agent.assistant import NotifyEmergencies, TransferCall
from agent.dialogue import Dialogue
from agent.facts import EmergencyNotice
from agent.tool import ToolMeans, ToolOutcome

ANSWER_WITHIN_S: Final = 10.0
"""So long the reply waits to know whether somebody was told; a filler covers it."""


class NotifyEmergenciesArguments(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the model writes."""

    service: Annotated[str, msgspec.Meta(min_length=1, max_length=60, description="police, fire or ambulance.")]
    location: Annotated[
        str, msgspec.Meta(min_length=1, max_length=300, description="Where, as exactly as the caller has told.")
    ]
    contact: Annotated[str, msgspec.Meta(max_length=200, description="Name of who can be asked there.")]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=400, description="What has happened, who is hurt.")]


class NotifyEmergenciesTool:
    """Says that help was notified only when it was.

    Args:
        has_helpline: A service can be told.
        number: Where the caller is handed over to, E.164: when there is no such service, or it was not reached.
        answer_within_s: So long it is waited for.
    """

    def __init__(self, *, has_helpline: bool, number: str = "", answer_within_s: float = ANSWER_WITHIN_S) -> None:
        self._has_helpline = has_helpline
        self._number = number
        self._answer_within_s = answer_within_s

    @property
    def name(self) -> str:
        """As the model calls it."""
        return "notify_emergencies"

    @property
    def description(self) -> str:
        """When to use it."""
        return (
            "Call for help at once when somebody is in danger now: injury, fire, violence. Ask where it is first. "
            "Never say that help was called before this tool says so."
        )

    @property
    def arguments_type(self) -> type[NotifyEmergenciesArguments]:
        """What it takes."""
        return NotifyEmergenciesArguments

    def run(self, arguments: NotifyEmergenciesArguments, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        """Ask for help; what became of it is told later."""
        contact = ", ".join(each for each in (arguments.contact.strip(), dialogue.caller_number) if each)
        notice = EmergencyNotice(arguments.service, arguments.location, contact, arguments.reason)
        if not self._has_helpline:
            return self._handed_over(notice)
        was_notified = asyncio.get_running_loop().create_future()
        return ToolOutcome(
            "Help is being called; whether somebody is reached is not known yet.",
            (NotifyEmergencies(notice, was_notified),),
            later=partial(self._told, notice, was_notified),
        )

    async def _told(self, notice: EmergencyNotice, was_notified: asyncio.Future[bool]) -> ToolOutcome:
        try:
            async with asyncio.timeout(self._answer_within_s):
                is_known = await was_notified
        except TimeoutError:
            is_known = False
        if is_known:
            return ToolOutcome(
                f"Somebody was notified ({notice.service}). Say so. When help comes is not known: promise no time."
            )
        if self._number:
            return self._handed_over(notice)
        return ToolOutcome(
            "It is NOT confirmed that anybody was notified. Say so plainly, and tell the caller to call the "
            "emergency number themselves, now."
        )

    def _handed_over(self, notice: EmergencyNotice) -> ToolOutcome:
        reason = f"{notice.service}: {notice.location}. {notice.reason}"
        return ToolOutcome(
            "Nobody was notified yet: the caller will be connected to the emergency line when your next words have "
            "been heard. Say that you are connecting them, nothing more. If nobody is reached, they come back to you.",
            (TransferCall(reason, self._number),),
        )


def build(means: ToolMeans) -> NotifyEmergenciesTool | None:
    """It needs somebody who can be told, or called."""
    if not means.has_helpline and not means.emergency_number:
        return None
    return NotifyEmergenciesTool(has_helpline=means.has_helpline, number=means.emergency_number)
