"""The tool that keeps what is to be done after the call."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from agent.assistant import SetReminder
from agent.claim import Claim
from agent.dialogue import Dialogue
from agent.facts import Reminder
from agent.tool import ToolOutcome, run_tool
from agent.tools.new_or_updated_reminder import NewOrUpdatedReminderTool

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 20, 14, 30, tzinfo=PARIS)
"""A Friday; the clocks go forward on the 29th."""
DIALOGUE = Dialogue(Claim(()))
TOOL = NewOrUpdatedReminderTool()


def asked(due: str, dialogue: Dialogue = DIALOGUE, **others: str) -> ToolOutcome:
    """Ask for a reminder."""
    arguments = {"title": "Photos", "description": "Send photos of the car.", "due": due, **others}
    return run_tool(TOOL, json.dumps(arguments), dialogue, NOW)


def kept(outcome: ToolOutcome) -> Reminder:
    """The reminder that is kept."""
    (output,) = outcome.outputs
    assert isinstance(output, SetReminder), outcome.text
    return output.reminder


@pytest.mark.parametrize(
    ("due", "moment"),
    [
        ("2026-03-27T17:00", "2026-03-27T17:00+01:00"),
        ("2026-04-03T17:00", "2026-04-03T17:00+02:00"),
        ("2026-03-27T17:00Z", "2026-03-27T18:00+01:00"),
        ("2026-03-27", "2026-03-27T09:00+01:00"),
        ("on Monday at nine", "2026-03-23T09:00+01:00"),
        ("tomorrow at half past four in the afternoon", "2026-03-21T16:30+01:00"),
        ("in two hours", "2026-03-20T16:30+01:00"),
        ("in a week", "2026-03-27T09:00+01:00"),
        ("next month", "2026-04-20T09:00+02:00"),
        ("the 25th", "2026-03-25T09:00+01:00"),
        ("the 3rd", "2026-04-03T09:00+02:00"),
        ("April 3rd at noon", "2026-04-03T12:00+02:00"),
        ("March 3rd at noon", "2027-03-03T12:00+01:00"),
        ("at nine am", "2026-03-21T09:00+01:00"),
        ("this evening", "2026-03-20T18:00+01:00"),
    ],
)
def test_the_time_is_the_callers_and_to_come(due: str, moment: str) -> None:
    """Timezone-aware, over a change of the clocks too; a day of which no time is told is its morning."""
    assert kept(asked(due)).due_at.isoformat(timespec="minutes") == moment


@pytest.mark.parametrize("due", ["2026-03-19T10:00", "2026-03-20T14:30", "yesterday", "today", "2020-01-01"])
def test_the_past_is_refused(due: str) -> None:
    """With what time it is; nothing is kept."""
    outcome = asked(due)
    assert outcome.outputs == ()
    assert "is in the past, it is Friday, 2026-03-20T14:30+01:00" in outcome.text


@pytest.mark.parametrize("due", ["soon", "when the car is repaired", "32 March"])
def test_what_is_no_time_is_refused(due: str) -> None:
    """The model asks again."""
    outcome = asked(due)
    assert outcome.outputs == ()
    assert outcome.text.startswith("Not kept: the date and time were not understood")


def test_it_is_told_as_it_is_kept() -> None:
    """With its title, time and owner; the customer's if nobody is named."""
    outcome = asked("2026-03-27T17:00")
    assert kept(outcome).owner == "customer"
    assert outcome.text == "Kept: Photos, due Friday, 2026-03-27T17:00+01:00, for: customer."
    assert kept(asked("2026-03-27T17:00", owner="claims team")).owner == "claims team"


def test_the_same_title_changes_the_reminder() -> None:
    """However it is written; there are no two of one title."""
    dialogue = DIALOGUE.with_reminder(Reminder("Photos", "Send one.", datetime(2026, 4, 1, tzinfo=UTC)))
    outcome = asked("2026-03-27T17:00", dialogue, title=" photos ")
    assert outcome.text.startswith("Changed: Photos, ")
    assert len(dialogue.with_reminder(kept(outcome)).reminders) == 1


def test_the_callers_language_counts() -> None:
    """Days are understood as they are said there."""
    tool = NewOrUpdatedReminderTool(language="fr")
    arguments = json.dumps({"title": "Photos", "description": "Envoyer.", "due": "demain à 17h"})
    outcome = run_tool(tool, arguments, DIALOGUE, NOW)
    assert kept(outcome).due_at.isoformat(timespec="minutes") == "2026-03-21T17:00+01:00"


@pytest.mark.parametrize(
    "arguments",
    ['{"title": "x"', '{"title": "", "description": "x", "due": "tomorrow"}', '{"title": "x", "due": "tomorrow"}'],
)
def test_wrong_arguments_keep_nothing(arguments: str) -> None:
    """Cut off, empty or missing."""
    assert run_tool(TOOL, arguments, DIALOGUE, NOW).outputs == ()


def test_blanks_are_no_title() -> None:
    """A reminder of nothing is not kept."""
    assert asked("tomorrow", title="   ").text.startswith("Not kept: it needs a title")
