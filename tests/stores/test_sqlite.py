"""The manners of SQLite connections."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import IntegrityError

from stores.errors import StoreUnavailable
from stores.sqlite import BUSY_TIMEOUT_MS, Sqlite, behave


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """An engine on a fresh file."""
    engine = create_engine(f"sqlite:///{tmp_path}/test.db", poolclass=NullPool)
    behave(engine)
    return engine


def test_each_connection_is_set_up(engine: Engine) -> None:
    """Waiting, foreign keys and the cheaper flush are on."""
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA busy_timeout")) == BUSY_TIMEOUT_MS
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA synchronous")) == 1
        assert connection.scalar(text("PRAGMA secure_delete")) == 1
        assert connection.scalar(text("SELECT lower('ÉLODIE')")) == "élodie"
        assert connection.scalar(text("SELECT lower(NULL)")) is None


def test_foreign_keys_are_kept(engine: Engine) -> None:
    """A row without its parent is refused."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE child (id INTEGER REFERENCES parent)"))
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("INSERT INTO child VALUES (1)"))


def test_ddl_is_rolled_back_with_its_transaction(engine: Engine) -> None:
    """A migration that fails half way leaves nothing."""
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        connection.rollback()
        assert connection.scalar(text("SELECT count(*) FROM sqlite_master")) == 0


def test_a_writing_transaction_holds_the_lock_from_its_beginning(engine: Engine) -> None:
    """A second writer cannot even begin; a reader can."""
    with engine.execution_options(writes=True).begin(), engine.connect() as other:
        raw = other.connection.cursor()
        raw.execute("PRAGMA busy_timeout = 0")
        assert other.scalar(text("SELECT 1")) == 1
        other.rollback()
        with pytest.raises(Exception, match="locked"):
            raw.execute("BEGIN IMMEDIATE")


def test_the_folder_is_created(tmp_path: Path) -> None:
    """Where it cannot be, the store is unavailable."""
    backend = Sqlite(make_url(f"sqlite:///{tmp_path}/deep/folder/test.db"))
    backend.prepare()
    assert backend.path.parent.is_dir()
    with backend.engine().connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable):
        Sqlite(make_url(f"sqlite:///{tmp_path}/file/test.db")).prepare()
