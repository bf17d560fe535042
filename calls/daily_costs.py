"""What calls cost, day by day (UTC, by the beginning of the call)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from calls.costs import Cost, Prices, call_cost, summed
from stores.archive import Archive, Period


@dataclass(frozen=True, slots=True)
class DayCost:
    """The calls that began on a day."""

    day: date
    calls: int
    cost: Cost


def days(first: date | None, last: date | None) -> Period:
    """The period of whole days, both among them; None is no border."""
    after = last + timedelta(days=1) if last is not None and last < date.max else None
    return Period(_midnight(first) if first else None, _midnight(after) if after else None)


class DailyCosts:
    """Sums up what calls cost. Every method may raise ``stores.errors.StoreError``.

    Args:
        archive: Where the calls are.
        prices: See there.
        utc_now: The time of day: calls that are up have cost something, too.
    """

    def __init__(self, archive: Archive, prices: Prices, *, utc_now: Callable[[], datetime]) -> None:
        self._archive = archive
        self._prices = prices
        self._utc_now = utc_now

    async def of(self, first: date, last: date) -> list[DayCost]:
        """Each day that had calls, in order; both days are among them."""
        found: dict[date, DayCost] = {}
        async for batch in self._archive.billable(days(first, last)):
            now = self._utc_now()
            for history in batch:
                day = history.call.started_at.astimezone(UTC).date()
                known = found.get(day, DayCost(day, 0, Cost()))
                cost = summed((known.cost, call_cost(history, self._prices, now)))
                found[day] = DayCost(day, known.calls + 1, cost)
        return [found[day] for day in sorted(found)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
