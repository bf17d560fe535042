"""The calls of a period are read whole, in order, and in batches."""

from dataclasses import replace

import pytest

from stores.archive import Archive, Period
from stores.database import Database
from stores.records import CallHistory, UsageRecord
from stores.sql import SqlStore
from tests.stores.contract import CALL, at


@pytest.fixture
async def archive(database: Database) -> Archive:
    """Six calls, two of which begin at one moment; the first is up. Two are in memory at once."""
    store = SqlStore(database)
    for i in range(6):
        await store.add_call(replace(CALL, call_id=f"call-{i}", started_at=at(min(i, 4))))
        await store.append_message(f"call-{i}", said_at=at(i), persona="assistant", text=f"Hello {i}.")
        await store.append_usage(UsageRecord(f"call-{i}", 0, at(i), "small", 10, 2))
        if i:
            await store.end_call(f"call-{i}", ended_at=at(60), reason="caller_hung_up")
    return Archive(database, batch_calls=2)


async def test_whole_calls_come_in_order(archive: Archive) -> None:
    """Each once, with all that belongs to it; one that is up is left out."""
    batches = [batch async for batch in archive.whole(Period())]
    assert all(len(batch) <= 2 for batch in batches)
    found = [history for batch in batches for history in batch]
    assert [each.call.call_id for each in found] == ["call-1", "call-2", "call-3", "call-4", "call-5"]
    assert [each.messages[0].text for each in found] == [f"Hello {i}." for i in range(1, 6)]
    assert found[0].usages[0].prompt_tokens == 10
    assert await archive.count(Period()) == 5


async def test_a_period_has_its_first_moment_and_not_its_last(archive: Archive) -> None:
    """So that periods that follow each other have each call once."""
    period = Period(at(1), at(4))
    assert [each.call.call_id async for batch in archive.whole(period) for each in batch] == [
        "call-1",
        "call-2",
        "call-3",
    ]
    assert await archive.count(period) == 3
    assert [batch async for batch in archive.whole(Period(at(90)))] == []


async def test_what_costs_money(archive: Archive) -> None:
    """A call that is up is among them; what costs nothing is not read."""
    found: list[CallHistory] = [each async for batch in archive.billable(Period(end=at(2))) for each in batch]
    assert [each.call.call_id for each in found] == ["call-0", "call-1"]
    assert found[0].messages[0].text == "Hello 0."
    assert found[0].usages[0].completion_tokens == 2
