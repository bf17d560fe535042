"""SQLite made to behave: real transactions, waiting writers, readers that block nobody."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from stores.errors import StoreUnavailable

BUSY_TIMEOUT_MS = 5_000
"""How long a writer waits for another process before it gives up. A write takes about a
millisecond; only a stuck process holds the lock for longer."""
_PAUSE_MS = 20


class Sqlite:
    """A SQLite file; satisfies ``stores.backend.Backend``.

    Args:
        url: Any SQLite URL of a file, of whichever driver.
    """

    writers_queue = True
    """SQLite lets waiting writers poll."""

    def __init__(self, url: URL) -> None:
        self.url = url.set(drivername="sqlite+aiosqlite")
        self.path = Path(url.database or "")

    def prepare(self) -> None:
        """Create the folder, and switch the file, which keeps the mode, to a write-ahead log.

        Raises:
            StoreUnavailable: The folder cannot be created.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable("the folder of the database cannot be created") from error
        engine = self.engine()
        try:
            _use_write_ahead_log(engine)
        finally:
            engine.dispose()

    def engine(self) -> Engine:
        """A synchronous engine; see ``Backend``. Its transactions take the write lock as they begin."""
        engine = create_engine(self.url.set(drivername="sqlite"), poolclass=NullPool, hide_parameters=True)
        behave(engine)
        return engine.execution_options(writes=True)

    def begin_upgrade(self, connection: Connection) -> None:
        """Nothing: its transaction holds the one write lock."""

    def async_engine(self) -> AsyncEngine:
        """See ``Backend``."""
        # hide_parameters: what was said must not travel into tracebacks.
        engine = create_async_engine(self.url, hide_parameters=True)
        behave(engine.sync_engine)
        return engine

    def reading(self, engine: AsyncEngine) -> AsyncEngine:
        """See ``Backend``."""
        return engine

    def writing(self, engine: AsyncEngine) -> AsyncEngine:
        """See ``Backend``."""
        return engine.execution_options(writes=True)

    async def lock(self, connection: AsyncConnection, name: str) -> None:
        """Nothing: its writing transactions hold the one write lock."""

    async def scrub(self, engine: AsyncEngine) -> None:
        """Move the log into the file, and empty it: old pages may lie there. In vain while somebody reads."""
        async with engine.connect() as connection:
            # Beside SQLAlchemy, which would begin a transaction, in which this cannot be done.
            raw: Any = (await connection.get_raw_connection()).driver_connection
            await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def behave(engine: Engine) -> None:
    """Set up each connection of an engine (of an async one: its ``sync_engine``).

    A transaction on a connection with the execution option ``writes`` takes the write
    lock at once (BEGIN IMMEDIATE). One that began by reading could not: SQLite fails a
    reader that turns writer after somebody else wrote.
    """
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(dbapi_connection: Any, _: object) -> None:
    # The driver would begin transactions itself, late and not before DDL: _on_begin does it.
    dbapi_connection.isolation_level = None
    # SQLite's own knows the letters of ASCII alone: nobody would find "Élodie" by "élodie".
    dbapi_connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys = ON")
    # With a write-ahead log this loses nothing when we crash, and only the last moments,
    # never the file, when the machine does.
    cursor.execute("PRAGMA synchronous = NORMAL")
    # What is erased is overwritten, not just forgotten.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _lower(text: str | None) -> str | None:
    return None if text is None else str(text).lower()


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _use_write_ahead_log(engine: Engine) -> None:
    """SQLite does not wait here when another process is just opening the file; we do."""
    pause = threading.Event()
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        for attempts_left in reversed(range(BUSY_TIMEOUT_MS // _PAUSE_MS)):
            try:
                cursor.execute("PRAGMA journal_mode = WAL")
                break
            except sqlite3.OperationalError:
                if not attempts_left:
                    raise
                pause.wait(_PAUSE_MS / 1000)
        cursor.close()
    finally:
        raw.close()
