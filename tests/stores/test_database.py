"""Transactions are whole, are done again where they met another, and fail with the store's own errors."""

import asyncio
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from stores.backend import backend_of
from stores.database import Database
from stores.errors import StoreError, StoreUnavailable
from stores.rows import lock_call
from stores.sql import SqlStore
from tests.stores.contract import CALL

_CUT_THE_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
async def database(database: Database) -> Database:
    """A database of each kind, with two calls."""
    for call_id in ("call-1", "call-2"):
        await SqlStore(database).add_call(replace(CALL, call_id=call_id))
    return database


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[Database]:
    """A PostgreSQL database with two calls."""
    database = await Database.open(postgres_url)
    for call_id in ("call-1", "call-2"):
        await SqlStore(database).add_call(replace(CALL, call_id=call_id))
    yield database
    await database.close()


async def rename(connection: AsyncConnection) -> None:
    """A change that is easy to see."""
    await connection.execute(text("UPDATE calls SET caller_language = 'fr'"))


async def languages(database: Database) -> set[str]:
    """What was changed."""
    return set(await database.read(lambda connection: connection.scalars(text("SELECT caller_language FROM calls"))))


async def test_what_fails_half_way_leaves_nothing(database: Database) -> None:
    """Our own error comes out as it is."""

    async def work(connection: AsyncConnection) -> None:
        await rename(connection)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(work)
    assert await languages(database) == {""}
    await database.write(rename)
    assert await languages(database) == {"fr"}


async def test_a_name_is_held_by_one_writer_at_a_time(database: Database, database_url: str) -> None:
    """A second process waits for the end of the transaction."""
    other = await Database.open(database_url)
    order: list[str] = []
    is_held = asyncio.Event()

    async def first(connection: AsyncConnection) -> None:
        await database.lock(connection, "name")
        is_held.set()
        for _ in range(3):
            await connection.execute(text("SELECT 1"))
        order.append("first")

    async def second(connection: AsyncConnection) -> None:
        await other.lock(connection, "name")
        order.append("second")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(database.write(first))
        await is_held.wait()
        tasks.create_task(other.write(second))
    assert order == ["first", "second"]
    await other.close()


async def test_what_was_deleted_is_nowhere(sqlite_url: str) -> None:
    """Neither in the file nor in its log."""
    database = await Database.open(sqlite_url)
    word = "".join(["Zanz", "ibar"])
    await SqlStore(database).add_call(replace(CALL, end_reason=word))
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    assert word.encode() in b"".join(path.read_bytes() for path in folder.iterdir())
    await database.write(lambda connection: connection.execute(text("DELETE FROM calls")))
    await database.scrub()
    assert word.encode() not in b"".join(path.read_bytes() for path in folder.iterdir())
    await database.close()


async def test_a_database_that_is_closed_says_so(database: Database) -> None:
    """As often as it is asked."""
    await database.close()
    await database.close()
    with pytest.raises(StoreUnavailable):
        await database.write(rename)


async def test_two_that_wait_for_each_other_are_both_done(postgres: Database) -> None:
    """PostgreSQL undoes one of them, and it is done again."""
    meeting, attempts = asyncio.Barrier(2), 0

    async def work(connection: AsyncConnection, *, order: tuple[str, str]) -> None:
        nonlocal attempts
        attempts += 1
        await lock_call(connection, order[0])
        if attempts <= 2:
            await meeting.wait()
        await lock_call(connection, order[1])

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(postgres.write(partial(work, order=("call-1", "call-2"))))
        tasks.create_task(postgres.write(partial(work, order=("call-2", "call-1"))))
    assert attempts == 3


async def test_those_who_never_get_through_are_told(postgres_url: str) -> None:
    """After a few attempts, with pauses that grow."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    backend = backend_of(postgres_url)
    database = Database(backend, backend.async_engine(), sleep=sleep)

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(text("DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$"))

    with pytest.raises(StoreUnavailable):
        await database.write(work)
    assert len(pauses) == 5
    assert pauses[0] < pauses[-1]
    await database.close()


async def test_a_connection_that_was_cut_is_replaced(postgres: Database) -> None:
    """Whoever is cut in the middle is told; the next one notices nothing."""

    async def cut(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(StoreUnavailable):
        await postgres.write(cut)
    await postgres.write(rename)

    await postgres.write(lambda connection: connection.execute(_CUT_THE_OTHERS))
    assert await languages(postgres) == {"fr"}


async def test_a_server_that_only_reads_takes_no_changes(postgres: Database) -> None:
    """As after a failover: later there may be one that does."""

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(text("SET TRANSACTION READ ONLY"))
        await rename(connection)

    with pytest.raises(StoreUnavailable, match="no changes"):
        await postgres.write(work)


async def test_what_the_database_refuses(postgres: Database) -> None:
    """Is no matter of trying again; what was to be written stands in no text."""

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(text("UPDATE calls SET direction = :value"), {"value": "".join(["sec", "ret"] * 9)})

    with pytest.raises(StoreError) as raised:
        await postgres.write(work)
    assert not isinstance(raised.value, StoreUnavailable)
    assert isinstance(raised.value.__cause__, DBAPIError)
    assert "secretsecret" not in str(raised.value)
    assert raised.value.__cause__.hide_parameters


async def test_a_server_that_is_not_there(postgres_url: str) -> None:
    """Nobody waits for long."""
    with pytest.raises(StoreUnavailable):
        await Database.open(postgres_url.replace("host=/", "host=/nowhere/"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://amy:hidden-value@127.0.0.1:1/calls",
        "postgresql://amy:hid#den-value@127.0.0.1:1/calls",
        "postgresql://amy:hidden-value@127.0.0.1:1/calls?connect_timeout=soon",
        "postgresql://127.0.0.1:1/calls?password=hidden-value",
        "postgresql://amy:hidden-value@127.0.0.1:1",
        "oracle://amy:hidden-value@127.0.0.1:1/calls",
    ],
)
async def test_no_error_tells_the_password(url: str) -> None:
    """Nor what the error came from, which a traceback would print."""
    with pytest.raises(StoreError) as raised:
        await Database.open(url)
    assert "den-value" not in "".join(traceback.format_exception(raised.value, chain=True, limit=0))
