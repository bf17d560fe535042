"""A database is looked at without a trace."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy

from stores.backend import backend_of
from stores.errors import StoreError, StoreUnavailable
from stores.inspection import inspect, try_folder
from stores.migrate import upgrade


def url_of(path: Path) -> str:
    """As the configuration has it."""
    return f"sqlite+aiosqlite:///{path}"


def make(path: Path, revision: str = "head") -> None:
    """A database of this schema."""
    backend = backend_of(url_of(path))
    backend.prepare()
    upgrade(backend, revision)


def tables(path: Path) -> list[str]:
    """All that there are."""
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """Nor its folder."""
    found = inspect(url_of(tmp_path / "new" / "calls.db"))
    assert (found.revision, found.is_newest) == (None, False)
    assert list(tmp_path.iterdir()) == []


def test_what_is_tried_is_taken_back(tmp_path: Path) -> None:
    """The schema is told, and nothing was added to it; an older one stays as it is."""
    path = tmp_path / "calls.db"
    make(path, "0001")
    before = tables(path)
    found = inspect(url_of(path))
    assert (found.revision, found.is_newest) == ("0001", False)
    make(path)
    assert inspect(url_of(path)).is_newest
    assert "calls" in before
    assert not [name for name in tables(path) if "trial" in name]


def test_an_empty_file_is_no_fault(tmp_path: Path) -> None:
    """The start makes its schema."""
    (tmp_path / "calls.db").touch()
    assert inspect(url_of(tmp_path / "calls.db")).revision is None


def test_what_cannot_be_used(tmp_path: Path) -> None:
    """No file of SQLite, no database, a newer one, and one that is in use for good."""
    with pytest.raises(StoreError, match="must name a SQLite file"):
        inspect("mysql://host/calls")
    path = tmp_path / "calls.db"
    path.write_text("this is a text of some length, and no database at all" * 10, encoding="utf-8")
    with pytest.raises(StoreError, match="not a database"):
        inspect(url_of(path))
    path.unlink()
    make(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(StoreError, match="newer version"):
        inspect(url_of(path))


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The nearest thing that exists is named."""
    (tmp_path / "file").touch()
    try_folder(tmp_path / "a" / "b")
    with pytest.raises(StoreUnavailable, match="file cannot be written"):
        try_folder(tmp_path / "file" / "a")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_postgres_database_before_and_after_its_first_start(empty_postgres_url: str) -> None:
    """It is written, read, and left as it was."""
    assert inspect(empty_postgres_url).revision is None
    upgrade(backend_of(empty_postgres_url))
    found = inspect(empty_postgres_url)
    assert found.is_newest
    with backend_of(empty_postgres_url).engine().connect() as connection:
        assert not [name for name in sqlalchemy.inspect(connection).get_table_names() if "trial" in name]


def test_a_postgres_that_cannot_be_used(postgres_url: str) -> None:
    """Whether nobody answers, the database is missing, or the user may only read: the text says which."""
    with pytest.raises(StoreUnavailable, match="does not answer"):
        inspect(postgres_url.replace("host=/", "host=/nowhere/"))
    name = postgres_url.partition("@/")[2].partition("?")[0]
    with pytest.raises(StoreUnavailable, match="no database of this name"):
        inspect(postgres_url.replace(name, "missing"))
    with backend_of(postgres_url).engine().begin() as connection:
        connection.exec_driver_sql("CREATE ROLE reader LOGIN")
    try:
        with pytest.raises(StoreUnavailable, match="may not make tables"):
            inspect(postgres_url.replace("postgres@", "reader@"))
    finally:
        with backend_of(postgres_url).engine().begin() as connection:
            connection.exec_driver_sql("DROP ROLE reader")
