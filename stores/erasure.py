"""Calls that are deleted with all that belongs to them: because they are old, or because a customer asks.

Recordings are files, and not the store's. So whoever deletes asks first which calls
they are, deletes their files, and then lets the rows be deleted: when that is cut short,
the rows are still there to say which files there may be.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import tables
from stores.database import Database
from stores.router_history import ROUTER
from stores.router_rows import OVER


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted."""

    call_ids: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    """How many rows of each table that lost some."""

    def __add__(self, other: "Deleted") -> "Deleted":
        """Both."""
        return Deleted(self.call_ids + other.call_ids, Counter(self.rows) + Counter(other.rows))


class Erasure:
    """Deletes calls. Every method may raise ``stores.errors.StoreError``.

    Args:
        database: Open for as long as this is used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ended_before(self, moment: datetime, *, limit: int = 100) -> list[str]:
        """The ids of calls that had ended before this moment, the oldest first."""
        calls = tables.calls
        return await self._ids(select(calls).where(calls.c.ended_at < moment).order_by(calls.c.ended_at).limit(limit))

    async def of_number(self, phone_number: str, *, is_live: bool = False) -> list[str]:
        """The ids of the calls with this number that are over, or of those that are up."""
        calls = tables.calls
        state = calls.c.ended_at.is_(None) if is_live else calls.c.ended_at.is_not(None)
        return await self._ids(select(calls).where(calls.c.phone_number == phone_number, state))

    async def delete(self, call_ids: Sequence[str]) -> Deleted:
        """Delete calls that are over, with every row that belongs to them, and what points to them.

        Ids of calls that are up, or that are not there, are passed over. In SQLite what was
        deleted is overwritten; PostgreSQL does that when it vacuums.
        """

        async def work(connection: AsyncConnection) -> Deleted:
            calls = tables.calls
            ended = select(calls.c.call_id).where(calls.c.call_id.in_(call_ids), calls.c.ended_at.is_not(None))
            # In one order, so that two who delete do not wait for each other.
            locked = (await connection.scalars(ended.order_by(calls.c.call_id).with_for_update())).all()
            return await _delete(connection, locked)

        deleted = await self._database.write(work)
        if deleted.call_ids:
            await self._database.scrub()
        return deleted

    async def router_rows_before(self, moment: datetime) -> Deleted:
        """Delete what a router keeps of no call, where nothing has happened to it since this moment.

        That are jobs that are over, with what was offered, scored and assigned, and the signing in and out of
        workers. What belongs to a call goes with its call; jobs that still wait, or hold a worker, stay.
        """

        async def work(connection: AsyncConnection) -> Deleted:
            await self._database.lock(connection, ROUTER)
            return await _delete_router_rows(connection, moment)

        deleted = await self._database.write(work)
        if deleted.rows:
            await self._database.scrub()
        return deleted

    async def _ids(self, query: Select[Any]) -> list[str]:
        found = query.with_only_columns(tables.calls.c.call_id)

        async def work(connection: AsyncConnection) -> list[str]:
            return list(await connection.scalars(found))

        return await self._database.read(work)


async def _delete(connection: AsyncConnection, call_ids: Sequence[str]) -> Deleted:
    calls, attempts = tables.calls, tables.callback_attempts
    rows: Counter[str] = Counter()
    # Every table that knows calls, those too that are still to come; calls themselves last.
    for table in reversed(tables.metadata.sorted_tables):
        if "call_id" in table.c:
            gone = await connection.execute(delete(table).where(table.c.call_id.in_(call_ids)))
            rows[table.name] += gone.rowcount
    await connection.execute(update(calls).where(calls.c.resumes_call_id.in_(call_ids)).values(resumes_call_id=""))
    await connection.execute(update(attempts).where(attempts.c.placed_call_id.in_(call_ids)).values(placed_call_id=""))
    return Deleted(tuple(call_ids), +rows)


async def _delete_router_rows(connection: AsyncConnection, moment: datetime) -> Deleted:
    jobs, events = tables.router_jobs, tables.router_events
    later, kept = events.alias("later"), jobs.alias("kept")

    def is_old(table: Table, at: ColumnElement[datetime]) -> ColumnElement[bool]:
        """Of no call that is kept, and of no job that waits or to which something has happened since."""
        of_job = table.c.job_id != ""
        return and_(
            at < moment,
            ~exists().where(tables.calls.c.call_id == table.c.call_id),
            ~exists().where(of_job, later.c.job_id == table.c.job_id, later.c.happened_at >= moment),
            ~exists().where(of_job, kept.c.job_id == table.c.job_id, kept.c.status.not_in(OVER)),
        )

    rows: Counter[str] = Counter()
    # The jobs last: by them it is told which of the others stay.
    for table, at in (
        (tables.router_offers, tables.router_offers.c.offered_at),
        (tables.router_assignments, tables.router_assignments.c.assigned_at),
        (tables.router_scorings, tables.router_scorings.c.scored_at),
        (events, events.c.happened_at),
        (jobs, jobs.c.enqueued_at),
    ):
        gone = await connection.execute(delete(table).where(is_old(table, at)))
        rows[table.name] += gone.rowcount
    return Deleted(rows=+rows)
