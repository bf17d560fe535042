"""What has happened at a router, and how workers were scored: rows that are added and never changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import tables
from stores.bells import Bell
from stores.database import Database

ROUTER = "router"
"""The name that is locked while a router changes."""
_RING = "router/"
"""The bell rings with this and the id of the job that something has happened to: no call has such an id."""


@dataclass(frozen=True, slots=True)
class RouterEventRecord:
    """Something that has happened."""

    key: str
    """The same happening has the same key, whoever tells it: it is kept once."""
    job_id: str
    """Empty: it concerns no job."""
    kind: str
    """At most 32 characters."""
    payload: Mapping[str, Any]
    """What JSON can say."""
    happened_at: datetime
    call_id: str = ""
    """Of its job; empty: it is looked up among the job's earlier events."""
    event_id: int = 0
    """The order in which they were kept; given by the store."""


@dataclass(frozen=True, slots=True)
class ScoringRecord:
    """How one worker was scored for a job."""

    scoring_id: str
    """The same for all who were scored at once."""
    worker_id: str
    job_id: str
    """Empty: whoever asked did not say."""
    call_id: str
    scored_at: datetime
    scorer: str
    """``formula``, or the name of a model."""
    score: float
    reason: str
    job_labels: Mapping[str, Any]
    worker_labels: Mapping[str, Any]


class RouterHistory:
    """Keeps it. Every method may raise ``stores.errors.StoreError``.

    Args:
        database: Open for as long as this is used.
        bell: Tells those who follow a job that there is something new.
    """

    def __init__(self, database: Database, bell: Bell) -> None:
        self._database = database
        self._bell = bell

    async def append(self, events: Sequence[RouterEventRecord]) -> int:
        """Keep events, each once for each key; how many were new."""

        async def work(connection: AsyncConnection) -> int:
            await self._database.lock(connection, ROUTER)
            added = await append_events(connection, events)
            for name in rings(events):
                await self._bell.ring(connection, name)
            return added

        added = await self._database.write(work)
        for name in rings(events):
            self._bell.rung(name)
        return added

    async def events(self, job_id: str, *, after: int = 0) -> list[RouterEventRecord]:
        """The events of a job, in order; those that came after one alone."""
        events = tables.router_events
        query = select(events).where(events.c.job_id == job_id, events.c.event_id > after).order_by(events.c.event_id)

        async def work(connection: AsyncConnection) -> list[RouterEventRecord]:
            return [RouterEventRecord(**row) for row in (await connection.execute(query)).mappings()]

        return await self._database.read(work)

    async def of_call(self, call_id: str) -> list[RouterEventRecord]:
        """The events of all jobs of a call, in order."""
        events = tables.router_events
        query = select(events).where(events.c.call_id == call_id).order_by(events.c.event_id)

        async def work(connection: AsyncConnection) -> list[RouterEventRecord]:
            return [RouterEventRecord(**row) for row in (await connection.execute(query)).mappings()]

        return await self._database.read(work)

    async def keep_scoring(self, scored: Iterable[ScoringRecord]) -> None:
        """Keep a scoring; the call is that of the job's events where the record names none."""

        async def work(connection: AsyncConnection) -> None:
            for each in scored:
                call_id = each.call_id or await _call_of(connection, each.job_id)
                await connection.execute(insert(tables.router_scorings).values(**asdict(each) | {"call_id": call_id}))

        await self._database.write(work)

    async def scorings(self, job_id: str) -> list[ScoringRecord]:
        """How workers were scored for a job: the first scoring first, in it the best first."""
        scorings = tables.router_scorings
        order = (scorings.c.scored_at, scorings.c.scoring_id, scorings.c.score.desc(), scorings.c.worker_id)
        query = select(scorings).where(scorings.c.job_id == job_id).order_by(*order)

        async def work(connection: AsyncConnection) -> list[ScoringRecord]:
            return [ScoringRecord(**row) for row in (await connection.execute(query)).mappings()]

        return await self._database.read(work)


def rings(events: Iterable[RouterEventRecord]) -> tuple[str, ...]:
    """What the bell rings with for these: once for each job, or once at all."""
    return tuple(sorted({f"{_RING}{each.job_id}" for each in events})) or (_RING,)


def rung_job(name: str) -> str | None:
    """The job that a ring is about; empty: about none, or about all; None: it is no ring of a router."""
    if not name:
        return ""
    return name.removeprefix(_RING) if name.startswith(_RING) else None


async def append_events(connection: AsyncConnection, events: Iterable[RouterEventRecord]) -> int:
    """Keep events within a transaction that holds ``ROUTER``; how many were new."""
    table, added = tables.router_events, 0
    for event in events:
        if await connection.scalar(select(table.c.event_id).where(table.c.key == event.key)) is not None:
            continue
        row = {name: value for name, value in asdict(event).items() if name != "event_id"}
        row["call_id"] = event.call_id or await _call_of(connection, event.job_id)
        await connection.execute(insert(table).values(**row))
        added += 1
    return added


async def _call_of(connection: AsyncConnection, job_id: str) -> str:
    events = tables.router_events
    known = select(events.c.call_id).where(events.c.job_id == job_id, events.c.call_id != "").limit(1)
    return (await connection.scalar(known) if job_id else None) or ""
