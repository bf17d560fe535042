"""Calls know what they were about, how long they rang and what they go on with; SMS; the service's recordings."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0003"
down_revision = "0002"


def upgrade(op: Operations) -> None:
    """Add the columns and the table; whatever was said before was said by voice."""
    with op.batch_alter_table("calls") as table:
        table.add_column(sa.Column("initiate", sa.JSON))
        table.add_column(sa.Column("ring_to_answer_ms", sa.Float))
        table.add_column(sa.Column("resumes_call_id", sa.String(128), nullable=False, server_default=""))
    with op.batch_alter_table("messages") as table:
        table.add_column(sa.Column("action", sa.String(16), nullable=False, server_default="talk"))
    op.create_table(
        "recordings",
        sa.Column("call_id", sa.String(128), sa.ForeignKey("calls.call_id"), primary_key=True),
        sa.Column("recording_id", sa.String(512), primary_key=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(256), nullable=False, server_default=""),
    )
    op.create_index("ix_recordings_recording_id", "recordings", ["recording_id"])


def downgrade(op: Operations) -> None:
    """Drop them."""
    op.drop_index("ix_recordings_recording_id", "recordings")
    op.drop_table("recordings")
    with op.batch_alter_table("messages") as table:
        table.drop_column("action")
    with op.batch_alter_table("calls", recreate="never") as table:
        for column in ("resumes_call_id", "ring_to_answer_ms", "initiate"):
            table.drop_column(column)
