"""An empty database becomes the one that the tables describe; an old one too."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, NullPool, create_engine, inspect

import stores.migrate
from stores.errors import StoreError
from stores.migrate import upgrade
from stores.tables import metadata


@pytest.fixture
def url(tmp_path: Path) -> URL:
    """The URL of a database that does not exist yet."""
    return URL.create("sqlite+aiosqlite", database=str(tmp_path / "antiphon.db"))


def revisions() -> ScriptDirectory:
    """The revisions as they are packaged."""
    return ScriptDirectory(Path(stores.migrate.__file__).with_name("migrations"))


def test_the_newest_schema_is_that_of_the_tables(url: URL) -> None:
    """A change of the tables without a revision fails here."""
    upgrade(url)
    engine = create_engine(url.set(drivername="sqlite"), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == revisions().get_current_head()


def test_upgrading_again_changes_nothing(url: URL) -> None:
    """Every start upgrades; what is there stays."""
    upgrade(url)
    with closing(sqlite3.connect(str(url.database), isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO calls (call_id, direction, phone_number, started_at, claim_fields, ended_at, end_reason)"
            " VALUES ('c', 'inbound', '', '2026-01-01 00:00:00.000000', '[]', NULL, '')"
        )
    upgrade(url)
    with closing(sqlite3.connect(str(url.database))) as connection:
        assert connection.execute("SELECT call_id FROM calls").fetchall() == [("c",)]


def test_every_revision_has_a_number_and_a_way_back(url: URL) -> None:
    """Revisions count 0001, 0002 …; each one undone leaves what was before it."""
    scripts = list(reversed(list(revisions().walk_revisions())))
    assert [script.revision for script in scripts] == [f"{n:04d}" for n in range(1, len(scripts) + 1)]
    engine = create_engine(url.set(drivername="sqlite"), poolclass=NullPool)
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        seen = [set(inspect(connection).get_table_names())]
        for script in scripts:
            script.module.upgrade(operations)
            seen.append(set(inspect(connection).get_table_names()))
        for script in reversed(scripts):
            seen.pop()
            script.module.downgrade(operations)
            assert set(inspect(connection).get_table_names()) == seen[-1]


def test_a_database_of_a_newer_version_is_refused(url: URL) -> None:
    """An old program does not touch a schema that it does not know."""
    upgrade(url)
    with closing(sqlite3.connect(str(url.database), isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer"):
        upgrade(url)
