"""SQLite made to behave: real transactions, waiting writers, readers that block nobody."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy.exc import ArgumentError

from stores.errors import StoreError

BUSY_TIMEOUT_MS = 5_000
"""How long a writer waits for another process before it gives up. A write takes about a
millisecond; only a stuck process holds the lock for longer."""


def file_url(url: str) -> URL:
    """The URL of a SQLite file, for the asynchronous driver.

    Raises:
        StoreError: It is none.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError("the URL of the store cannot be read") from error
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise StoreError("the URL of the store must name a SQLite file: sqlite:///path.db")
    return parsed.set(drivername="sqlite+aiosqlite")


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
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys = ON")
    # With a write-ahead log this loses nothing when we crash, and only the last moments,
    # never the file, when the machine does.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
