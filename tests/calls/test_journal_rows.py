"""Records as the rows that are kept of them."""

from datetime import UTC, datetime

from agent.facts import Citation, ModelUsage, Reminder
from calls.journal_rows import citations, kept_row, turn_row
from pipeline.records import AnswerMeasured, AssistantSaid, ModelAsked, ReminderSet, ToolCalled
from stores.records import CitationRecord, ReminderRecord, ToolCallRecord, TurnRecord, UsageRecord

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_records_are_kept_whole() -> None:
    """Nothing of a reminder, a tool or a request is lost on the way."""
    reminder = ReminderSet("c", AT, Reminder("Photos", "Send them.", AT, "assistant"))
    assert kept_row(reminder) == ReminderRecord("c", 0, AT, "Photos", "Send them.", AT, "assistant")
    assert kept_row(ToolCalled("c", AT, 2, "end_call", "{}", "Ended.")) == ToolCallRecord(
        "c", 0, AT, 2, "end_call", "{}", "Ended."
    )
    usage = ModelAsked("c", AT, ModelUsage("small", 9, 2, 8, is_estimated=True))
    assert kept_row(usage) == UsageRecord("c", 0, AT, "small", 9, 2, 8, True)


def test_a_measurement_knows_how_its_reply_ended() -> None:
    """Every stage, and whether the caller cut in."""
    measured = AnswerMeasured("c", AT, 3, 600.0, 200.0, 100.0, 200.0, 100.0, 1, 2, 700.0)
    row = TurnRecord("c", 3, AT, 600.0, 200.0, 100.0, 200.0, 100.0, True, 700.0)
    assert turn_row(measured, was_interrupted=True) == row


def test_citations_are_kept() -> None:
    """Title and source."""
    said = AssistantSaid("c", AT, 1, "It is.", citations=(Citation("Glass", "glass.md"),))
    assert citations(said) == [CitationRecord("Glass", "glass.md")]
