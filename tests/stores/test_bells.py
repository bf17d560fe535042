"""Bells are heard by those who listen, when what they tell of was committed."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from stores.backend import backend_of
from stores.bells import LocalBell, PostgresBell, bell_of
from stores.database import Database
from stores.postgres import Postgres


async def test_the_bell_of_a_database(database: Database) -> None:
    """PostgreSQL tells all its replicas; a file has those of one process."""
    assert isinstance(bell_of(database), PostgresBell if isinstance(database.backend, Postgres) else LocalBell)


async def test_who_listens_hears_the_call_after_the_commit(database: Database) -> None:
    """Not before it, and not after having left."""
    bell, heard = bell_of(database), asyncio.Queue[str]()
    if isinstance(bell, LocalBell):
        heard.put_nowait("")  # nobody can have missed anything

    async def undone(connection: AsyncConnection) -> None:
        await bell.ring(connection, "undone")
        raise LookupError

    async with bell.listening(heard.put_nowait):
        async with asyncio.timeout(20):
            assert await heard.get() == ""
            with pytest.raises(LookupError):
                await database.write(undone)
            await database.write(lambda connection: bell.ring(connection, "call-1"))
            bell.rung("call-1")
            assert await heard.get() == "call-1"
    await database.write(lambda connection: bell.ring(connection, "call-2"))
    bell.rung("call-2")
    assert heard.empty()


async def test_a_server_that_is_away_is_asked_again(postgres_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """With pauses that grow, and end; the log names neither users nor hosts."""
    pauses: list[float] = []
    enough = asyncio.Event()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 9:
            enough.set()
        await asyncio.sleep(0)

    backend = backend_of(postgres_url.replace("host=/", "host=/nowhere/"))
    assert isinstance(backend, Postgres)
    async with PostgresBell(backend, sleep=sleep).listening(lambda _: None), asyncio.timeout(20):
        await enough.wait()
    assert pauses[:3] == [0.05, 0.1, 0.2]
    assert pauses[8] == 5.0
    assert "nudges_interrupted error=OperationalError" in caplog.text
    assert "nowhere" not in caplog.text
