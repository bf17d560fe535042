"""The calls of a period, one batch after the other: in the order in which they began.

However many there are, only one batch is in memory. Calls that begin meanwhile come if they
begin in the period; none is seen twice.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import conversions, tables
from stores.database import Database
from stores.records import CallHistory, CallRecord
from stores.rows import grouped, histories


@dataclass(frozen=True, slots=True)
class Period:
    """From one moment until before another; None is no border."""

    start: datetime | None = None
    end: datetime | None = None


class Archive:
    """Reads many calls. Every method may raise ``stores.errors.StoreError``.

    Args:
        database: Open for as long as this is used.
        batch_calls: How many are in memory at once.
    """

    def __init__(self, database: Database, *, batch_calls: int = 50) -> None:
        self._database = database
        self._batch_calls = batch_calls

    async def whole(self, period: Period) -> AsyncIterator[list[CallHistory]]:
        """The calls that began in it and are over, with everything that belongs to them."""
        last: CallRecord | None = None
        ended = tables.calls.c.ended_at.is_not(None)
        while batch := await self._database.read(partial(histories, self._part(period, last).where(ended))):
            yield batch
            last = batch[-1].call

    async def billable(self, period: Period) -> AsyncIterator[list[CallHistory]]:
        """The calls that began in it, also those that are up, with what costs money alone.

        Those are messages, recordings by the telephone service, and the tokens of models.
        """
        last: CallRecord | None = None
        while batch := await self._database.read(partial(_billable, self._part(period, last))):
            yield batch
            last = batch[-1].call

    async def count(self, period: Period) -> int:
        """How many calls began in it and are over."""
        calls = tables.calls
        query = _within(select(func.count()).select_from(calls), period).where(calls.c.ended_at.is_not(None))

        async def work(connection: AsyncConnection) -> int:
            return await connection.scalar(query) or 0

        return await self._database.read(work)

    def _part(self, period: Period, last: CallRecord | None) -> Select[Any]:
        calls = tables.calls
        query = _within(select(calls), period)
        if last is not None:
            is_as_old = and_(calls.c.started_at == last.started_at, calls.c.call_id > last.call_id)
            query = query.where(or_(calls.c.started_at > last.started_at, is_as_old))
        return query.order_by(calls.c.started_at, calls.c.call_id).limit(self._batch_calls)


def _within(query: Select[Any], period: Period) -> Select[Any]:
    started_at = tables.calls.c.started_at
    if period.start is not None:
        query = query.where(started_at >= period.start)
    return query if period.end is None else query.where(started_at < period.end)


async def _billable(query: Select[Any], connection: AsyncConnection) -> list[CallHistory]:
    calls = [conversions.call_record(dict(row)) for row in (await connection.execute(query)).mappings()]
    call_ids = [call.call_id for call in calls]
    messages = await grouped(connection, tables.messages, call_ids, conversions.message_record)
    recordings = await grouped(connection, tables.recordings, call_ids, conversions.recording_record, by="started_at")
    usages = await grouped(connection, tables.usages, call_ids, conversions.usage_record)
    return [
        CallHistory(
            call,
            messages=tuple(messages[call.call_id]),
            recordings=tuple(recordings[call.call_id]),
            usages=tuple(usages[call.call_id]),
        )
        for call in calls
    ]
