"""Bring a database to the newest schema. Synchronous: run it off the loop.

Revisions are the modules in ``stores/migrations/versions``, ``NNNN_what.py``, each with
``upgrade(op)`` and ``downgrade(op)``. They are handed their operations instead of taking
them from ``alembic.op``, which is one global for the whole process. No ``env.py`` and
no ``alembic.ini``: the program itself upgrades its database when it opens it. The test
that compares the result with ``stores.tables`` fails until a change of the tables has its
revision.
"""

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine

from stores.errors import StoreError
from stores.sqlite import BUSY_TIMEOUT_MS, behave

_PAUSE_MS = 20


def upgrade(url: URL, revision: str = "head") -> None:
    """Create or upgrade the SQLite database of this URL.

    Safe to run from several processes at once: the first takes the write lock and the
    others find the work done. A failed upgrade leaves the database as it was.

    Args:
        url: Any SQLite URL, of whichever driver.
        revision: Where to stop.

    Raises:
        StoreError: The database was written by a newer version of this program.
        sqlalchemy.exc.SQLAlchemyError: The database does not answer.
    """
    engine = create_engine(url.set(drivername="sqlite"), poolclass=NullPool, hide_parameters=True)
    behave(engine)
    try:
        _use_write_ahead_log(engine)
        with engine.execution_options(writes=True).begin() as connection:
            _run(connection, revision)
    finally:
        engine.dispose()


def scripts() -> ScriptDirectory:
    """The revisions as they are packaged."""
    return ScriptDirectory(Path(__file__).with_name("migrations"))


def _use_write_ahead_log(engine: Engine) -> None:
    """Switch the file, which keeps the mode, to a write-ahead log.

    SQLite does not wait here when another process is just opening the file; we do.
    """
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


def _run(connection: Connection, revision: str) -> None:
    revisions = scripts()

    def steps(current: Sequence[str], _: MigrationContext) -> Any:
        # Alembic's own commands ask for the way in the same manner.
        return revisions._upgrade_revs(revision, current)  # type: ignore[arg-type]

    context = MigrationContext.configure(connection, opts={"fn": steps})
    try:
        context.run_migrations(op=Operations(context))
    except CommandError as error:
        raise StoreError("the database was written by a newer version of this program") from error
