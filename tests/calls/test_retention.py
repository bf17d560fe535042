"""What is old is deleted every day."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from calls.deletion import Deletion
from calls.retention import Retention
from stores.bells import LocalBell
from stores.database import Database
from stores.erasure import Erasure
from stores.errors import StoreUnavailable
from stores.nudges import Nudges
from stores.router_history import RouterEventRecord, RouterHistory
from stores.sql import SqlStore
from tests.calls.test_presence import Hours
from tests.stores.contract import CALL, START


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[SqlStore]:
    """With a call that ended at the start of the test."""
    store = SqlStore(await Database.open(sqlite_url))
    await store.add_call(replace(CALL, ended_at=START, end_reason="caller_hung_up"))
    yield store
    await store.close()


def retention(store: SqlStore, hours: Hours, tmp_path: Path, keep_days: int, nudges: Nudges | None = None) -> Retention:
    """On the clock of the test."""
    nudges = nudges or Nudges(store.database, LocalBell(), utc_now=hours.utc_now)
    deletion = Deletion(Erasure(store.database), tmp_path)
    return Retention(deletion, nudges, keep_days=keep_days, utc_now=hours.utc_now, sleep=hours.sleep)


async def calls(store: SqlStore) -> int:
    """How many are kept."""
    return len(await store.latest_calls())


async def test_a_call_is_deleted_on_its_day(store: SqlStore, tmp_path: Path) -> None:
    """With its recording, when so many days have passed; one look a day."""
    hours = Hours()
    (tmp_path / "call-1.wav").touch()
    async with retention(store, hours, tmp_path, keep_days=2):
        await hours.paused()
        await hours.pass_by(2 * 86_400)
        assert await calls(store) == 1
        await hours.pass_by(1)
        assert await calls(store) == 0
    assert not (tmp_path / "call-1.wav").exists()
    assert set(hours.pauses) == {86_400.0}


async def test_what_a_router_keeps_of_no_call_is_deleted(
    store: SqlStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Older than calls may be: the rest stays."""
    hours, history = Hours(), RouterHistory(store.database, LocalBell())
    events = (("old", timedelta(days=2, seconds=1)), ("new", timedelta(days=1)))
    await history.append([RouterEventRecord(key, "", "WorkerRegistered", {}, hours.now - age) for key, age in events])
    with caplog.at_level(logging.INFO):
        async with retention(store, hours, tmp_path, keep_days=2):
            await hours.paused()
    assert [each.key for each in await history.events("")] == ["new"]
    assert "event=router_rows_deleted rows=1" in caplog.text


async def test_calls_may_be_kept_for_ever(store: SqlStore, tmp_path: Path) -> None:
    """That is what 0 says; events that were taken long ago are forgotten all the same."""
    hours = Hours()
    nudges = Nudges(store.database, LocalBell(), utc_now=hours.utc_now)
    await nudges.publish("gone", "message", {"text": "old"})
    await nudges.settle_unclaimed(older_than=timedelta(seconds=-1))
    async with retention(store, hours, tmp_path, keep_days=0):
        await hours.paused()
        await hours.pass_by(31 * 86_400)
    assert await calls(store) == 1
    assert await nudges.forget(hours.now) == 0


async def test_a_failure_is_made_up_for_in_an_hour(
    store: SqlStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A store that is away ends nothing."""

    class Shaky(Nudges):
        is_away = True

        async def forget(self, before: datetime) -> int:
            if self.is_away:
                raise StoreUnavailable("away")
            return await super().forget(before)

    hours = Hours()
    nudges = Shaky(store.database, LocalBell(), utc_now=hours.utc_now)
    async with retention(store, hours, tmp_path, keep_days=1, nudges=nudges):
        await hours.paused()
        nudges.is_away = False
        await hours.pass_by(86_401)
        assert await calls(store) == 0
    assert hours.pauses == [3_600.0, 86_400.0]
    assert "event=retention_failed error=StoreUnavailable" in caplog.text


async def test_leaving_ends_it_at_once(store: SqlStore, tmp_path: Path) -> None:
    """Whatever it is doing."""
    async with asyncio.timeout(20), retention(store, Hours(), tmp_path, keep_days=1):
        pass
