"""Calls know what carries their sound."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0010"
down_revision = "0009"


def upgrade(op: Operations) -> None:
    """Add the column; until now there were telephones alone."""
    with op.batch_alter_table("calls") as table:
        table.add_column(sa.Column("line", sa.String(16), nullable=False, server_default="telephone"))


def downgrade(op: Operations) -> None:
    """Drop it."""
    with op.batch_alter_table("calls", recreate="never") as table:
        table.drop_column("line")
