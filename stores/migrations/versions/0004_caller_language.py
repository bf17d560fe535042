"""Calls know what the caller spoke."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0004"
down_revision = "0003"


def upgrade(op: Operations) -> None:
    """Add the column; of earlier calls nobody knows."""
    with op.batch_alter_table("calls") as table:
        table.add_column(sa.Column("caller_language", sa.String(35), nullable=False, server_default=""))


def downgrade(op: Operations) -> None:
    """Drop it."""
    with op.batch_alter_table("calls", recreate="never") as table:
        table.drop_column("caller_language")
