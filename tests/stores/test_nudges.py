"""Events reach the replica that holds their call, each once and in order: one contract for both bells."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import tables
from stores.bells import LocalBell, bell_of
from stores.database import Database
from stores.errors import StoreError, StoreUnavailable
from stores.nudges import Nudges
from stores.records import CallEventRecord
from stores.sql import SqlStore
from tests.stores.contract import CALL, at

LONG_S = 600.0
"""Nobody looks for themselves: what arrives came with a nudge."""
PATIENCE_S = 20.0

_log = logging.getLogger(__name__)


class Replica:
    """Holds calls and notes what it takes."""

    def __init__(self, name: str, *held: str) -> None:
        self.name = name
        self.held: Collection[str] = held
        self.taken: list[CallEventRecord] = []
        self.arrived_at: list[float] = []

    @property
    def texts(self) -> list[Any]:
        """What was in the events."""
        return [event.payload["text"] for event in self.taken]

    def take(self, event: CallEventRecord) -> None:
        self.taken.append(event)
        self.arrived_at.append(time.perf_counter())

    async def has(self, count: int) -> None:
        """Wait until so many were taken."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.taken) < count:
                await asyncio.sleep(0.002)

    @contextlib.asynccontextmanager
    async def listening(self, nudges: Nudges) -> AsyncIterator[None]:
        """Take events meanwhile."""
        async with asyncio.TaskGroup() as tasks:
            delivering = tasks.create_task(nudges.deliver(self.name, holds=lambda: self.held, take=self.take))
            yield
            delivering.cancel()


OpenNudges = Callable[..., Awaitable[Nudges]]


@pytest.fixture
async def open_nudges(database_url: str) -> AsyncIterator[OpenNudges]:
    """Opens the nudges of one replica after the other, each on connections of its own; by file they share the bell."""
    local, opened = LocalBell(), list[Database]()

    async def open_one(*, poll_s: float = LONG_S) -> Nudges:
        opened.append(await Database.open(database_url))
        bell = bell_of(opened[-1])
        return Nudges(opened[-1], local if isinstance(bell, LocalBell) else bell, utc_now=lambda: at(0), poll_s=poll_s)

    yield open_one
    for database in opened:
        await database.close()


async def test_an_event_reaches_the_replica_that_holds_the_call(open_nudges: OpenNudges) -> None:
    """Whoever publishes it; the others see nothing of it."""
    one, two = Replica("one", "call-1"), Replica("two", "call-2")
    first, second = await open_nudges(), await open_nudges()
    async with one.listening(first), two.listening(second):
        for nudges in (first, second):
            for call_id in ("call-1", "call-2"):
                await nudges.publish(call_id, "sms", {"text": call_id})
        await one.has(2)
        await two.has(2)
    assert (one.texts, two.texts) == (["call-1"] * 2, ["call-2"] * 2)
    assert one.taken[0] == CallEventRecord(one.taken[0].event_id, "call-1", "sms", {"text": "call-1"}, at(0))


async def test_many_events_from_two_sides_arrive_once_and_in_order(open_nudges: OpenNudges) -> None:
    """Of each publisher in its order; how long they took is logged (--log-cli-level=INFO) and not judged."""
    holder, publishers = Replica("holder", "call-1"), [await open_nudges(), await open_nudges()]
    sent_at: dict[int, float] = {}

    async def publish(name: int) -> None:
        for number in range(25):
            began = time.perf_counter()
            event = await publishers[name].publish("call-1", "sms", {"text": f"{name}.{number}"})
            assert event is not None
            sent_at[event.event_id] = began

    async with holder.listening(await open_nudges()):
        async with asyncio.TaskGroup() as tasks:
            for name in range(2):
                tasks.create_task(publish(name))
        await holder.has(50)
    for name in range(2):
        assert [text for text in holder.texts if text.startswith(f"{name}.")] == [f"{name}.{n}" for n in range(25)]
    assert [event.event_id for event in holder.taken] == sorted(sent_at)
    took = sorted(
        (arrived - sent_at[event.event_id]) * 1000
        for event, arrived in zip(holder.taken, holder.arrived_at, strict=True)
    )
    _log.info("from publishing to taking: median %.1f ms, longest %.1f ms", took[25], took[-1])


async def test_what_has_a_key_is_handled_once(open_nudges: OpenNudges) -> None:
    """By whichever replica it comes to, published or not; a key is long known, and then forgotten."""
    one, two = await open_nudges(), await open_nudges()
    assert await one.publish("call-1", "sms", {}, key="a" * 400) is not None
    assert await two.publish("call-1", "sms", {}, key="a" * 400) is None
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(nudges.is_first("b")) for nudges in (one, two, one)]
    assert sorted(task.result() for task in asked) == [False, False, True]
    assert await one.publish("call-1", "sms", {}, key="b") is None
    await one.forget(at(0))
    assert not await two.is_first("b")
    await one.forget(at(1))
    assert await two.is_first("b")


