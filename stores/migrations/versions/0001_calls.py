"""Calls, and what belongs to them.

A revision says what the schema was on its day: it takes nothing from ``stores.tables``,
which moves on.
"""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade(op: Operations) -> None:
    """Create the first four tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "calls",
        sa.Column("call_id", sa.String(128), primary_key=True),
        sa.Column("direction", sa.String(16), nullable=False),
        sa.Column("phone_number", sa.String(32), nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("claim_fields", sa.JSON, nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("end_reason", sa.String(64), nullable=False),
    )
    op.create_index("ix_calls_started_at", "calls", ["started_at"])
    op.create_index("ix_calls_phone_number", "calls", ["phone_number", "started_at"])
    op.create_table(
        "messages",
        *_place(),
        sa.Column("said_at", moment, nullable=False),
        sa.Column("persona", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("was_interrupted", sa.Boolean, nullable=False),
        sa.Column("turn", sa.Integer),
    )
    op.create_table(
        "claim_changes",
        *_place(),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("changed_by", sa.String(128), nullable=False),
        sa.Column("field", sa.String(128), nullable=False),
        sa.Column("old_value", sa.Text),
        sa.Column("new_value", sa.Text, nullable=False),
    )
    op.create_table(
        "turns",
        *_place(),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("measured_at", moment, nullable=False),
        sa.Column("answer_latency_ms", sa.Float, nullable=False),
        sa.Column("end_of_turn_ms", sa.Float, nullable=False),
        sa.Column("recognition_ms", sa.Float, nullable=False),
        sa.Column("first_words_ms", sa.Float, nullable=False),
        sa.Column("first_sound_ms", sa.Float, nullable=False),
        sa.Column("was_interrupted", sa.Boolean, nullable=False),
    )


def downgrade(op: Operations) -> None:
    """Drop everything."""
    for table in ("turns", "claim_changes", "messages", "calls"):
        op.drop_table(table)


def _place() -> tuple[sa.Column[str], sa.Column[int]]:
    """The key of a row within its call."""
    return (
        sa.Column("call_id", sa.String(128), sa.ForeignKey("calls.call_id"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    )
