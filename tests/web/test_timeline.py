"""A call as one line of time."""

from dataclasses import replace

from stores.records import CitationRecord, MessageRecord, ToolCallRecord
from tests.web.sample_call import CALL, CHANGES, HISTORY, MESSAGES, START, at
from web.timeline import Changed, Cited, Done, Said, Supervised, changed, places_s, timeline, zero_of


def test_changes_stand_where_they_happened() -> None:
    """Each before the message that came after it; the last ones at the end."""
    entries = timeline(HISTORY, {})
    order = [
        e.text if isinstance(e, Said) else f"{e.field}={e.new_value}" for e in entries if isinstance(e, Said | Changed)
    ]
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
    assert [entry.offset for entry in entries][-2:] == ["1:10", "1:11"]


def test_what_a_supervisor_did_stands_where_it_happened() -> None:
    """Beside the talk, as what it was."""
    did = [("whisper", "Offer a tow truck."), ("taken_over", ""), ("given_back", "")]
    supervision = tuple(
        MessageRecord(CALL.call_id, 20 + n, at(9.0 + n / 10), "supervisor", words, action=action)
        for n, (action, words) in enumerate(did)
    )
    entries = timeline(replace(HISTORY, supervision=supervision), {})
    found = [entry for entry in entries if isinstance(entry, Supervised)]
    assert [(entry.action, entry.text) for entry in found] == did
    before = entries[: entries.index(found[0])]
    assert MESSAGES[0].text in [entry.text for entry in before if isinstance(entry, Said)]
    assert len([entry for entry in entries if isinstance(entry, Said)]) == len(MESSAGES)


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


def test_what_the_store_knows_to_be_cut_off_is_shown() -> None:
    """Whatever else is told of the turn."""
    messages = (*MESSAGES[:2], replace(MESSAGES[2], unheard_text=" happen to you?"))
    said = timeline(replace(HISTORY, messages=messages, claim_changes=()), {1: "else"})[2]
    assert isinstance(said, Said)
    assert said.unheard_text == "happen to you?"


def test_tools_stand_where_they_were_used() -> None:
    """With what they were given, as far as it can be read, among changes in the order of their moments."""
    given = '{"query": "glass", "limit": 3}'
    tools = (
        ToolCallRecord("call-1", 0, at(11), 1, "search_documents", given, "1 passage."),
        ToolCallRecord("call-1", 1, at(20), 2, "end_call", "", "Ended."),
        ToolCallRecord("call-1", 2, at(66), 2, "send_sms", "no JSON", "Sent."),
    )
    entries = timeline(replace(HISTORY, tool_calls=tools, claim_changes=CHANGES[:2]), {})
    assert [entry.kind for entry in entries] == [
        *("said", "said", "done", "changed", "said", "said", "changed", "done", "said", "done")
    ]
    done = [entry for entry in entries if isinstance(entry, Done)]
    assert done[0].name == "Search documents"
    assert [each.arguments for each in done] == [(("Query", "glass"), ("Limit", "3")), (), (("", "no JSON"),)]
    assert done[0].result == "1 passage."


def test_messages_that_were_written_are_told_apart() -> None:
    """They have a moment and no place in what was said; what an answer rests on is with it."""
    messages = (
        MessageRecord("call-1", 0, at(9), "caller", "Hi.", began_at=at(8)),
        MessageRecord("call-1", 1, at(12), "caller", "AB12", action="sms"),
        MessageRecord("call-1", 2, at(15), "assistant", "Yes.", turn=1, citations=(CitationRecord("Glass", "g.md"),)),
    )
    entries = timeline(replace(HISTORY, messages=messages, claim_changes=(), turns=()), {})
    assert [entry.is_written for entry in entries if isinstance(entry, Said)] == [False, True, False]
    answer = entries[-1]
    assert isinstance(answer, Said)
    assert answer.citations == (Cited("Glass", "g.md"),)
    assert answer.starts_s == 9.0


def test_the_recording_begins_with_the_sound() -> None:
    """Not with the call, where that is known; every moment counts from there."""
    call = replace(CALL, connected_at=at(2))
    assert (zero_of(call), zero_of(CALL)) == (at(2), START)
    assert changed(call, CHANGES[0]).offset == "0:09"
    assert changed(CALL, CHANGES[0]).offset == "0:11"


def test_messages_begin_where_their_words_do() -> None:
    """The assistant's where they went out, the caller's a little before they were recognised."""
    messages = (
        replace(MESSAGES[0], began_at=at(1)),
        replace(MESSAGES[1], began_at=at(6)),
        replace(MESSAGES[2], began_at=at(9)),
        replace(MESSAGES[3], began_at=at(13.2)),
    )
    places = places_s(replace(HISTORY, messages=messages, call=replace(CALL, connected_at=at(0.5))))
    assert places == [0.5, 5.0, 8.5, 12.2]


def test_who_is_not_interrupting_begins_after_the_end_before() -> None:
    """However early that would be, before their words were recognised."""
    messages = (replace(MESSAGES[0], said_at=at(3)), replace(MESSAGES[1], began_at=at(3.2)))
    assert places_s(replace(HISTORY, messages=messages)) == [0.0, 3.0]


def test_old_messages_begin_where_the_ones_before_them_end() -> None:
    """Or where the answer was measured; never before what was said before, never after their own end."""
    assert places_s(HISTORY) == [0.0, 3.0, 13.0, 13.0, 65.0]
    backwards = (replace(MESSAGES[0], said_at=at(9)), replace(MESSAGES[1], said_at=START))
    assert places_s(replace(HISTORY, messages=backwards)) == [0.0, 0.0]
