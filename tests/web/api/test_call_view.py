"""Calls as the API shows them."""

from dataclasses import replace
from pathlib import Path

from calls.costs import Cost, CostItem, CostKind, CostUnit
from stores.records import CallHistory, MessageRecord, RecordingRecord, ReminderRecord, ToolCallRecord
from stores.search import CallSummary
from tests.web.api.filled import CALL, CALL_ID, at
from web.api.call_view import call_get, cost_get, message_gets, recording_get, summary_get


def said(turn: int | None, text: str, seconds: float, persona: str = "assistant") -> MessageRecord:
    """A message."""
    return MessageRecord(CALL_ID, 0, at(seconds), persona, text, turn=turn)


def tool(sequence: int, turn: int, seconds: float) -> ToolCallRecord:
    """A tool call."""
    return ToolCallRecord(CALL_ID, sequence, at(seconds), turn, f"tool_{sequence}", "{}", "Done.")


def test_tools_stand_with_their_answer() -> None:
    """In their order; those of an answer of which nothing was heard stand alone, where they were called."""
    messages = [
        said(0, "Hello.", 1),
        said(None, "A leak.", 2, "caller"),
        said(2, "Noted.", 9),
        said(None, "Bye.", 10, "caller"),
    ]
    shown = message_gets(messages, [tool(0, 1, 3), tool(1, 2, 6), tool(2, 2, 7), tool(3, 3, 11)])
    assert [(each.content, [tool.tool_id for tool in each.tool_calls]) for each in shown] == [
        ("Hello.", []),
        ("A leak.", []),
        ("", ["tool-0"]),
        ("Noted.", ["tool-1", "tool-2"]),
        ("Bye.", []),
        ("", ["tool-3"]),
    ]
    assert [each.persona for each in shown] == ["assistant", "human", "assistant", "assistant", "human", "assistant"]


def test_what_is_not_known_is_none() -> None:
    """A call of an old row, of a withheld number."""
    bare = replace(CALL, phone_number="", initiate=None)
    shown = call_get(CallHistory(bare), Cost(), [])
    assert (shown.synthesis, shown.next, shown.ended_at, shown.resumes_call_id, shown.caller_language) == (None,) * 5
    assert (shown.initiate.phone_number, shown.initiate.agent_phone_number, shown.claims) == ("", None, [{}])
    assert summary_get(CallSummary(bare)).in_progress


def test_the_reminders_that_count() -> None:
    """Of one title, the last."""
    reminders = tuple(
        ReminderRecord(CALL_ID, i, at(i), title, "", at(99), "customer") for i, title in enumerate(("a", "b", "a"))
    )
    shown = call_get(CallHistory(CALL, reminders=reminders), Cost(), [])
    assert [(each.title, each.created_at) for each in shown.reminders] == [("b", at(1)), ("a", at(2))]


def test_a_recording(tmp_path: Path) -> None:
    """With its size and address when it is here, and without while it is not."""
    file = tmp_path / "x.wav"
    file.write_bytes(b"12345")
    here = recording_get(replace(CALL, call_id="a b"), "own", file, None)
    assert (here.size_bytes, here.url, here.made_by) == (5, "/call/a%20b/recording/own", "own")
    away = recording_get(CALL, "service-1", None, RecordingRecord(CALL_ID, "r", at(5)))
    assert (away.size_bytes, away.url, away.created_at) == (None, None, at(5))


def test_a_bill_is_rounded_at_the_edge() -> None:
    """To a millionth of a dollar."""
    item = CostItem(CostKind.MODEL, CostUnit.TOKEN, 10.00049, 0.0000014, False, "small")
    shown = cost_get(Cost((item, replace(item, kind=CostKind.SMS, model="", is_estimate=True))))
    assert (shown.total_usd, shown.is_estimate) == (0.000003, True)
    assert (shown.items[0].usd, shown.items[0].quantity, shown.items[0].model, shown.items[1].model) == (
        0.000001,
        10.0,
        "small",
        None,
    )
