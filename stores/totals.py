"""What calls came to, day by day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Column, ColumnElement, Float, String, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import tables
from stores.database import Database
from stores.search import CallQuery, conditions


@dataclass(frozen=True, slots=True)
class ModelTotal:
    """What one language model was asked for, in tokens."""

    model: str
    requests: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    estimated_requests: int = 0
    """Those of which the service told nothing."""


@dataclass(frozen=True, slots=True)
class DayTotal:
    """The calls that began on one day, in UTC."""

    day: date
    calls: int
    seconds: float
    """Of those that are over, together."""
    spoken_characters: int = 0
    """That the assistant said and callers heard, together."""
    models: tuple[ModelTotal, ...] = ()
    """By name."""


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
            models = await _models(connection, query, since)
            return tuple(
                DayTotal(day, calls, seconds, characters.get(day, 0), tuple(models[day]))
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


async def _models(connection: AsyncConnection, query: CallQuery, since: datetime) -> dict[date, list[ModelTotal]]:
    """What models were asked for, by day."""
    calls, usages = tables.calls, tables.usages
    day = _day(connection, calls.c.started_at)
    asked = (
        select(
            day,
            usages.c.model,
            func.count(),
            func.sum(usages.c.prompt_tokens),
            func.sum(usages.c.completion_tokens),
            func.sum(usages.c.cached_tokens),
            func.sum(case((usages.c.is_estimated, 1), else_=0)),
        )
        .join(calls, calls.c.call_id == usages.c.call_id)
        .where(calls.c.started_at >= since, *conditions(query))
        .group_by(day, usages.c.model)
        .order_by(usages.c.model)
    )
    models: defaultdict[date, list[ModelTotal]] = defaultdict(list)
    for row in await connection.execute(asked):
        models[date.fromisoformat(row[0])].append(ModelTotal(row[1], *(int(each) for each in row[2:])))
    return models


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
