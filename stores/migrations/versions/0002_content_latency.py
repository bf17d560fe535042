"""Turns know when the answer itself could be heard, after an opener.

An opener is a short word that is said at once, while the answer is still being
thought of; before this, every first sound was the answer's.
"""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0002"
down_revision = "0001"


def upgrade(op: Operations) -> None:
    """Add the column; old rows had no openers."""
    with op.batch_alter_table("turns") as table:
        table.add_column(sa.Column("content_latency_ms", sa.Float))


def downgrade(op: Operations) -> None:
    """Drop it."""
    with op.batch_alter_table("turns") as table:
        table.drop_column("content_latency_ms")
