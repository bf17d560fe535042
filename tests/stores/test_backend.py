"""URLs name databases."""

import pytest

from stores.backend import backend_of
from stores.errors import StoreError
from stores.postgres import Postgres
from stores.sqlite import Sqlite


@pytest.mark.parametrize("url", ["sqlite:///a/b.db", "sqlite+aiosqlite:///a/b.db"])
def test_a_sqlite_file(url: str) -> None:
    """Whichever driver is named, ours is used."""
    backend = backend_of(url)
    assert isinstance(backend, Sqlite)
    assert str(backend.path) == "a/b.db"
    assert backend.url.drivername == "sqlite+aiosqlite"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+asyncpg"])
def test_a_postgres_database(scheme: str) -> None:
    """The names that other tools use for it, too."""
    backend = backend_of(f"{scheme}://user:secret@host:5433/calls?sslmode=require")
    assert isinstance(backend, Postgres)
    assert backend.url.drivername == "postgresql+psycopg"
    assert backend.conninfo == "postgresql://user:secret@host:5433/calls?sslmode=require"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:secret@host",
        "sqlite://",
        "sqlite:///:memory:",
        "secret",
        "mysql://user:secret@host/calls",
        "postgresql://user:secret@host:port/calls",
    ],
)
def test_other_urls_are_refused(url: str) -> None:
    """The error says what is expected, and does not quote what may hold a password."""
    with pytest.raises(StoreError, match="URL of the store") as raised:
        backend_of(url)
    assert "secret" not in str(raised.value)
