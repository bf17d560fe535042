"""Calls that are looked for: live ones first, then the newest, page by page.

A page ends with a cursor, which names the last call of it: calls that begin meanwhile do
not move the rest, and a call that ends meanwhile is not lost (it may be seen twice).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import conversions, tables
from stores.cursors import cursor_of, moment_of, place_of
from stores.database import Database
from stores.records import CallRecord, NextAction, NextActionRecord, Satisfaction, SynthesisRecord
from stores.rows import grouped

MOST_CALLS = 200
"""Of one page."""


@dataclass(frozen=True, slots=True)
class CallQuery:
    """What is looked for; what is empty or None excludes nothing."""

    number_prefix: str = ""
    """How the other side's number begins: ``+336``."""
    started_from: datetime | None = None
    started_before: datetime | None = None
    satisfaction: Satisfaction | None = None
    next_action: NextAction | None = None
    text: str = ""
    """Was said or written in the call; whether in capitals or not."""
    is_live: bool | None = None


@dataclass(frozen=True, slots=True)
class CallSummary:
    """A call, and what it came to."""

    call: CallRecord
    synthesis: SynthesisRecord | None = None
    next_action: NextActionRecord | None = None


@dataclass(frozen=True, slots=True)
class CallPage:
    """Some of the calls that were found."""

    calls: tuple[CallSummary, ...]
    next_cursor: str = ""
    """Leads to the next page; empty: this is the last."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Of the last call of a page."""

    is_live: bool
    started_at: datetime
    call_id: str


class Search:
    """Finds calls. Every method may raise ``stores.errors.StoreError``.

    Args:
        database: Open for as long as this is used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, query: CallQuery, *, limit: int = 50, cursor: str = "") -> CallPage:
        """A page of the calls that match.

        Args:
            query: What is looked for.
            limit: How many, from 1 to ``MOST_CALLS``; what is outside is moved to there.
            cursor: ``next_cursor`` of the page before, of the same query; empty: the first page.

        Raises:
            UnreadableCursor: The cursor was made up.
        """
        after = _place(cursor) if cursor else None
        limit = min(max(limit, 1), MOST_CALLS)
        matching = select(tables.calls).where(*conditions(query))

        async def work(connection: AsyncConnection) -> CallPage:
            # Two queries, each along an index, instead of one that would sort every call there is.
            found: list[CallRecord] = []
            for is_live in (True, False):
                if after is not None and is_live and not after.is_live:
                    continue
                since = after if after is not None and after.is_live == is_live else None
                part = _part(matching, is_live=is_live, after=since).limit(limit + 1 - len(found))
                found += [conversions.call_record(dict(row)) for row in (await connection.execute(part)).mappings()]
            shown = found[:limit]
            next_cursor = _cursor(shown[-1]) if len(found) > limit else ""
            return CallPage(await _summaries(connection, shown), next_cursor)

        return await self._database.read(work)


async def _summaries(connection: AsyncConnection, calls: list[CallRecord]) -> tuple[CallSummary, ...]:
    call_ids = [call.call_id for call in calls]
    syntheses = await grouped(connection, tables.syntheses, call_ids, conversions.synthesis_record)
    actions = await grouped(connection, tables.next_actions, call_ids, conversions.next_action_record)
    return tuple(
        CallSummary(call, next(reversed(syntheses[call.call_id]), None), next(reversed(actions[call.call_id]), None))
        for call in calls
    )


def _part(matching: Select[Any], *, is_live: bool, after: _Place | None) -> Select[Any]:
    calls = tables.calls
    part = matching.where(calls.c.ended_at.is_(None) if is_live else calls.c.ended_at.is_not(None))
    if after is not None:
        is_as_old = and_(calls.c.started_at == after.started_at, calls.c.call_id > after.call_id)
        part = part.where(or_(calls.c.started_at < after.started_at, is_as_old))
    return part.order_by(calls.c.started_at.desc(), calls.c.call_id)


def conditions(query: CallQuery) -> list[ColumnElement[bool]]:
    """What a row of ``tables.calls`` must be to match."""
    calls, messages = tables.calls, tables.messages
    conditions: list[ColumnElement[bool]] = []
    if query.number_prefix:
        conditions.append(calls.c.phone_number.startswith(query.number_prefix, autoescape=True))
    if query.started_from is not None:
        conditions.append(calls.c.started_at >= query.started_from)
    if query.started_before is not None:
        conditions.append(calls.c.started_at < query.started_before)
    if query.is_live is not None:
        conditions.append(calls.c.ended_at.is_(None) if query.is_live else calls.c.ended_at.is_not(None))
    if query.satisfaction is not None:
        conditions.append(_last_is(tables.syntheses.c.satisfaction, query.satisfaction.value))
    if query.next_action is not None:
        conditions.append(_last_is(tables.next_actions.c.action, query.next_action.value))
    if query.text:
        is_said = func.lower(messages.c.text).contains(query.text.lower(), autoescape=True)
        conditions.append(exists().where(messages.c.call_id == calls.c.call_id, is_said))
    return conditions


def _last_is(column: Column[str], value: str) -> ColumnElement[bool]:
    """Whether the last of a call's rows in this column's table has this value."""
    table = column.table
    others = table.alias()
    last = select(func.max(others.c.sequence)).where(others.c.call_id == table.c.call_id).scalar_subquery()
    return exists().where(table.c.call_id == tables.calls.c.call_id, column == value, table.c.sequence == last)


def _cursor(call: CallRecord) -> str:
    return cursor_of([call.is_live, call.started_at.isoformat(), call.call_id])


def _place(cursor: str) -> _Place:
    is_live, started_at, call_id = place_of(cursor, bool, str, str)
    return _Place(bool(is_live), moment_of(started_at), str(call_id))
