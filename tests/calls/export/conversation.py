"""A call that is full of personal data: in speech, in tools, in what was corrected, in the task itself."""

from datetime import UTC, datetime, timedelta

from stores.records import (
    CallHistory,
    CallRecord,
    ClaimChangeRecord,
    Direction,
    FieldRecord,
    InitiateRecord,
    MessageRecord,
    ToolCallRecord,
)

START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """A moment of the call."""
    return START + timedelta(seconds=seconds)


def said(sequence: int, persona: str, text: str, turn: int | None = None, *, cut: bool = False) -> MessageRecord:
    """A message, a second after the one before."""
    return MessageRecord("c1", sequence, at(sequence), persona, text, was_interrupted=cut, turn=turn)


CALL = CallRecord(
    "c1",
    Direction.INBOUND,
    "+16175550143",
    START,
    claim_fields=(
        FieldRecord("incident_description", "text", "What happened?"),
        FieldRecord("caller_name", "text", "What is your name?"),
        FieldRecord("policy_number", "text"),
        FieldRecord("incident_location", "text"),
    ),
    ended_at=at(90),
    end_reason="caller_hung_up",
    initiate=InitiateRecord("Contoso", "Amelia", "Call Robert Miller back about his leak."),
)
HISTORY = CallHistory(
    CALL,
    messages=(
        said(0, "assistant", "Contoso, this is Amelia. What is your name?", 0),
        said(1, "caller", "Robert Millar."),
        said(2, "assistant", "Thank you, Mr. Millar. Is this", 1, cut=True),
        said(3, "caller", "No, Miller, M-I-L-L-E-R."),
        said(4, "caller", "And my policy is B zero two, one two three four."),
        said(5, "assistant", "Noted, Robert. B02-1234. Can we call you on 617 555 0143?", 2),
        said(6, "caller", "Yes, or write to robert dot miller at example dot com. I live at 12 Oak Street, Boston."),
        said(7, "assistant", "Thank you. The leak is at 12 Oak Street, then.", 3),
        said(8, "caller", "Bye."),
    ),
    claim_changes=(
        ClaimChangeRecord("c1", 0, at(2), "assistant", "caller_name", None, "Robert Millar"),
        ClaimChangeRecord("c1", 1, at(4), "assistant", "caller_name", "Robert Millar", "Robert Miller"),
        ClaimChangeRecord("c1", 2, at(5), "assistant", "policy_number", None, "B02-1234"),
    ),
    tool_calls=(
        ToolCallRecord(
            "c1",
            0,
            at(4),
            turn=2,
            name="update_claim",
            arguments='{"updates":[{"field":"caller_name","value":"Robert Miller"},'
            '{"field":"policy_number","value":"B02-1234"}]}',
            result="Stored: caller_name = Robert Miller.",
        ),
        ToolCallRecord("c1", 1, at(7), turn=3, name="old_tool", arguments="not {json} Miller", result="Done."),
    ),
)