async def test_what_came_while_nobody_listened_is_taken_later(open_nudges: OpenNudges) -> None:
    """A replica that begins to listen looks first."""
    nudges = await open_nudges()
    await nudges.publish("call-1", "sms", {"text": "early"})
    one = Replica("one", "call-1")
    async with one.listening(await open_nudges()):
        await one.has(1)
    async with one.listening(await open_nudges()):
        await nudges.publish("call-1", "sms", {"text": "late"})
        await one.has(2)
    assert one.texts == ["early", "late"]


async def test_nothing_is_lost_with_a_nudge(open_nudges: OpenNudges) -> None:
    """A call that comes up after its event was published gets it when its replica looks for itself."""
    one, nudges = Replica("one"), await open_nudges(poll_s=0.01)
    async with one.listening(nudges):
        await nudges.publish("call-1", "sms", {"text": "early"})
        one.held = ("call-1",)
        await one.has(1)


async def test_nobody_is_nudged_for_what_was_undone(open_nudges: OpenNudges, database: Database) -> None:
    """What cannot be kept is not told either."""
    one, nudges = Replica("one", "call-1"), await open_nudges()
    async with one.listening(nudges):
        with pytest.raises((StoreError, TypeError)):
            await nudges.publish("call-1", "sms", {"text": object()})
        await nudges.publish("call-1", "sms", {"text": "good"})
        await one.has(1)
    assert one.texts == ["good"]


async def test_an_event_that_nobody_claims_is_kept_and_reported(open_nudges: OpenNudges, database: Database) -> None:
    """Once, when it has waited and its call is over or unknown; one of a call that is up goes on waiting."""
    nudges, store = await open_nudges(), SqlStore(database)
    for call_id in ("over", "up"):
        await store.add_call(replace(CALL, call_id=call_id))
    await store.end_call("over", ended_at=at(9), reason="caller_hung_up")
    published = [await nudges.publish(call_id, "sms", {"text": call_id}) for call_id in ("over", "up", "unknown")]
    assert await nudges.settle_unclaimed(older_than=timedelta(seconds=1)) == []
    assert await nudges.settle_unclaimed(older_than=timedelta(seconds=-1)) == [published[0], published[2]]
    assert await nudges.settle_unclaimed(older_than=timedelta(seconds=-1)) == []
    late = Replica("late", "over", "up")
    async with late.listening(nudges):
        await late.has(1)
    assert late.texts == ["up"]
    assert await nudges.forget(at(0)) == 0
    assert await nudges.forget(at(1)) == 3


@pytest.mark.parametrize("is_done", [False, True])
async def test_a_store_that_fails_amid_a_look(database: Database, is_done: bool) -> None:
    """Whether the mark was set before it failed or not: the event is taken once."""

    class Failing(Database):
        """Fails at its first write, before or after it is done."""

        fails = True

        async def write(self, work: Callable[[AsyncConnection], Any]) -> Any:
            if not self.fails:
                return await super().write(work)
            self.fails = False
            if is_done:
                await super().write(work)
            raise StoreUnavailable("away")

    await Nudges(database, LocalBell(), utc_now=lambda: at(0)).publish("call-1", "sms", {"text": "once"})
    failing, one = Failing(database.backend, database.backend.async_engine()), Replica("one", "call-1")
    nudges = Nudges(failing, LocalBell(), utc_now=lambda: at(0), poll_s=0.01)
    async with one.listening(nudges):
        await one.has(1)
        await asyncio.sleep(0.05)
    assert one.texts == ["once"]
    settled = select(tables.call_events.c.outcome)
    assert await database.read(lambda connection: connection.scalar(settled)) == "delivered"
    await failing.close()


async def test_processes_that_share_a_file_find_each_others_events(sqlite_url: str) -> None:
    """No bell reaches the other process: it looks for itself."""
    here, there = await Database.open(sqlite_url), await Database.open(sqlite_url)
    one = Replica("one", "call-1")
    async with one.listening(Nudges(there, LocalBell(), utc_now=lambda: at(0), poll_s=0.01)):
        await Nudges(here, LocalBell(), utc_now=lambda: at(0)).publish("call-1", "sms", {"text": "over there"})
        await one.has(1)
    for database in (here, there):
        await database.close()


async def test_a_listener_that_was_cut_off_listens_again(postgres_url: str) -> None:
    """And takes what was published meanwhile, without looking for itself."""
    here, there = await Database.open(postgres_url), await Database.open(postgres_url)
    one = Replica("one", "call-1")
    publisher = Nudges(here, bell_of(here), utc_now=lambda: at(0))
    listening = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'"
    )
    async with one.listening(Nudges(there, bell_of(there), utc_now=lambda: at(0), poll_s=LONG_S)):
        await publisher.publish("call-1", "sms", {"text": "0"})
        await one.has(1)
        for number in (1, 2):
            assert await here.write(lambda connection: connection.scalar(listening)) == 1
            await publisher.publish("call-1", "sms", {"text": str(number)})
            await one.has(number + 1)
    assert one.texts == ["0", "1", "2"]
    for database in (here, there):
        await database.close()
