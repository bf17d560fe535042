"""Reminders of all calls: those due first, first, page by page."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import conversions, tables
from stores.cursors import cursor_of, moment_of, place_of
from stores.database import Database
from stores.records import ReminderRecord
from stores.search import MOST_CALLS


@dataclass(frozen=True, slots=True)
class ReminderQuery:
    """What is looked for; what is empty or None excludes nothing."""

    owner: str = ""
    due_from: datetime | None = None
    due_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReminderPage:
    """Some of the reminders that were found."""

    reminders: tuple[ReminderRecord, ...]
    next_cursor: str = ""
    """Leads to the next page; empty: this is the last."""


class Agenda:
    """Finds reminders. Every method may raise ``stores.errors.StoreError``.

    Args:
        database: Open for as long as this is used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, query: ReminderQuery, *, limit: int = 50, cursor: str = "") -> ReminderPage:
        """A page of the reminders that match; of those with one title in a call, the last alone.

        Args:
            query: What is looked for.
            limit: How many, from 1 to ``stores.search.MOST_CALLS``; what is outside is moved to there.
            cursor: ``next_cursor`` of the page before, of the same query; empty: the first page.

        Raises:
            UnreadableCursor: The cursor was made up.
        """
        limit = min(max(limit, 1), MOST_CALLS)
        part = _part(query, cursor).limit(limit + 1)

        async def work(connection: AsyncConnection) -> ReminderPage:
            found = [conversions.reminder_record(dict(row)) for row in (await connection.execute(part)).mappings()]
            return ReminderPage(tuple(found[:limit]), _cursor(found[limit - 1]) if len(found) > limit else "")

        return await self._database.read(work)


def _part(query: ReminderQuery, cursor: str) -> Select[Any]:
    reminders = tables.reminders
    later = reminders.alias()
    is_replaced = exists().where(
        later.c.call_id == reminders.c.call_id,
        later.c.title == reminders.c.title,
        later.c.sequence > reminders.c.sequence,
    )
    part = select(reminders).where(~is_replaced)
    if query.owner:
        part = part.where(reminders.c.owner == query.owner)
    if query.due_from is not None:
        part = part.where(reminders.c.due_at >= query.due_from)
    if query.due_before is not None:
        part = part.where(reminders.c.due_at < query.due_before)
    order = (reminders.c.due_at, reminders.c.call_id, reminders.c.sequence)
    if cursor:
        due_at, call_id, sequence = place_of(cursor, str, str, int)
        place = tuple_(moment_of(due_at), call_id, sequence)
        part = part.where(tuple_(*order) > place)
    return part.order_by(*order)


def _cursor(reminder: ReminderRecord) -> str:
    return cursor_of([reminder.due_at.astimezone(UTC).isoformat(), reminder.call_id, reminder.sequence])
