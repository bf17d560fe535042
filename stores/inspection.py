"""A look at a database that leaves it as it is. Synchronous: run it off the loop."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, Connection, NullPool, create_engine
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from stores.errors import StoreError, StoreUnavailable
from stores.migrate import scripts
from stores.sqlite import behave, file_url

_TRIAL = "antiphon_trial"


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
        url: As ``SqlStore.open`` takes it.

    Raises:
        StoreUnavailable: It cannot be opened or written, or not be made where it is to be.
        StoreError: The URL is not a SQLite file's, the file is no database, or it is newer than this program.
    """
    parsed = file_url(url)
    revisions = scripts()
    newest = revisions.get_current_head() or ""
    path = Path(parsed.database or "")
    if not path.exists():
        try_folder(path.parent)
        return Inspection(None, newest)
    try:
        revision = _revision_of(parsed)
    except DatabaseError as error:
        if "not a database" in str(error.orig):
            raise StoreError("the file is not a database") from error
        raise StoreUnavailable("the database cannot be written") from error
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


def _revision_of(url: URL) -> str | None:
    engine = create_engine(url.set(drivername="sqlite"), poolclass=NullPool, hide_parameters=True)
    behave(engine)
    try:
        with engine.execution_options(writes=True).connect() as connection:
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
