"""Bring a database to the newest schema. Synchronous: run it off the loop.

Revisions are the modules in ``stores/migrations/versions``, ``NNNN_what.py``, each with
``upgrade(op)`` and ``downgrade(op)``. They are handed their operations instead of taking
them from ``alembic.op``, which is one global for the whole process. No ``env.py`` and
no ``alembic.ini``: the program itself upgrades its database when it opens it. The test
that compares the result with ``stores.tables`` fails until a change of the tables has its
revision.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from stores.backend import Backend
from stores.errors import StoreError


def upgrade(backend: Backend, revision: str = "head") -> None:
    """Create or upgrade the schema of a database.

    Safe to run from several processes at once: the first takes the lock and the
    others find the work done. A failed upgrade leaves the database as it was.

    Args:
        backend: The database; it was prepared.
        revision: Where to stop.

    Raises:
        StoreError: The database was written by a newer version of this program.
        sqlalchemy.exc.SQLAlchemyError: The database does not answer.
    """
    engine = backend.engine()
    try:
        with engine.begin() as connection:
            backend.begin_upgrade(connection)
            _run(connection, revision)
    finally:
        engine.dispose()


def scripts() -> ScriptDirectory:
    """The revisions as they are packaged."""
    return ScriptDirectory(Path(__file__).with_name("migrations"))


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
