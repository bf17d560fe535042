"""The tool that keeps what is to be done after the call."""

from datetime import datetime
from typing import Annotated, Final

import msgspec

from agent.assistant import SetReminder
from agent.dialogue import Dialogue
from agent.facts import Reminder
from agent.spoken_dates import parse_moment
from agent.tool import ToolMeans, ToolOutcome

HOUR_OF_A_DAY: Final = 9
"""When something is due of which only the day was told."""


class NewOrUpdatedReminderArguments(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the model writes."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=80, description="Names it: the same title changes it.")]
    description: Annotated[str, msgspec.Meta(min_length=1, max_length=400, description="What is to be done.")]
    due: Annotated[str, msgspec.Meta(min_length=1, max_length=80, description="ISO 8601, or as the caller said it.")]
    owner: Annotated[
        str, msgspec.Meta(min_length=1, max_length=60, description="Who does it: customer, assistant or a team.")
    ] = "customer"


class NewOrUpdatedReminderTool:
    """Keeps a reminder that is due some time after now."""

    def __init__(self, *, language: str = "en") -> None:
        self._language = language

    @property
    def name(self) -> str:
        """As the model calls it."""
        return "new_or_updated_reminder"

    @property
    def description(self) -> str:
        """When to use it."""
        return "Keep what is to be done after the call, and when: a call back, papers to send. Or change it."

    @property
    def arguments_type(self) -> type[NewOrUpdatedReminderArguments]:
        """What it takes."""
        return NewOrUpdatedReminderArguments

    def run(self, arguments: NewOrUpdatedReminderArguments, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        """Ask for it to be kept, if the time can be understood and is still to come."""
        language = (dialogue.language or self._language).partition("-")[0]
        moment = parse_moment(arguments.due, now=now, language=language, is_coming=True)
        if moment is None:
            return ToolOutcome("Not kept: the date and time were not understood. Ask the caller when it is due.")
        if moment.hour == moment.minute == 0:
            moment = moment.replace(hour=HOUR_OF_A_DAY)  # midnight stands for a day of which no time was told
        due_at = moment.replace(tzinfo=now.tzinfo)
        if due_at <= now:
            return ToolOutcome(
                f"Not kept: {_shown(due_at)} is in the past, it is {_shown(now)}. Ask the caller when it is due."
            )
        title, description = " ".join(arguments.title.split()), " ".join(arguments.description.split())
        if not title or not description:
            return ToolOutcome("Not kept: it needs a title and a description.")
        before = next((each for each in dialogue.reminders if each.title.casefold() == title.casefold()), None)
        reminder = Reminder(before.title if before else title, description, due_at, arguments.owner.strip())
        done = "Changed" if before else "Kept"
        return ToolOutcome(
            f"{done}: {reminder.title}, due {_shown(due_at)}, for: {reminder.owner}.", (SetReminder(reminder),)
        )


def _shown(moment: datetime) -> str:
    return f"{moment:%A}, {moment.isoformat(timespec='minutes')}"


def build(means: ToolMeans) -> NewOrUpdatedReminderTool:
    """It needs nothing."""
    return NewOrUpdatedReminderTool(language=means.language)
