"""Rows and records are the same thing in two forms."""

from stores.conversions import (
    call_event_record,
    call_record,
    call_row,
    callback_attempt_record,
    claim_change_record,
    message_record,
    next_action_record,
    reminder_record,
    synthesis_record,
    tool_call_record,
    turn_record,
    turn_row,
    usage_record,
)
from stores.records import AttemptOutcome, NextAction, Satisfaction
from stores.tables import (
    call_events,
    callback_attempts,
    claim_changes,
    messages,
    next_actions,
    reminders,
    syntheses,
    tool_calls,
    turns,
    usages,
)
from tests.stores.contract import CALL, TURN


def test_a_call_survives_its_row() -> None:
    """Record to row to record changes nothing."""
    assert call_record(call_row(CALL)) == CALL


def test_a_turn_survives_its_row() -> None:
    """The sequence that the store adds is no part of the record."""
    assert turn_record(turn_row(TURN) | {"sequence": 3}) == TURN


def test_columns_are_the_fields_of_the_records() -> None:
    """A column that is added and forgotten in its record fails here."""
    said: dict[str, object] = {**dict.fromkeys(messages.columns.keys(), None), "citations": []}
    changed = dict.fromkeys(claim_changes.columns.keys(), None)
    measured = dict.fromkeys(turns.columns.keys(), None)
    assert message_record(said).text is None
    assert claim_change_record(changed).field is None
    assert turn_record(measured).turn is None
    assert reminder_record(dict.fromkeys(reminders.columns.keys(), None)).title is None
    assert tool_call_record(dict.fromkeys(tool_calls.columns.keys(), None)).name is None
    assert usage_record(dict.fromkeys(usages.columns.keys(), None)).model is None
    judged = {**dict.fromkeys(syntheses.columns.keys(), None), "satisfaction": "high"}
    assert synthesis_record(judged).satisfaction is Satisfaction.HIGH
    decided = {**dict.fromkeys(next_actions.columns.keys(), None), "action": "case_closed"}
    assert next_action_record(decided).action is NextAction.CASE_CLOSED
    tried = {**dict.fromkeys(callback_attempts.columns.keys(), None), "outcome": "reached"}
    assert callback_attempt_record(tried).outcome is AttemptOutcome.REACHED
    assert call_event_record(dict.fromkeys(call_events.columns.keys(), None)).kind is None
