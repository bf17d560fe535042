"""Calls keep reminders, tool calls, what models cost, citations, experiments, and more than one claim."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0005"
down_revision = "0004"


def upgrade(op: Operations) -> None:
    """Add the tables and the columns; earlier calls had one claim and cited nothing."""
    with op.batch_alter_table("calls") as table:
        table.add_column(sa.Column("experiments", sa.JSON, nullable=False, server_default="{}"))
    with op.batch_alter_table("messages") as table:
        table.add_column(sa.Column("citations", sa.JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("claim_changes") as table:
        table.add_column(sa.Column("claim_number", sa.Integer, nullable=False, server_default="0"))
    _create_tables(op)


def _create_tables(op: Operations) -> None:
    op.create_table(
        "reminders",
        *_place(),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
    )
    op.create_index("ix_reminders_due_at", "reminders", ["due_at"])
    op.create_table(
        "tool_calls",
        *_place(),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
    )
    op.create_table(
        "usages",
        *_place(),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("prompt_tokens", sa.Integer, nullable=False),
        sa.Column("completion_tokens", sa.Integer, nullable=False),
        sa.Column("cached_tokens", sa.Integer, nullable=False),
        sa.Column("is_estimated", sa.Boolean, nullable=False),
    )


def downgrade(op: Operations) -> None:
    """Drop them."""
    for name in ("usages", "tool_calls", "reminders"):
        op.drop_table(name)
    for name, column in (("claim_changes", "claim_number"), ("messages", "citations"), ("calls", "experiments")):
        with op.batch_alter_table(name, recreate="never") as table:
            table.drop_column(column)


def _place() -> tuple[sa.Column[str], sa.Column[int]]:
    """A row's place: its call, and the order within."""
    return (
        sa.Column("call_id", sa.String(128), sa.ForeignKey("calls.call_id"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    )
