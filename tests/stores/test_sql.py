"""The store passes its contract on each database, and what is its own on SQLite."""

import asyncio
import contextlib
import sqlite3
import traceback
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from stores.errors import StoreError, StoreUnavailable
from stores.sql import SqlStore
from stores.store import Store
from tests.stores.contract import CALL, OpenStore, StoreContract, at


@contextlib.asynccontextmanager
async def opener(url: str) -> AsyncIterator[OpenStore]:
    """Opens stores on one database; closes them at the end."""
    opened: list[SqlStore] = []

    async def open_one() -> Store:
        opened.append(await SqlStore.open(url))
        return opened[-1]

    yield open_one
    for store in opened:
        await store.close()


@pytest.fixture
async def open_store(sqlite_url: str) -> AsyncIterator[OpenStore]:
    """Stores on one file."""
    async with opener(sqlite_url) as open_one:
        yield open_one


class TestContractOnSqlite(StoreContract):
    """The contract, on SQLite."""


class TestContractOnPostgres(StoreContract):
    """The contract, on PostgreSQL."""

    @pytest.fixture
    async def open_store(self, postgres_url: str) -> AsyncIterator[OpenStore]:
        """Stores on one database."""
        async with opener(postgres_url) as open_one:
            yield open_one


async def test_the_folder_is_created(tmp_path: Path) -> None:
    """A path whose folders do not exist yet is made, whichever way the driver is named."""
    for driver in ("sqlite", "sqlite+aiosqlite"):
        store = await SqlStore.open(f"{driver}:///{tmp_path}/{driver}/deep/antiphon.db")
        await store.ping()
        await store.close()
        assert (tmp_path / driver / "deep" / "antiphon.db").is_file()


async def test_a_store_that_is_closed_and_opened_again_has_everything(open_store: OpenStore) -> None:
    """What was committed is in the file."""
    first = await open_store()
    await first.add_call(CALL)
    await first.close()
    history = await (await open_store()).history("call-1")
    assert history is not None
    assert history.call == CALL


async def test_the_database_has_a_write_ahead_log(open_store: OpenStore, tmp_path: Path) -> None:
    """Readers do not block the writer: the file is in WAL mode."""
    await open_store()
    with closing(sqlite3.connect(tmp_path / "data" / "antiphon.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_reader_in_the_middle_does_not_stop_a_writer(open_store: OpenStore, tmp_path: Path) -> None:
    """A long read of another process leaves the store writable."""
    store = await open_store()
    await store.add_call(CALL)
    with closing(sqlite3.connect(tmp_path / "data" / "antiphon.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM calls").fetchall()
        await store.append_message("call-1", said_at=at(1), persona="caller", text="Hi.")


async def test_a_writer_waits_for_another_process(open_store: OpenStore, tmp_path: Path) -> None:
    """A lock held elsewhere delays the append and does not fail it."""
    store = await open_store()
    await store.add_call(CALL)
    with closing(sqlite3.connect(tmp_path / "data" / "antiphon.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.TaskGroup() as group:
            appending = group.create_task(store.append_message("call-1", said_at=at(1), persona="caller", text="Hi."))
            await store.ping()  # a full round trip: by now the append has met the lock
            assert not appending.done()
            other.execute("COMMIT")
    history = await store.history("call-1")
    assert history is not None
    assert len(history.messages) == 1


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file where the folder should be is an unavailable store, not a crash."""
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreUnavailable):
        await SqlStore.open(f"sqlite:///{tmp_path}/data/antiphon.db")


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Whatever lies there is refused, and left alone."""
    path = tmp_path / "antiphon.db"
    path.write_text("certainly not a database " * 100)
    with pytest.raises(StoreError):
        await SqlStore.open(f"sqlite:///{path}")
    assert path.read_text().startswith("certainly")


async def test_a_database_that_breaks_is_unavailable(open_store: OpenStore, tmp_path: Path) -> None:
    """A failing statement becomes the store's own error, and what was said stays out of it."""
    store = await open_store()
    await store.add_call(CALL)
    with closing(sqlite3.connect(tmp_path / "data" / "antiphon.db", isolation_level=None)) as other:
        other.execute("ALTER TABLE messages RENAME TO lost")
    said = "".join(["sec", "ret"])  # not in this source, which the traceback quotes
    with pytest.raises(StoreUnavailable) as raised:
        await store.append_message("call-1", said_at=at(1), persona="caller", text=said)
    assert said not in "".join(traceback.format_exception(raised.value))
