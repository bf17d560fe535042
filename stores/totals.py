"""What calls came to, day by day."""

from dataclasses import dataclass
from datetime import date
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
    billed_calls: int = 0
    """Those whose bill is made, as it is a moment after a call: what follows is of these."""
    spoken_characters: int = 0
    """That the voice was given."""
    tokens: int = 0
    """Of prompts and completions."""
    usd: float = 0.0


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
        calls, costs = tables.calls, tables.call_costs

        async def work(connection: AsyncConnection) -> tuple[DayTotal, ...]:
            day = _day(connection, calls.c.started_at)
            seconds = _seconds(connection, calls.c.ended_at) - _seconds(connection, calls.c.started_at)
            tokens = costs.c.prompt_tokens + costs.c.completion_tokens
            usd = costs.c.telephone_usd + costs.c.hearing_usd + costs.c.speaking_usd + costs.c.models_usd
            sums = [func.coalesce(func.sum(each), 0) for each in (seconds, costs.c.spoken_characters, tokens, usd)]
            # Bills alone: to add up every message and request takes ten times as long, for each look at the list.
            summed = (
                select(day, func.count(), func.count(costs.c.call_id), *sums)
                .outerjoin_from(calls, costs, costs.c.call_id == calls.c.call_id)
                .where(*conditions(query))
                .group_by(day)
                .order_by(day.desc())
                .limit(max(0, days))
            )
            return tuple(_total(row) for row in await connection.execute(summed))

        return await self._database.read(work)


def _total(row: Any) -> DayTotal:
    day, calls, billed, seconds, characters, tokens, usd = row
    lasted = max(0.0, float(seconds))  # a clock may have been set back
    return DayTotal(date.fromisoformat(day), calls, lasted, billed, int(characters), int(tokens), float(usd))


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
