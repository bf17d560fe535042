"""Calls keep what was done after them, and what they cost; numbers may ask not to be called back."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0008"
down_revision = "0007"


def upgrade(op: Operations) -> None:
    """Add the tables. Of calls that ended before, none is worked on: they may be thousands."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "call_works",
        sa.Column("call_id", sa.String(128), sa.ForeignKey("calls.call_id"), primary_key=True),
        sa.Column("work_id", sa.String(128), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("ended_at", moment),
    )
    op.create_index("ix_call_works_state", "call_works", ["state", "asked_at"])
    op.create_table(
        "work_steps",
        sa.Column("call_id", sa.String(128), sa.ForeignKey("calls.call_id"), primary_key=True),
        sa.Column("work_id", sa.String(128), primary_key=True),
        sa.Column("step", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(128), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("ended_at", moment),
    )
    op.create_table(
        "call_costs",
        sa.Column("call_id", sa.String(128), sa.ForeignKey("calls.call_id"), primary_key=True),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("minutes", sa.Float, nullable=False),
        sa.Column("prompt_tokens", sa.Integer, nullable=False),
        sa.Column("completion_tokens", sa.Integer, nullable=False),
        sa.Column("cached_tokens", sa.Integer, nullable=False),
        sa.Column("spoken_characters", sa.Integer, nullable=False),
        sa.Column("telephone_usd", sa.Float, nullable=False),
        sa.Column("hearing_usd", sa.Float, nullable=False),
        sa.Column("speaking_usd", sa.Float, nullable=False),
        sa.Column("models_usd", sa.Float, nullable=False),
    )
    op.create_table(
        "callback_opt_outs",
        sa.Column("phone_number", sa.String(32), primary_key=True),
        sa.Column("since", moment, nullable=False),
    )
    op.execute(
        "INSERT INTO call_works (call_id, work_id, state, asked_at, ended_at)"
        " SELECT call_id, call_id, 'passed_over', ended_at, ended_at FROM calls WHERE ended_at IS NOT NULL"
    )


def downgrade(op: Operations) -> None:
    """Drop them."""
    for name in ("callback_opt_outs", "call_costs", "work_steps", "call_works"):
        op.drop_table(name)
