"""What the pages show, before it is a page."""

from dataclasses import replace

import pytest

from stores.records import (
    CallHistory,
    Direction,
    NextAction,
    NextActionRecord,
    ReminderRecord,
    Satisfaction,
    SynthesisRecord,
)
from stores.search import CallSummary
from tests.web.sample_call import CALL, CHANGES, HISTORY, at
from web.report_view import (
    actions_view,
    call_view,
    claims_view,
    listed,
    reminders_view,
    satisfactions_view,
    turns_view,
)


def test_a_call_at_a_glance() -> None:
    """Number, times, state, how much is known, and how fast."""
    view = call_view(HISTORY)
    assert (view.number, view.direction, view.state) == ("+33 6 12 34 56 78", "Incoming call", "Caller hung up")
    assert (view.started, view.duration) == ("20 Nov 2026, 09:30 UTC", "1 min 18 s")
    assert (view.values, view.median) == ("2 of 3 values", "617 ms")
    assert not view.is_live
    assert view.language == ""
    assert call_view(replace(HISTORY, call=replace(CALL, caller_language="fr-FR"))).language == "fr-FR"


def test_a_call_that_has_only_begun() -> None:
    """Live, without a number, a schema, an answer or a word."""
    begun = replace(CALL, ended_at=None, end_reason="", phone_number="", claim_fields=(), direction=Direction.OUTBOUND)
    view = call_view(CallHistory(begun))
    assert view.is_live
    assert (view.number, view.direction, view.state) == ("Withheld number", "Outgoing call", "Live")
    assert (view.duration, view.values, view.median, view.rang, view.experiments) == ("", "", "", "", ())


@pytest.mark.parametrize(("number", "shown"), [("anonymous", "anonymous"), ("+14155552671", "+1 415-555-2671")])
def test_numbers_are_printed_or_left_alone(number: str, shown: str) -> None:
    """What is no phone number is shown as it is."""
    assert call_view(replace(HISTORY, call=replace(CALL, phone_number=number))).number == shown


def test_a_short_call_and_an_unnamed_end() -> None:
    """Seconds only, and an end without a reason is an end."""
    view = call_view(replace(HISTORY, call=replace(CALL, ended_at=at(9), end_reason="")))
    assert (view.duration, view.state) == ("9 s", "Ended")


def test_the_claim_follows_its_schema() -> None:
    """In the schema's order, empty ones too; what is beside the schema comes last."""
    (fields,) = claims_view(HISTORY)
    assert [(field.name, field.type, field.value, field.required) for field in fields] == [
        ("Policy number", "text", "B02", True),
        ("Incident at", "date and time", "19 Nov 2026, 18:30", True),
        ("Callback number", "phone number", None, False),
        ("Mood", "", "calm", False),
    ]
    assert fields[0].description == "As printed on the card"
    assert [(change.old_value, change.new_value) for change in fields[0].changes] == [(None, "B01"), ("B01", "B02")]
    assert fields[2].changes == ()


def test_a_call_may_have_several_claims() -> None:
    """Each with the whole schema, its own values and its own history; how much is known is of the last."""
    second = replace(CHANGES[2], sequence=4, claim_number=1)
    history = replace(HISTORY, claim_changes=(*CHANGES, second), claim={"incident_at": second.new_value})
    first, last = claims_view(history)
    assert [field.value for field in first] == ["B02", "19 Nov 2026, 18:30", None, "calm"]
    assert [field.value for field in last] == [None, "19 Nov 2026, 18:30", None]
    assert [len(field.changes) for field in last] == [0, 1, 0]
    assert call_view(history).values == "1 of 3 values"


def test_a_call_is_found_with_what_it_came_to() -> None:
    """In a sentence, with satisfaction and next action; without them nothing is said of them."""
    synthesis = SynthesisRecord("call-1", at(90), "w", "A stone hit the screen.", "", Satisfaction.LOW)
    action = NextActionRecord("call-1", at(91), "w", NextAction.HIGH_PRIORITY, "Urgent.")
    line = listed(CallSummary(CALL, synthesis, action))
    assert (line.words, line.satisfaction, line.satisfaction_name) == ("A stone hit the screen.", "low", "Low")
    assert (line.next_action, line.next_action_name, line.is_live) == ("high_priority", "High priority", False)
    bare = listed(CallSummary(replace(CALL, ended_at=None)))
    assert (bare.words, bare.satisfaction, bare.next_action, bare.state) == ("", "", "", "Live")


def test_every_choice_is_shown_and_one_is_marked() -> None:
    """All six next actions and all satisfactions, in one order."""
    chosen = actions_view(NextAction.REQUIRES_EXPERTISE)
    assert [choice.value for choice in chosen] == [each.value for each in NextAction]
    assert [choice.name for choice in chosen if choice.is_chosen] == ["Requires expertise"]
    assert not any(choice.is_chosen for choice in actions_view(None))
    felt = satisfactions_view(Satisfaction.TERRIBLE)
    assert [choice.value for choice in felt] == [each.value for each in Satisfaction]
    assert [choice.name for choice in felt if choice.is_chosen] == ["Terrible"]


def test_the_last_reminder_of_a_title_counts() -> None:
    """The next one due comes first."""
    reminders = (
        ReminderRecord("call-1", 0, at(1), "Photos", "Old.", at(100), "customer"),
        ReminderRecord("call-1", 1, at(2), "Call back", "", at(900), "assistant"),
        ReminderRecord("call-1", 2, at(3), "Photos", "New.", at(300), "customer"),
    )
    shown = reminders_view(replace(HISTORY, reminders=reminders))
    assert [(each.title, each.description, each.owner) for each in shown] == [
        ("Photos", "New.", "Customer"),
        ("Call back", "", "Assistant"),
    ]
    assert shown[0].due == "20 Nov 2026, 09:35 UTC"


def test_the_table_has_the_numbers_of_the_picture() -> None:
    """Stage by stage and in sum."""
    first, second = turns_view(HISTORY.turns)
    assert (first.number, first.total, first.stages) == (1, "617", ("412", "38", "96", "71"))
    assert (first.was_interrupted, second.total) == (True, "1,103")
