"""A call as the pages show it: an interruption, a correction, a field without a value."""

from datetime import UTC, datetime, timedelta

from stores.records import (
    CallHistory,
    CallRecord,
    ClaimChangeRecord,
    Direction,
    FieldRecord,
    MessageRecord,
    TurnRecord,
)

START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """A moment of the call."""
    return START + timedelta(seconds=seconds)


CALL = CallRecord(
    call_id="call-1",
    direction=Direction.INBOUND,
    phone_number="+33612345678",
    started_at=START,
    claim_fields=(
        FieldRecord("policy_number", "text", "As printed on the card"),
        FieldRecord("incident_at", "datetime"),
        FieldRecord("callback_number", "phone_number", required=False),
    ),
    ended_at=at(78),
    end_reason="caller_hung_up",
)
MESSAGES = (
    MessageRecord("call-1", 0, at(3), "assistant", "Hello. What is your policy number?", turn=0),
    MessageRecord("call-1", 1, at(8), "caller", "It is B zero one."),
    MessageRecord("call-1", 2, at(13), "assistant", "Thank you. When did it", was_interrupted=True, turn=1),
    MessageRecord("call-1", 3, at(15), "caller", "No, B zero two. <script>alert(1)</script>"),
    MessageRecord("call-1", 4, at(65), "assistant", "Corrected: B02.", turn=2),
)
CHANGES = (
    ClaimChangeRecord("call-1", 0, at(11), "assistant", "policy_number", None, "B01"),
    ClaimChangeRecord("call-1", 1, at(18), "assistant", "policy_number", "B01", "B02"),
    ClaimChangeRecord("call-1", 2, at(70), "assistant", "incident_at", None, "2026-11-19T18:30:00"),
    ClaimChangeRecord("call-1", 3, at(71), "agent", "mood", None, "calm"),
)
TURNS = (
    TurnRecord("call-1", 1, at(13), 617.0, 412.0, 38.0, 96.0, 71.0, was_interrupted=True),
    TurnRecord("call-1", 2, at(65), 1103.0, 640.0, 61.0, 310.0, 92.0),
)
HISTORY = CallHistory(
    call=CALL,
    messages=MESSAGES,
    claim_changes=CHANGES,
    turns=TURNS,
    claim={change.field: change.new_value for change in CHANGES},
)
