"""A look at a database that leaves it as it is. Synchronous: run it off the loop."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError, DBAPIError, SQLAlchemyError

from stores.backend import Backend, backend_of
from stores.errors import StoreError, StoreUnavailable
from stores.migrate import scripts
from stores.postgres import Postgres
from stores.sqlite import Sqlite

_TRIAL = "antiphon_trial"
_FORBIDDEN = frozenset({"42501", "25006"})
"""Insufficient privilege, and a server that only reads."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found."""

    revision: str | None
    """Of the schema; None: it has not been made yet."""
    newest_revision: str

    @property
    def is_newest(self) -> bool:
        """Nothing is left to be upgraded when it is opened."""
        return self.revision == self.newest_revision


def inspect(url: str) -> Inspection:
    """Open a database, write to it, read that back, and take it back. One that does not exist is not made.

    Args:
        url: As ``Database.open`` takes it.

    Raises:
        StoreUnavailable: It cannot be opened or written, or not be made where it is to be.
        StoreError: The URL is no database's, what it names is none, or it is newer than this program.
    """
    backend = backend_of(url)
    revisions = scripts()
    newest = revisions.get_current_head() or ""
    if isinstance(backend, Sqlite) and not backend.path.exists():
        try_folder(backend.path.parent)
        return Inspection(None, newest)
    try:
        revision = _revision_of(backend)
    except DatabaseError as error:
        raise _explained(error, backend) from error
    except SQLAlchemyError as error:
        raise StoreUnavailable("the database does not answer") from error
    if revision is not None and revision not in {script.revision for script in revisions.walk_revisions()}:
        raise StoreError("the database was written by a newer version of this program")
    return Inspection(revision, newest)


def try_folder(folder: Path) -> None:
    """Write a file into a folder, or into the nearest one above it that exists, and delete it.

    Raises:
        StoreUnavailable: It cannot be done.
    """
    nearest = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        raise StoreUnavailable(f"{nearest} cannot be written: {error.strerror}") from error


def _explained(error: DBAPIError, backend: Backend) -> StoreError:
    """What to tell of it: the database's own text may name users and hosts."""
    if not isinstance(backend, Postgres):
        if "not a database" in str(error.orig):
            return StoreError("the file is not a database")
        return StoreUnavailable("the database cannot be written")
    # When no connection is made, psycopg has no code for it: the server's own words say what it was.
    said = str(error.orig)
    if "authentication failed" in said or "no password supplied" in said:
        return StoreUnavailable("PostgreSQL refuses the user or the password")
    if "database" in said and "does not exist" in said:
        return StoreUnavailable("PostgreSQL answers, and has no database of this name")
    if getattr(error.orig, "sqlstate", None) in _FORBIDDEN:
        return StoreUnavailable("the database can be read, and this user may not make tables in it")
    return StoreUnavailable("PostgreSQL does not answer")


def _revision_of(backend: Backend) -> str | None:
    engine = backend.engine()
    try:
        with engine.connect() as connection:
            _write_and_read(connection)
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def _write_and_read(connection: Connection) -> None:
    """Undone at once: the table was never there for anybody else."""
    with connection.begin() as transaction:
        connection.exec_driver_sql(f"CREATE TABLE {_TRIAL} (value INTEGER)")
        connection.exec_driver_sql(f"INSERT INTO {_TRIAL} VALUES (1)")
        connection.exec_driver_sql(f"SELECT value FROM {_TRIAL}").one()
        transaction.rollback()
