"""Calls keep what they were about and what follows, know their replica, and hear from other replicas."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0006"
down_revision = "0005"


def upgrade(op: Operations) -> None:
    """Add the tables and the column; where earlier calls lived is not known."""
    with op.batch_alter_table("calls") as table:
        table.add_column(sa.Column("replica_id", sa.String(64), nullable=False, server_default=""))
    op.create_index("ix_calls_ended_at", "calls", ["ended_at"])
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "syntheses",
        *_place(),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("work_id", sa.String(128), nullable=False),
        sa.Column("short", sa.Text, nullable=False),
        sa.Column("long", sa.Text, nullable=False),
        sa.Column("satisfaction", sa.String(16), nullable=False),
        sa.Column("improvement_suggestions", sa.Text, nullable=False),
        sa.Column("is_extractive", sa.Boolean, nullable=False),
        sa.UniqueConstraint("call_id", "work_id", name="uq_syntheses_work_id"),
    )
    op.create_table(
        "next_actions",
        *_place(),
        sa.Column("decided_at", moment, nullable=False),
        sa.Column("work_id", sa.String(128), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("justification", sa.Text, nullable=False),
        sa.UniqueConstraint("call_id", "work_id", name="uq_next_actions_work_id"),
    )
    op.create_table(
        "callback_attempts",
        sa.Column("call_id", sa.String(128), sa.ForeignKey("calls.call_id"), primary_key=True),
        sa.Column("reminder_sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("placed_call_id", sa.String(128), nullable=False),
    )
    _create_tables_of_replicas(op)


def _create_tables_of_replicas(op: Operations) -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "call_events",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("call_id", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("published_at", moment, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("settled_at", moment),
        sa.Column("settled_by", sa.String(128), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_call_events_call_id", "call_events", ["call_id", "outcome"])
    op.create_index("ix_call_events_outcome", "call_events", ["outcome", "published_at"])
    op.create_index("ix_call_events_settled_by", "call_events", ["settled_by"])
    op.create_table(
        "replicas",
        sa.Column("replica_id", sa.String(64), primary_key=True),
        sa.Column("seen_at", moment, nullable=False),
    )
    op.create_table(
        "shared_keys",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=False),
    )


def downgrade(op: Operations) -> None:
    """Drop them."""
    for name in ("shared_keys", "replicas", "call_events", "callback_attempts", "next_actions", "syntheses"):
        op.drop_table(name)
    op.drop_index("ix_calls_ended_at", "calls")
    with op.batch_alter_table("calls", recreate="never") as table:
        table.drop_column("replica_id")


def _place() -> tuple[sa.Column[str], sa.Column[int]]:
    """A row's place: its call, and the order within."""
    return (
        sa.Column("call_id", sa.String(128), sa.ForeignKey("calls.call_id"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    )
