"""A replica says that it is alive, and ends the calls of those that are not."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from calls.presence import Presence
from stores.database import Database
from stores.errors import StoreUnavailable
from stores.records import REPLICA_LOST
from stores.replicas import Replicas
from stores.sql import SqlStore
from tests.stores.contract import CALL, START


class Hours:
    """The time of day, and pauses that end when the test says so."""

    def __init__(self) -> None:
        self.now = START
        self.pauses: list[float] = []
        self._beats = asyncio.Semaphore(0)
        self._paused = asyncio.Event()

    def utc_now(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._paused.set()
        await self._beats.acquire()

    async def paused(self) -> None:
        """Wait for the next pause."""
        async with asyncio.timeout(20):
            await self._paused.wait()
        self._paused.clear()

    async def pass_by(self, seconds: float) -> None:
        """Let so much time pass, and a beat be done."""
        self.now += timedelta(seconds=seconds)
        self._beats.release()
        await self.paused()


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[SqlStore]:
    """With a call of a replica that was seen at the start of the test."""
    store = SqlStore(await Database.open(sqlite_url))
    await Replicas(store.database).seen("other", now=START)
    await store.add_call(replace(CALL, replica_id="other"))
    yield store
    await store.close()


def presence(replicas: Replicas, hours: Hours, on_lost: Callable[[Sequence[str]], object]) -> Presence:
    """Of the replica "me"."""
    return Presence("me", replicas, utc_now=hours.utc_now, on_lost=on_lost, sleep=hours.sleep)


async def test_calls_of_a_replica_that_is_gone_are_ended(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    """Once it was silent for a minute; told once. Our own calls stay up as long as we are there."""
    hours, lost = Hours(), list[str]()
    async with presence(Replicas(store.database), hours, lost.extend):
        await hours.paused()
        await store.add_call(replace(CALL, call_id="mine", replica_id="me"))
        for _ in range(6):
            await hours.pass_by(10)
        assert lost == []
        await hours.pass_by(10)
        await hours.pass_by(600)
        assert lost == ["call-1"]
        assert "event=call_lost call_id=call-1" in caplog.text
        assert set(hours.pauses) == {10.0}
    history = await store.history("call-1")
    assert history is not None
    assert (history.call.end_reason, history.call.ended_at) == (REPLICA_LOST, START)
    mine = await store.history("mine")
    assert mine is not None
    assert mine.call.is_live


async def test_who_leaves_holds_no_calls(store: SqlStore) -> None:
    """What was still up is found to be lost by the next who looks, without waiting."""
    async with presence(Replicas(store.database), Hours(), lambda _: None):
        await store.add_call(replace(CALL, call_id="mine", replica_id="me"))
    assert await Replicas(store.database).close_lost(now=START, unseen_for=timedelta(hours=1)) == ["mine"]


async def test_a_store_that_is_away_does_not_end_it(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    """It goes on with the next beat, and leaves in peace."""

    class Shaky(Replicas):
        is_away = False

        async def seen(self, replica_id: str, *, now: datetime) -> None:
            if self.is_away:
                raise StoreUnavailable("away")
            await super().seen(replica_id, now=now)

        async def left(self, replica_id: str) -> None:
            raise StoreUnavailable("away")

    hours, lost, shaky = Hours(), list[str](), Shaky(store.database)
    async with presence(shaky, hours, lost.extend):
        await hours.paused()
        shaky.is_away = True
        await hours.pass_by(100)
        assert lost == []
        assert "event=presence_unknown error=StoreUnavailable" in caplog.text
        shaky.is_away = False
        for _ in range(7):
            await hours.pass_by(10)
        assert lost == ["call-1"]


async def test_who_heard_nobody_for_long_lets_the_others_speak_first(store: SqlStore) -> None:
    """When the store was away for all, or we ourselves stood still, the silence of the others tells nothing."""
    hours, lost, replicas = Hours(), list[str](), Replicas(store.database)
    async with presence(replicas, hours, lost.extend):
        await hours.paused()
        await hours.pass_by(100)
        assert lost == []
        await replicas.seen("other", now=hours.now)
        for _ in range(6):
            await hours.pass_by(10)
        assert lost == []
        await hours.pass_by(10)
        assert lost == ["call-1"]
