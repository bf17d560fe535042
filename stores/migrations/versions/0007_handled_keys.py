"""What came in once is known on all replicas."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0007"
down_revision = "0006"


def upgrade(op: Operations) -> None:
    """Add the table."""
    op.create_table(
        "handled_keys",
        sa.Column("key", sa.String(320), primary_key=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_handled_keys_handled_at", "handled_keys", ["handled_at"])


def downgrade(op: Operations) -> None:
    """Drop it."""
    op.drop_table("handled_keys")
