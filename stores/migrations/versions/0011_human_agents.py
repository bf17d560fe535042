"""Human agents: what the router in process knows, what has happened at any router, and how workers were scored."""

from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0011"
down_revision = "0010"


def upgrade(op: Operations) -> None:
    """Add the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "router_policies",
        sa.Column("policy_id", sa.String(128), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("offer_expires_s", sa.Float, nullable=False),
        sa.Column("concurrent_offers", sa.Integer, nullable=False),
    )
    op.create_table(
        "router_queues",
        sa.Column("queue_id", sa.String(128), primary_key=True),
        sa.Column("policy_id", sa.String(128), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
    )
    op.create_table(
        "router_workers",
        sa.Column("worker_id", sa.String(128), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("target", sa.String(256), nullable=False),
        sa.Column("queue_ids", sa.JSON, nullable=False),
        sa.Column("labels", sa.JSON, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("channels", sa.JSON, nullable=False),
        sa.Column("is_available", sa.Boolean, nullable=False),
        sa.Column("idle_since", moment, nullable=False),
    )
    op.create_table(
        "router_jobs",
        sa.Column("job_id", sa.String(128), primary_key=True),
        sa.Column("call_id", sa.String(128), nullable=False),
        sa.Column("queue_id", sa.String(128), nullable=False),
        sa.Column("channel_id", sa.String(128), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("labels", sa.JSON, nullable=False),
        sa.Column("selectors", sa.JSON, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("enqueued_at", moment, nullable=False),
        sa.Column("scores", sa.JSON, nullable=False),
        sa.Column("scoring_round", sa.Integer, nullable=False),
        sa.Column("scoring_until", moment),
        sa.Column("refusals", sa.JSON, nullable=False),
    )
    op.create_index("ix_router_jobs_status", "router_jobs", ["status"])
    op.create_index("ix_router_jobs_call_id", "router_jobs", ["call_id"])
    _add_history(op, moment)


def downgrade(op: Operations) -> None:
    """Drop them."""
    for name in (
        "router_scorings",
        "router_events",
        "router_assignments",
        "router_offers",
        "router_jobs",
        "router_workers",
        "router_queues",
        "router_policies",
    ):
        op.drop_table(name)


def _add_history(op: Operations, moment: sa.types.TypeEngine[Any]) -> None:
    op.create_table(
        "router_offers",
        sa.Column("offer_id", sa.String(64), primary_key=True),
        sa.Column("call_id", sa.String(128), nullable=False),
        sa.Column("job_id", sa.String(128), nullable=False),
        sa.Column("worker_id", sa.String(128), nullable=False),
        sa.Column("cost", sa.Integer, nullable=False),
        sa.Column("offered_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
    )
    op.create_index("ix_router_offers_is_open", "router_offers", ["is_open"])
    op.create_index("ix_router_offers_call_id", "router_offers", ["call_id"])
    op.create_table(
        "router_assignments",
        sa.Column("assignment_id", sa.String(64), primary_key=True),
        sa.Column("call_id", sa.String(128), nullable=False),
        sa.Column("job_id", sa.String(128), nullable=False),
        sa.Column("worker_id", sa.String(128), nullable=False),
        sa.Column("cost", sa.Integer, nullable=False),
        sa.Column("assigned_at", moment, nullable=False),
        sa.Column("completed_at", moment),
        sa.Column("closed_at", moment),
    )
    op.create_index("ix_router_assignments_job_id", "router_assignments", ["job_id"])
    op.create_index("ix_router_assignments_call_id", "router_assignments", ["call_id"])
    op.create_table(
        "router_events",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("key", sa.String(320), nullable=False),
        sa.Column("call_id", sa.String(128), nullable=False),
        sa.Column("job_id", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("happened_at", moment, nullable=False),
        sa.UniqueConstraint("key", name="uq_router_events_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_router_events_job_id", "router_events", ["job_id"])
    op.create_index("ix_router_events_call_id", "router_events", ["call_id"])
    op.create_table(
        "router_scorings",
        sa.Column("scoring_id", sa.String(64), primary_key=True),
        sa.Column("worker_id", sa.String(128), primary_key=True),
        sa.Column("call_id", sa.String(128), nullable=False),
        sa.Column("job_id", sa.String(128), nullable=False),
        sa.Column("scored_at", moment, nullable=False),
        sa.Column("scorer", sa.String(128), nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("job_labels", sa.JSON, nullable=False),
        sa.Column("worker_labels", sa.JSON, nullable=False),
    )
    op.create_index("ix_router_scorings_job_id", "router_scorings", ["job_id"])
    op.create_index("ix_router_scorings_call_id", "router_scorings", ["call_id"])
