"""The tables, and the rows between them and the records.

Rows that belong to a call have the primary key (call_id, sequence): the sequence
is the order within the call, and two rows cannot share a place in it.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from stores.columns import UtcDateTime, Words
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

LONGEST_KEY = 320
"""Characters of the key of what came in."""


metadata = MetaData()

calls = Table(
    "calls",
    metadata,
    Column("call_id", String(128), primary_key=True),
    Column("direction", String(16), nullable=False),
    Column("phone_number", String(32), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("claim_fields", JSON, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("end_reason", String(64), nullable=False, default=""),
    Column("initiate", JSON(none_as_null=True)),
    Column("ring_to_answer_ms", Float),
    Column("resumes_call_id", String(128), nullable=False, server_default=""),
    Column("caller_language", String(35), nullable=False, server_default=""),
    Column("experiments", JSON, nullable=False, server_default="{}"),
    Column("replica_id", String(64), nullable=False, server_default=""),
    Index("ix_calls_started_at", "started_at"),
    Index("ix_calls_ended_at", "ended_at"),
    Index("ix_calls_phone_number", "phone_number", "started_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("said_at", UtcDateTime, nullable=False),
    Column("persona", String(16), nullable=False),
    Column("text", Words, nullable=False),
    Column("was_interrupted", Boolean, nullable=False),
    Column("turn", Integer),
    Column("action", String(16), nullable=False, server_default="talk"),
    Column("citations", JSON, nullable=False, server_default="[]"),
)

recordings = Table(
    "recordings",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("recording_id", String(512), primary_key=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("file_name", String(256), nullable=False, server_default=""),
    Index("ix_recordings_recording_id", "recording_id"),
)

claim_changes = Table(
    "claim_changes",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String(128), nullable=False),
    Column("field", String(128), nullable=False),
    Column("old_value", Words),
    Column("new_value", Words, nullable=False),
    Column("claim_number", Integer, nullable=False, server_default="0"),
)

reminders = Table(
    "reminders",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("title", Words, nullable=False),
    Column("description", Words, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("owner", String(64), nullable=False),
    Index("ix_reminders_due_at", "due_at"),
)

tool_calls = Table(
    "tool_calls",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("called_at", UtcDateTime, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("name", String(64), nullable=False),
    Column("arguments", Words, nullable=False),
    Column("result", Words, nullable=False),
)

usages = Table(
    "usages",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("model", String(128), nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("cached_tokens", Integer, nullable=False),
    Column("is_estimated", Boolean, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("turn", Integer, nullable=False),
    Column("measured_at", UtcDateTime, nullable=False),
    Column("answer_latency_ms", Float, nullable=False),
    Column("end_of_turn_ms", Float, nullable=False),
    Column("recognition_ms", Float, nullable=False),
    Column("first_words_ms", Float, nullable=False),
    Column("first_sound_ms", Float, nullable=False),
    Column("was_interrupted", Boolean, nullable=False),
    Column("content_latency_ms", Float),
)


syntheses = Table(
    "syntheses",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("work_id", String(128), nullable=False),
    Column("short", Words, nullable=False),
    Column("long", Words, nullable=False),
    Column("satisfaction", String(16), nullable=False),
    Column("improvement_suggestions", Words, nullable=False),
    Column("is_extractive", Boolean, nullable=False),
    UniqueConstraint("call_id", "work_id", name="uq_syntheses_work_id"),
)

next_actions = Table(
    "next_actions",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("work_id", String(128), nullable=False),
    Column("action", String(32), nullable=False),
    Column("justification", Words, nullable=False),
    UniqueConstraint("call_id", "work_id", name="uq_next_actions_work_id"),
)

callback_attempts = Table(
    "callback_attempts",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("reminder_sequence", Integer, primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("ended_at", UtcDateTime),
    Column("placed_call_id", String(128), nullable=False),
)

call_events = Table(
    "call_events",
    metadata,
    Column("event_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    # Not a foreign key: an event may come before the row of its call.
    Column("call_id", String(128), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("settled_at", UtcDateTime),
    Column("settled_by", String(128), nullable=False),
    Index("ix_call_events_call_id", "call_id", "outcome"),
    Index("ix_call_events_outcome", "outcome", "published_at"),
    Index("ix_call_events_settled_by", "settled_by"),
    # Without it SQLite gives the numbers of deleted events away again.
    sqlite_autoincrement=True,
)

replicas = Table(
    "replicas",
    metadata,
    Column("replica_id", String(64), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
)

shared_keys = Table(
    "shared_keys",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("key", LargeBinary, nullable=False),
)

handled_keys = Table(
    "handled_keys",
    metadata,
    Column("key", String(LONGEST_KEY), primary_key=True),
    Column("handled_at", UtcDateTime, nullable=False),
    Index("ix_handled_keys_handled_at", "handled_at"),
)


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
