"""What calls cost, by day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from calls.costs import Prices
from calls.daily_costs import DailyCosts, days
from stores.archive import Archive
from stores.database import Database
from stores.sql import SqlStore
from tests.stores.contract import CALL

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


async def test_calls_are_summed_by_the_day_of_their_beginning(database: Database) -> None:
    """The last moment of a day belongs to it; a call that is up counts until now; days without calls are left out."""
    store = SqlStore(database)
    begun = {"a": NOON, "b": NOON.replace(hour=23, minute=59, second=59), "c": NOON + timedelta(days=2)}
    for call_id, started_at in begun.items():
        await store.add_call(replace(CALL, call_id=call_id, started_at=started_at))
        await store.append_message(call_id, said_at=started_at, persona="assistant", text="Hi.")
        if call_id != "c":
            await store.end_call(call_id, ended_at=started_at + timedelta(minutes=5), reason="caller_hung_up")
    costs = DailyCosts(Archive(database, batch_calls=2), Prices(), utc_now=lambda: NOON + timedelta(days=2, minutes=1))
    first, third = await costs.of(date(2026, 3, 1), date(2026, 3, 3))
    assert (first.day, first.calls, third.day, third.calls) == (date(2026, 3, 1), 2, date(2026, 3, 3), 1)
    assert [item.quantity for item in first.cost.items] == [10.0, 10.0, 6]
    assert third.cost.items[0].quantity == 1.0
    assert await costs.of(date(2026, 3, 2), date(2026, 3, 2)) == []


def test_days_are_whole() -> None:
    """From midnight to midnight, in UTC."""
    period = days(date(2026, 3, 1), date(2026, 3, 1))
    assert (period.start, period.end) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
    assert days(None, None).start is days(None, None).end is None
    assert days(None, date.max).end is None
