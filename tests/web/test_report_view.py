"""What the pages show, before it is a page."""

from dataclasses import replace

import pytest

from stores.records import CallHistory, Direction
from tests.web.sample_call import CALL, CHANGES, HISTORY, MESSAGES, START, at
from web.report_view import Changed, Said, call_view, claim_view, searched_number, timeline, turns_view


def test_a_call_at_a_glance() -> None:
    """Number, times, state, how much is known, how fast, and the last words."""
    view = call_view(HISTORY)
    assert (view.number, view.direction, view.state) == ("+33 6 12 34 56 78", "Incoming call", "Caller hung up")
    assert (view.started, view.duration) == ("20 Nov 2026, 09:30 UTC", "1 min 18 s")
    assert (view.values, view.median) == ("2 of 3 values", "617 ms")
    assert view.words == "Corrected: B02."
    assert not view.is_live
    assert view.language == ""
    assert call_view(replace(HISTORY, call=replace(CALL, caller_language="fr-FR"))).language == "fr-FR"


def test_a_call_that_has_only_begun() -> None:
    """Live, without a number, a schema, an answer or a word."""
    begun = replace(CALL, ended_at=None, end_reason="", phone_number="", claim_fields=(), direction=Direction.OUTBOUND)
    view = call_view(CallHistory(begun))
    assert view.is_live
    assert (view.number, view.direction, view.state) == ("Withheld number", "Outgoing call", "Live")
    assert (view.duration, view.values, view.median, view.words) == ("", "", "", "")


@pytest.mark.parametrize(("number", "shown"), [("anonymous", "anonymous"), ("+14155552671", "+1 415-555-2671")])
def test_numbers_are_printed_or_left_alone(number: str, shown: str) -> None:
    """What is no phone number is shown as it is."""
    assert call_view(replace(HISTORY, call=replace(CALL, phone_number=number))).number == shown


def test_a_short_call_and_an_unnamed_end() -> None:
    """Seconds only, and an end without a reason is an end."""
    view = call_view(replace(HISTORY, call=replace(CALL, ended_at=at(9), end_reason="")))
    assert (view.duration, view.state) == ("9 s", "Ended")


def test_changes_stand_where_they_happened() -> None:
    """Each before the message that came after it; the last ones at the end."""
    entries = timeline(HISTORY, {})
    order = [e.text if isinstance(e, Said) else f"{e.field}={e.new_value}" for e in entries]
    assert order == [
        MESSAGES[0].text,
        MESSAGES[1].text,
        "Policy number=B01",
        MESSAGES[2].text,
        MESSAGES[3].text,
        "Policy number=B02",
        MESSAGES[4].text,
        "Incident at=19 Nov 2026, 18:30",
        "Mood=calm",
    ]
    assert [entry.offset for entry in entries][-3:] == ["1:05", "1:10", "1:11"]


def test_messages_stay_in_the_order_of_the_store() -> None:
    """A clock that jumped back does not reorder what was said."""
    messages = (replace(MESSAGES[0], said_at=at(9)), replace(MESSAGES[1], said_at=START))
    said = [entry for entry in timeline(replace(HISTORY, messages=messages), {}) if isinstance(entry, Said)]
    assert [entry.text for entry in said] == [message.text for message in messages]


def test_answers_carry_their_latency_once() -> None:
    """The turn's number joins them; the caller's words have none."""
    twice = replace(HISTORY, messages=(*MESSAGES, replace(MESSAGES[4], sequence=5, text="Anything else?")))
    said = [entry for entry in timeline(twice, {}) if isinstance(entry, Said)]
    assert [entry.answered_in for entry in said] == ["", "", "617 ms", "", "1,103 ms", ""]


def test_what_was_cut_is_shown_where_it_is_known() -> None:
    """By turn, and only with an answer that was interrupted."""
    said = [entry for entry in timeline(HISTORY, {0: "no", 1: "happen?", 2: "no"}) if isinstance(entry, Said)]
    assert [entry.unheard_text for entry in said] == ["", "", "happen?", "", ""]
    assert [entry.was_interrupted for entry in said] == [False, False, True, False, False]


def test_the_claim_follows_its_schema() -> None:
    """In the schema's order, empty ones too; what is beside the schema comes last."""
    fields = claim_view(HISTORY)
    assert [(field.name, field.type, field.value, field.required) for field in fields] == [
        ("Policy number", "text", "B02", True),
        ("Incident at", "date and time", "19 Nov 2026, 18:30", True),
        ("Callback number", "phone number", None, False),
        ("Mood", "", "calm", False),
    ]
    assert fields[0].description == "As printed on the card"
    assert [(change.old_value, change.new_value) for change in fields[0].changes] == [(None, "B01"), ("B01", "B02")]
    assert fields[2].changes == ()


def test_values_are_shown_as_people_write_them() -> None:
    """Times with their zone, phone numbers with spaces; what cannot be read stays as it is."""
    values = [
        ("incident_at", "2026-11-19T18:30:00+00:00", "19 Nov 2026, 18:30 UTC"),
        ("incident_at", "yesterday", "yesterday"),
        ("callback_number", "+33612345678", "+33 6 12 34 56 78"),
    ]
    for field, value, shown in values:
        changes = (replace(CHANGES[0], field=field, new_value=value),)
        entry = timeline(replace(HISTORY, messages=(), claim_changes=changes), {})[0]
        assert isinstance(entry, Changed)
        assert entry.new_value == shown


def test_the_table_has_the_numbers_of_the_picture() -> None:
    """Stage by stage and in sum."""
    first, second = turns_view(HISTORY.turns)
    assert (first.number, first.total, first.stages) == (1, "617", ("412", "38", "96", "71"))
    assert (first.was_interrupted, second.total) == (True, "1,103")


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("+33612345678", "+33612345678"),
        (" 33612345678", "+33612345678"),
        ("+33 6 12 34 56 78 ", "+33612345678"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("0612345678", "0612345678"),
        ("  ", ""),
        ("", ""),
        ("<b>", "<b>"),
    ],
)
def test_a_number_is_found_however_it_is_typed(query: str, number: str) -> None:
    """With spaces, signs, or a plus that a browser took for a space."""
    assert searched_number(query) == number
