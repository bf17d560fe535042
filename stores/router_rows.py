"""What the router in process knows: rows that it reads all at once, decides upon, and changes in one transaction.

Replicas that share a database take turns by a lock: what one has decided the next one sees, so that
nothing is offered twice.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Table, and_, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import tables
from stores.bells import Bell
from stores.database import Database
from stores.router_history import ROUTER, RouterEventRecord, append_events, rings

_T = TypeVar("_T")
Row = Mapping[str, Any]
OVER = ("closed", "cancelled")
"""The states of jobs to which nothing happens any more."""


@dataclass(frozen=True, slots=True)
class RouterRows:
    """Rows of each table, by their columns' names."""

    policies: Sequence[Row] = ()
    queues: Sequence[Row] = ()
    workers: Sequence[Row] = ()
    jobs: Sequence[Row] = ()
    """Those that are not over, and those that were asked for."""
    offers: Sequence[Row] = ()
    """Those that are open."""
    assignments: Sequence[Row] = ()
    """Those that take capacity, and those of the jobs that were asked for."""


@dataclass(frozen=True, slots=True)
class RouterChanges:
    """What was decided."""

    rows: RouterRows = field(default_factory=RouterRows)
    """Whole rows, new or changed."""
    events: Sequence[RouterEventRecord] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was."""
        rows = self.rows
        changed = (rows.policies, rows.queues, rows.workers, rows.jobs, rows.offers, rows.assignments)
        return not any((*changed, self.events))


Decide = Callable[[RouterRows], tuple[RouterChanges, _T]]
"""May be asked again, with other rows: it must not change anything else. What it raises undoes everything."""


class RouterTables:
    """Reads and changes them. Every method may raise ``stores.errors.StoreError``.

    Args:
        database: Open for as long as this is used.
        bell: Tells other replicas that something has changed.
    """

    def __init__(self, database: Database, bell: Bell) -> None:
        self._database = database
        self._bell = bell

    async def read(self, *, job_ids: Collection[str] = ()) -> RouterRows:
        """All that counts now, with these jobs even if they are over."""
        return await self._database.read(lambda connection: _rows(connection, job_ids))

    async def change(self, decide: Decide[_T], *, job_ids: Collection[str] = ()) -> _T:
        """Read, decide, and write what was decided, while nobody else does; what the decision answers."""
        ringing: tuple[str, ...] = ()

        async def work(connection: AsyncConnection) -> _T:
            nonlocal ringing
            await self._database.lock(connection, ROUTER)
            changes, answer = decide(await _rows(connection, job_ids))
            ringing = () if changes.is_empty else rings(changes.events)
            if not changes.is_empty:
                await _write(connection, changes)
            for name in ringing:
                await self._bell.ring(connection, name)
            return answer

        answer = await self._database.write(work)
        for name in ringing:
            self._bell.rung(name)
        return answer


async def _rows(connection: AsyncConnection, job_ids: Collection[str]) -> RouterRows:
    jobs, offers, assignments = tables.router_jobs, tables.router_offers, tables.router_assignments

    async def rows(table: Table, condition: ColumnElement[bool]) -> Sequence[Row]:
        return [dict(row) for row in (await connection.execute(select(table).where(condition))).mappings()]

    return RouterRows(
        await rows(tables.router_policies, true()),
        await rows(tables.router_queues, true()),
        await rows(tables.router_workers, true()),
        await rows(jobs, or_(jobs.c.status.not_in(OVER), jobs.c.job_id.in_(job_ids))),
        await rows(offers, offers.c.is_open),
        await rows(assignments, or_(assignments.c.closed_at.is_(None), assignments.c.job_id.in_(job_ids))),
    )


async def _write(connection: AsyncConnection, changes: RouterChanges) -> None:
    rows = changes.rows
    for table, changed in (
        (tables.router_policies, rows.policies),
        (tables.router_queues, rows.queues),
        (tables.router_workers, rows.workers),
        (tables.router_jobs, rows.jobs),
        (tables.router_offers, rows.offers),
        (tables.router_assignments, rows.assignments),
    ):
        for row in changed:
            await _put(connection, table, row)
    await append_events(connection, changes.events)


async def _put(connection: AsyncConnection, table: Table, row: Row) -> None:
    is_it = and_(*(column == row[column.name] for column in table.primary_key))
    changed = await connection.execute(update(table).where(is_it).values(dict(row)))
    if not changed.rowcount:
        await connection.execute(insert(table).values(dict(row)))
