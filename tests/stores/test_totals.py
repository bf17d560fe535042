"""What calls came to, by day, on each database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from stores.call_work import CallWork, CostRecord
from stores.database import Database
from stores.search import CallQuery
from stores.sql import SqlStore
from stores.totals import DayTotal, Totals
from tests.stores.contract import CALL

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
async def totals(database: Database) -> Totals:
    """Two calls on the second of March, one of them up, and one a second before."""
    store = SqlStore(database)
    for call_id, seconds, number in (("a", -1.0, "+331"), ("b", 0.0, "+331"), ("c", 3_600.0, "+49")):
        started_at = MIDNIGHT + timedelta(seconds=seconds)
        await store.add_call(replace(CALL, call_id=call_id, started_at=started_at, phone_number=number))
        if call_id != "c":
            await store.end_call(call_id, ended_at=started_at + timedelta(seconds=90.5), reason="x")
    await CallWork(database).keep_cost(CostRecord("b", MIDNIGHT, 1.5, 300, 30, 150, 6, 0.02, 0.03, 0.04, 0.06))
    return Totals(database)


async def test_calls_are_summed_by_the_day_on_which_they_began(totals: Totals) -> None:
    """In UTC, the latest day first; a call that is up has no length yet, and no bill."""
    second, first = await totals.by_day(CallQuery())
    assert (second.day, second.calls, second.spoken_characters) == (date(2026, 3, 2), 2, 6)
    assert second.seconds == pytest.approx(90.5, abs=0.01)
    assert (second.tokens, second.billed_calls) == (330, 1)
    assert second.usd == pytest.approx(0.15)
    assert (first.day, first.calls) == (date(2026, 3, 1), 1)


async def test_only_what_is_looked_for_is_summed(totals: Totals) -> None:
    """As the search finds it; of calls without a bill nothing is invented."""
    assert await totals.by_day(CallQuery(number_prefix="+49")) == (DayTotal(date(2026, 3, 2), 1, 0.0),)
    assert await totals.by_day(CallQuery(number_prefix="+1")) == ()


async def test_only_the_latest_days_are_summed(totals: Totals) -> None:
    """As many as are asked for."""
    assert [total.day for total in await totals.by_day(CallQuery(), days=1)] == [date(2026, 3, 2)]
    assert await totals.by_day(CallQuery(), days=0) == ()
