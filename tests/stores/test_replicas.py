"""Calls of replicas that are gone do not stay up for ever."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from stores.database import Database
from stores.records import REPLICA_LOST, CallRecord
from stores.replicas import Replicas
from stores.sql import SqlStore
from tests.stores.contract import CALL, at

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def replicas(database: Database) -> Replicas:
    """Two replicas, each with a call that is up; the first has one that is over."""
    store, replicas = SqlStore(database), Replicas(database)
    for replica_id in ("one", "two"):
        await replicas.seen(replica_id, now=at(0))
        await store.add_call(replace(CALL, call_id=f"of-{replica_id}", replica_id=replica_id))
    await store.add_call(replace(CALL, call_id="over", replica_id="one"))
    await store.end_call("over", ended_at=at(5), reason="caller_hung_up")
    return replicas


async def closed(replicas: Replicas, seconds: float) -> Sequence[str]:
    """What is found to be lost then."""
    return await replicas.close_lost(now=at(seconds), unseen_for=MINUTE)


async def call(database: Database, call_id: str) -> CallRecord:
    """As it is kept."""
    history = await SqlStore(database).history(call_id)
    assert history is not None
    return history.call


async def test_a_replica_that_is_silent_is_lost(replicas: Replicas, database: Database) -> None:
    """Its calls end when it was last seen, once; those of the others stay up."""
    await replicas.seen("one", now=at(30))
    await replicas.seen("two", now=at(90))
    assert await closed(replicas, 89) == []
    assert await closed(replicas, 91) == ["of-one"]
    assert await closed(replicas, 92) == []
    lost = await call(database, "of-one")
    assert (lost.ended_at, lost.end_reason) == (at(30), REPLICA_LOST)
    assert (await call(database, "of-two")).is_live
    assert (await call(database, "over")).end_reason == "caller_hung_up"


async def test_a_replica_that_left_holds_no_calls(replicas: Replicas, database: Database) -> None:
    """What it could not end any more has ended, at once."""
    await replicas.left("one")
    assert await closed(replicas, 1) == ["of-one"]
    assert (await call(database, "of-one")).ended_at == at(0)


async def test_two_notice_it_at_once(replicas: Replicas, database: Database) -> None:
    """One of them ends the call: work that follows is done once."""
    async with asyncio.TaskGroup() as tasks:
        noticing = [tasks.create_task(closed(Replicas(database), 999)) for _ in range(4)]
    assert sorted(call_id for task in noticing for call_id in task.result()) == ["of-one", "of-two"]


async def test_a_replica_that_comes_back_tells_the_true_end(replicas: Replicas, database: Database) -> None:
    """It was busy, not gone: the call went on, and its end is its own."""
    await closed(replicas, 999)
    await replicas.seen("one", now=at(1_000))
    await SqlStore(database).end_call("of-one", ended_at=at(1_100), reason="caller_hung_up")
    assert (await call(database, "of-one")).end_reason == "caller_hung_up"
    assert await closed(replicas, 1_001) == []


async def test_calls_of_older_versions(database: Database) -> None:
    """They told no replica: they are up as long as a call can last."""
    await SqlStore(database).add_call(CALL)
    replicas = Replicas(database)
    assert await closed(replicas, 23 * 3_600) == []
    assert await closed(replicas, 25 * 3_600) == ["call-1"]


async def test_a_key_is_made_once_for_all(database: Database) -> None:
    """Replicas that ask at once get the same; another name is another key."""
    async with asyncio.TaskGroup() as tasks:
        asking = [tasks.create_task(Replicas(database).shared_key("one")) for _ in range(3)]
    (key,) = {task.result() for task in asking}
    assert len(key) == 32
    assert await Replicas(database).shared_key("two") != key
