"""Processes that share a store are replicas of each other."""

import asyncio
from contextlib import AsyncExitStack

from assembly.replicas import among_replicas, build_nudges, enter_replicas
from calls.elsewhere import Elsewhere
from calls.live import LiveCalls
from calls.settings import LiveCallsSettings
from stores.database import Database
from stores.records import CallRecord, Direction
from tests.support.telephone import NOW, FakeControl, Notes


async def test_they_have_names_of_their_own_and_one_key(database_url: str) -> None:
    """A call of one is elsewhere for the other, and its address is known to both."""
    async with AsyncExitStack() as stack:
        databases = [await Database.open(database_url) for _ in range(2)]
        for database in databases:
            stack.push_async_callback(database.close)
        one, two = [await enter_replicas(database, stack) for database in databases]
        plain = LiveCallsSettings(public_url="http://bot.example")
        settings = [
            await among_replicas(plain, database, presence)
            for database, presence in zip(databases, (one, two), strict=True)
        ]
        assert settings[0].address_key == settings[1].address_key != b""
        assert settings[0].replica_id == one.replica_id != two.replica_id
        assert settings[0].address_key not in repr(settings[0]).encode()
        clock, notes, nudges = asyncio.get_running_loop().time, Notes(), build_nudges(databases[0])
        live_calls = LiveCalls(FakeControl(), notes, notes, settings[0], clock=clock, utc_now=lambda: NOW)
        elsewhere = Elsewhere(one.replica_id, live_calls, nudges)
        call = CallRecord("c", Direction.INBOUND, "", NOW, replica_id=two.replica_id)
        assert elsewhere.holds(call)
