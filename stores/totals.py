"""What calls came to, day by day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Column, ColumnElement, Float, String, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import tables
from stores.database import Database
from stores.search import CallQuery, conditions


@dataclass(frozen=True, slots=True)
class DayTotal:
    """The calls that began on one day, in UTC."""

    day: date
    calls: int
    seconds: float
    """Of those that are over, together."""
    spoken_characters: int = 0
    """That the assistant said and callers heard, together."""
    tokens: int = 0
    """Of prompts and completions."""
    usd: float = 0.0
    """Of the calls whose bill is made: it is, a moment after a call."""
    billed_calls: int = 0


class Totals:
    """Sums over calls. Every method may raise ``stores.errors.StoreError``.

    Args:
        database: Open for as long as this is used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_day(self, query: CallQuery, *, days: int = 14) -> tuple[DayTotal, ...]:
        """The latest days on which matching calls began, the latest first; days without are left out.

        Args:
            query: What is looked for.
            days: How many at most.
        """

        async def work(connection: AsyncConnection) -> tuple[DayTotal, ...]:
            counted = await _counted(connection, query, days)
            if not counted:
                return ()
            since = datetime.combine(min(counted), time(), UTC)
            characters = await _characters(connection, query, since)
            tokens = await _tokens(connection, query, since)
            bills = await _bills(connection, query, since)
            return tuple(
                DayTotal(day, calls, seconds, characters.get(day, 0), tokens.get(day, 0), *bills.get(day, (0.0, 0)))
                for day, (calls, seconds) in counted.items()
            )

        return await self._database.read(work)


async def _counted(connection: AsyncConnection, query: CallQuery, days: int) -> dict[date, tuple[int, float]]:
    """How many calls, and how long they lasted together, by day; the latest first."""
    calls = tables.calls
    day = _day(connection, calls.c.started_at)
    seconds = _seconds(connection, calls.c.ended_at) - _seconds(connection, calls.c.started_at)
    found = (
        select(day, func.count(), func.coalesce(func.sum(seconds), 0.0))
        .where(*conditions(query))
        .group_by(day)
        .order_by(day.desc())
        .limit(max(0, days))
    )
    return {date.fromisoformat(row[0]): (row[1], max(0.0, row[2])) for row in await connection.execute(found)}


async def _characters(connection: AsyncConnection, query: CallQuery, since: datetime) -> dict[date, int]:
    """How much was said, by day."""
    calls, messages = tables.calls, tables.messages
    day = _day(connection, calls.c.started_at)
    said = (
        select(day, func.sum(func.length(messages.c.text)))
        .join(calls, calls.c.call_id == messages.c.call_id)
        .where(messages.c.persona == "assistant", messages.c.action == "talk")
        .where(calls.c.started_at >= since, *conditions(query))
        .group_by(day)
    )
    return {date.fromisoformat(row[0]): row[1] for row in await connection.execute(said)}


async def _tokens(connection: AsyncConnection, query: CallQuery, since: datetime) -> dict[date, int]:
    """What models were asked for, by day."""
    calls, usages = tables.calls, tables.usages
    day = _day(connection, calls.c.started_at)
    asked = (
        select(day, func.sum(usages.c.prompt_tokens + usages.c.completion_tokens))
        .join(calls, calls.c.call_id == usages.c.call_id)
        .where(calls.c.started_at >= since, *conditions(query))
        .group_by(day)
    )
    return {date.fromisoformat(row[0]): int(row[1]) for row in await connection.execute(asked)}


async def _bills(connection: AsyncConnection, query: CallQuery, since: datetime) -> dict[date, tuple[float, int]]:
    """What calls have cost in US dollars, and of how many that is known, by day."""
    calls, costs = tables.calls, tables.call_costs
    day = _day(connection, calls.c.started_at)
    usd = costs.c.telephone_usd + costs.c.hearing_usd + costs.c.speaking_usd + costs.c.models_usd
    kept = (
        select(day, func.sum(usd), func.count())
        .join(calls, calls.c.call_id == costs.c.call_id)
        .where(calls.c.started_at >= since, *conditions(query))
        .group_by(day)
    )
    return {date.fromisoformat(row[0]): (row[1], row[2]) for row in await connection.execute(kept)}


def _day(connection: AsyncConnection, moment: Column[Any]) -> ColumnElement[str]:
    """The day of a moment in UTC, as YYYY-MM-DD; PostgreSQL would take the zone of the session."""
    if connection.dialect.name == "sqlite":
        return func.strftime("%Y-%m-%d", moment, type_=String)
    return func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD", type_=String)


def _seconds(connection: AsyncConnection, moment: Column[Any]) -> ColumnElement[float]:
    """A moment in seconds since some other, with fractions."""
    if connection.dialect.name == "sqlite":
        return func.julianday(moment, type_=Float) * 86_400.0
    return cast(func.extract("epoch", moment), Float)
