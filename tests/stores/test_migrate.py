"""An empty database becomes the one that the tables describe; an old one too; on each kind of database."""

import threading
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from stores.backend import Backend, backend_of
from stores.errors import StoreError
from stores.migrate import scripts, upgrade
from stores.tables import metadata

_OLD_MESSAGE = (
    "INSERT INTO messages (call_id, sequence, said_at, persona, text, was_interrupted)"
    " VALUES ('c', 0, '2026-01-01 00:00:01.000000', 'caller', 'Hello.', FALSE)"
)
_OLD_CALL = (
    "INSERT INTO calls (call_id, direction, phone_number, started_at, claim_fields, ended_at, end_reason)"
    " VALUES ('c', 'inbound', '', '2026-01-01 00:00:00.000000', '[]', NULL, '')"
)


@pytest.fixture(params=["sqlite_url", "empty_postgres_url"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """A database without a schema."""
    found = backend_of(request.getfixturevalue(request.param))
    found.prepare()
    return found


@pytest.fixture
def engine(backend: Backend) -> Iterator[Engine]:
    """Connections to it."""
    engine = backend.engine()
    yield engine
    engine.dispose()


def test_the_newest_schema_is_that_of_the_tables(backend: Backend, engine: Engine) -> None:
    """A change of the tables without a revision fails here."""
    upgrade(backend)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == scripts().get_current_head()


def test_what_an_old_database_holds_stays(backend: Backend, engine: Engine) -> None:
    """Every start upgrades, from the first schema too; what is there stays."""
    upgrade(backend, "0001")
    with engine.begin() as connection:
        connection.execute(text(_OLD_CALL))
    for _ in range(2):
        upgrade(backend)
        with engine.connect() as connection:
            assert connection.scalars(text("SELECT call_id FROM calls")).all() == ["c"]


def test_several_replicas_start_at_once(backend: Backend, engine: Engine) -> None:
    """One upgrades, the others find the work done."""
    failed: list[Exception] = []

    def start() -> None:
        try:
            upgrade(backend)
        except Exception as error:  # noqa: BLE001 - the root of a thread
            failed.append(error)

    replicas = [threading.Thread(target=start) for _ in range(4)]
    for replica in replicas:
        replica.start()
    for replica in replicas:
        replica.join()
    assert failed == []
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == scripts().get_current_head()


def test_every_revision_has_a_number_and_a_way_back(engine: Engine) -> None:
    """Revisions count 0001, 0002 …; each one undone leaves what was before it."""
    revisions = list(reversed(list(scripts().walk_revisions())))
    assert [script.revision for script in revisions] == [f"{n:04d}" for n in range(1, len(revisions) + 1)]
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        seen = [set(inspect(connection).get_table_names())]
        for script in revisions:
            script.module.upgrade(operations)
            seen.append(set(inspect(connection).get_table_names()))
        for script in reversed(revisions):
            seen.pop()
            script.module.downgrade(operations)
            assert set(inspect(connection).get_table_names()) == seen[-1]


def test_the_way_back_keeps_what_there_is(engine: Engine) -> None:
    """Down to the first schema and up again: calls, and what hangs on them."""
    revisions = list(reversed(list(scripts().walk_revisions())))
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        revisions[0].module.upgrade(operations)
        connection.execute(text(_OLD_CALL))
        connection.execute(text(_OLD_MESSAGE))
        for script in revisions[1:]:
            script.module.upgrade(operations)
        for script in reversed(revisions[1:]):
            script.module.downgrade(operations)
        for script in revisions[1:]:
            script.module.upgrade(operations)
        assert connection.scalars(text("SELECT call_id FROM calls")).all() == ["c"]
        assert connection.scalars(text("SELECT text FROM messages")).all() == ["Hello."]


def test_a_database_of_a_newer_version_is_refused(backend: Backend, engine: Engine) -> None:
    """An old program does not touch a schema that it does not know."""
    upgrade(backend)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer"):
        upgrade(backend)
