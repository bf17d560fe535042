"""Calls know when their sound began to come; messages know when they began, and what was cut off from them."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0009"
down_revision = "0008"


def upgrade(op: Operations) -> None:
    """Add the columns; of earlier calls nothing is known."""
    moment = sa.DateTime(timezone=True)
    with op.batch_alter_table("calls") as table:
        table.add_column(sa.Column("connected_at", moment))
    with op.batch_alter_table("messages") as table:
        table.add_column(sa.Column("unheard_text", sa.Text, nullable=False, server_default=""))
        table.add_column(sa.Column("began_at", moment))


def downgrade(op: Operations) -> None:
    """Drop them."""
    with op.batch_alter_table("messages") as table:
        table.drop_column("began_at")
        table.drop_column("unheard_text")
    with op.batch_alter_table("calls", recreate="never") as table:
        table.drop_column("connected_at")
