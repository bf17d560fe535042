"""The tables, and the rows between them and the records.

Rows that belong to a call have the primary key (call_id, sequence): the sequence
is the order within the call, and two rows cannot share a place in it.
"""

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
    Column("connected_at", UtcDateTime),
    Column("line", String(16), nullable=False, server_default="telephone"),
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
    Column("unheard_text", Words, nullable=False, server_default=""),
    Column("began_at", UtcDateTime),
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

call_works = Table(
    "call_works",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("work_id", String(128), nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("ix_call_works_state", "state", "asked_at"),
)

work_steps = Table(
    "work_steps",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("work_id", String(128), primary_key=True),
    Column("step", String(32), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("detail", String(128), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

call_costs = Table(
    "call_costs",
    metadata,
    Column("call_id", ForeignKey("calls.call_id"), primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("minutes", Float, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("cached_tokens", Integer, nullable=False),
    Column("spoken_characters", Integer, nullable=False),
    Column("telephone_usd", Float, nullable=False),
    Column("hearing_usd", Float, nullable=False),
    Column("speaking_usd", Float, nullable=False),
    Column("models_usd", Float, nullable=False),
)

callback_opt_outs = Table(
    "callback_opt_outs",
    metadata,
    Column("phone_number", String(32), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
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

router_policies = Table(
    "router_policies",
    metadata,
    Column("policy_id", String(128), primary_key=True),
    Column("name", Words, nullable=False),
    Column("offer_expires_s", Float, nullable=False),
    Column("concurrent_offers", Integer, nullable=False),
)

router_queues = Table(
    "router_queues",
    metadata,
    Column("queue_id", String(128), primary_key=True),
    Column("policy_id", String(128), nullable=False),
    Column("name", Words, nullable=False),
)

router_workers = Table(
    "router_workers",
    metadata,
    Column("worker_id", String(128), primary_key=True),
    Column("name", Words, nullable=False),
    Column("target", String(256), nullable=False),
    Column("queue_ids", JSON, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("channels", JSON, nullable=False),
    Column("is_available", Boolean, nullable=False),
    Column("idle_since", UtcDateTime, nullable=False),
)

# What follows has its call in each row, so that it is erased with it. No foreign keys: a job may belong to
# no call, and may be made before the row of its call is there.

router_jobs = Table(
    "router_jobs",
    metadata,
    Column("job_id", String(128), primary_key=True),
    Column("call_id", String(128), nullable=False),
    Column("queue_id", String(128), nullable=False),
    Column("channel_id", String(128), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("selectors", JSON, nullable=False),
    Column("status", String(16), nullable=False),
    Column("enqueued_at", UtcDateTime, nullable=False),
    Column("scores", JSON, nullable=False),
    Column("scoring_round", Integer, nullable=False),
    Column("scoring_until", UtcDateTime),
    Column("refusals", JSON, nullable=False),
    Index("ix_router_jobs_status", "status"),
    Index("ix_router_jobs_call_id", "call_id"),
)

router_offers = Table(
    "router_offers",
    metadata,
    Column("offer_id", String(64), primary_key=True),
    Column("call_id", String(128), nullable=False),
    Column("job_id", String(128), nullable=False),
    Column("worker_id", String(128), nullable=False),
    Column("cost", Integer, nullable=False),
    Column("offered_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Index("ix_router_offers_is_open", "is_open"),
    Index("ix_router_offers_call_id", "call_id"),
)

router_assignments = Table(
    "router_assignments",
    metadata,
    Column("assignment_id", String(64), primary_key=True),
    Column("call_id", String(128), nullable=False),
    Column("job_id", String(128), nullable=False),
    Column("worker_id", String(128), nullable=False),
    Column("cost", Integer, nullable=False),
    Column("assigned_at", UtcDateTime, nullable=False),
    Column("completed_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Index("ix_router_assignments_job_id", "job_id"),
    Index("ix_router_assignments_call_id", "call_id"),
)

router_events = Table(
    "router_events",
    metadata,
    Column("event_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("key", String(LONGEST_KEY), nullable=False),
    Column("call_id", String(128), nullable=False),
    Column("job_id", String(128), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("happened_at", UtcDateTime, nullable=False),
    UniqueConstraint("key", name="uq_router_events_key"),
    Index("ix_router_events_job_id", "job_id"),
    Index("ix_router_events_call_id", "call_id"),
    # Without it SQLite gives the numbers of deleted events away again.
    sqlite_autoincrement=True,
)

router_scorings = Table(
    "router_scorings",
    metadata,
    Column("scoring_id", String(64), primary_key=True),
    Column("worker_id", String(128), primary_key=True),
    Column("call_id", String(128), nullable=False),
    Column("job_id", String(128), nullable=False),
    Column("scored_at", UtcDateTime, nullable=False),
    Column("scorer", String(128), nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", Words, nullable=False),
    Column("job_labels", JSON, nullable=False),
    Column("worker_labels", JSON, nullable=False),
    Index("ix_router_scorings_job_id", "job_id"),
    Index("ix_router_scorings_call_id", "call_id"),
)
