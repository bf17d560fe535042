"""The rows of tables as records, and records as rows."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from stores.records import (
    AttemptOutcome,
    CallbackAttemptRecord,
    CallEventRecord,
    CallRecord,
    CitationRecord,
    ClaimChangeRecord,
    Direction,
    FieldRecord,
    InitiateRecord,
    LineKind,
    MessageRecord,
    NextAction,
    NextActionRecord,
    RecordingRecord,
    ReminderRecord,
    Satisfaction,
    SynthesisRecord,
    ToolCallRecord,
    TurnRecord,
    UsageRecord,
)

Row = Mapping[str, Any]


def call_row(call: CallRecord) -> dict[str, Any]:
    """The row of a call."""
    return {
        "call_id": call.call_id,
        "direction": call.direction.value,
        "phone_number": call.phone_number,
        "started_at": call.started_at,
        "claim_fields": [
            {"name": f.name, "type": f.type, "description": f.description, "required": f.required}
            for f in call.claim_fields
        ],
        "ended_at": call.ended_at,
        "end_reason": call.end_reason,
        "initiate": None if call.initiate is None else asdict(call.initiate),
        "ring_to_answer_ms": call.ring_to_answer_ms,
        "resumes_call_id": call.resumes_call_id,
        "caller_language": call.caller_language,
        "experiments": call.experiments,
        "replica_id": call.replica_id,
        "connected_at": call.connected_at,
        "line": call.line.value,
    }


def call_record(row: Row) -> CallRecord:
    """The call of a row."""
    fields = cast(list[dict[str, Any]], row["claim_fields"])
    return CallRecord(
        call_id=row["call_id"],
        direction=Direction(row["direction"]),
        phone_number=row["phone_number"],
        started_at=row["started_at"],
        claim_fields=tuple(FieldRecord(**field) for field in fields),
        ended_at=row["ended_at"],
        end_reason=row["end_reason"],
        initiate=None if row["initiate"] is None else InitiateRecord(**row["initiate"]),
        ring_to_answer_ms=row["ring_to_answer_ms"],
        resumes_call_id=row["resumes_call_id"],
        caller_language=row["caller_language"],
        experiments=row["experiments"],
        replica_id=row["replica_id"],
        connected_at=row["connected_at"],
        line=LineKind(row["line"]),
    )


def message_record(row: Row) -> MessageRecord:
    """The message of a row."""
    citations = tuple(CitationRecord(**each) for each in row["citations"])
    return MessageRecord(**{**row, "citations": citations})


def recording_record(row: Row) -> RecordingRecord:
    """The recording of a row."""
    return RecordingRecord(**row)


def claim_change_record(row: Row) -> ClaimChangeRecord:
    """The change of a row."""
    return ClaimChangeRecord(**row)


def reminder_record(row: Row) -> ReminderRecord:
    """The reminder of a row."""
    return ReminderRecord(**row)


def tool_call_record(row: Row) -> ToolCallRecord:
    """The tool call of a row."""
    return ToolCallRecord(**row)


def usage_record(row: Row) -> UsageRecord:
    """The usage of a row."""
    return UsageRecord(**row)


def turn_row(turn: TurnRecord) -> dict[str, Any]:
    """The row of a turn, without its sequence."""
    return {
        "call_id": turn.call_id,
        "turn": turn.turn,
        "measured_at": turn.measured_at,
        "answer_latency_ms": turn.answer_latency_ms,
        "end_of_turn_ms": turn.end_of_turn_ms,
        "recognition_ms": turn.recognition_ms,
        "first_words_ms": turn.first_words_ms,
        "first_sound_ms": turn.first_sound_ms,
        "was_interrupted": turn.was_interrupted,
        "content_latency_ms": turn.content_latency_ms,
    }


def turn_record(row: Row) -> TurnRecord:
    """The turn of a row: it has no sequence, its order is the list's."""
    return TurnRecord(**{name: value for name, value in row.items() if name != "sequence"})


def synthesis_record(row: Row) -> SynthesisRecord:
    """The synthesis of a row."""
    return SynthesisRecord(**{**row, "satisfaction": Satisfaction(row["satisfaction"])})


def next_action_record(row: Row) -> NextActionRecord:
    """The next action of a row."""
    return NextActionRecord(**{**row, "action": NextAction(row["action"])})


def callback_attempt_record(row: Row) -> CallbackAttemptRecord:
    """The attempt of a row."""
    return CallbackAttemptRecord(**{**row, "outcome": AttemptOutcome(row["outcome"])})


def call_event_record(row: Row) -> CallEventRecord:
    """The event of a row, without what became of it."""
    return CallEventRecord(row["event_id"], row["call_id"], row["kind"], row["payload"], row["published_at"])
