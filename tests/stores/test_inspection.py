"""A database is looked at without a trace."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from stores.errors import StoreError, StoreUnavailable
from stores.inspection import inspect, try_folder
from stores.migrate import upgrade


def url_of(path: Path) -> str:
    """As the configuration has it."""
    return f"sqlite+aiosqlite:///{path}"


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
    upgrade(make_url(url_of(path)), "0001")
    before = tables(path)
    found = inspect(url_of(path))
    assert (found.revision, found.is_newest) == ("0001", False)
    upgrade(make_url(url_of(path)))
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
        inspect("postgresql://host/calls")
    path = tmp_path / "calls.db"
    path.write_text("this is a text of some length, and no database at all" * 10, encoding="utf-8")
    with pytest.raises(StoreError, match="not a database"):
        inspect(url_of(path))
    path.unlink()
    upgrade(make_url(url_of(path)))
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
