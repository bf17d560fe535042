"""PostgreSQL, by psycopg: connections that notice when nobody answers, and locks."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

POOL_CONNECTIONS = 10
"""Kept open; as many again are opened while all are busy. A write takes about a millisecond."""
POOL_TIMEOUT_S = 5.0
"""How long a statement waits for a connection when all are busy."""
STATEMENT_TIMEOUT_S = 30
"""Nothing of ours takes as long: whoever waits for a lock that a stuck process holds gives up then."""
UPGRADE_TIMEOUT_S = 120
"""Another replica may be upgrading a large database."""
_UPGRADE_LOCK = 0x616E7469
"""Of advisory locks with one key; any number that nobody else uses."""
_NAMED_LOCK = 0x616E
"""The first of two keys; the second is the hash of the name."""
_CONNECT = {
    "connect_timeout": 5,
    "application_name": "antiphon",
    # A machine that is gone sends no farewell: notice it within a quarter of a minute.
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 14_000,
}


class Postgres:
    """A PostgreSQL database; satisfies ``stores.backend.Backend``.

    Args:
        url: Of whichever driver; what it says about the connection comes before our own defaults.
    """

    writers_queue = False

    def __init__(self, url: URL) -> None:
        self.url = url.set(drivername="postgresql+psycopg")

    @property
    def connection_settings(self) -> dict[str, Any]:
        """How psycopg connects, beside the URL."""
        return {key: value for key, value in _CONNECT.items() if key not in self.url.query}

    @property
    def conninfo(self) -> str:
        """The URL as psycopg itself takes it."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def prepare(self) -> None:
        """Nothing: the database is made by whoever runs the server."""

    def engine(self) -> Engine:
        """See ``Backend``."""
        settings = self.connection_settings
        return create_engine(self.url, poolclass=NullPool, hide_parameters=True, connect_args=settings)

    def begin_upgrade(self, connection: Connection) -> None:
        """See ``Backend``."""
        connection.execute(text(f"SET LOCAL lock_timeout = '{UPGRADE_TIMEOUT_S}s'"))
        connection.execute(select(func.pg_advisory_xact_lock(_UPGRADE_LOCK)))

    def async_engine(self) -> AsyncEngine:
        """See ``Backend``."""
        engine = create_async_engine(
            self.url,
            # What was said must not travel into tracebacks.
            hide_parameters=True,
            connect_args=self.connection_settings,
            pool_size=POOL_CONNECTIONS,
            max_overflow=POOL_CONNECTIONS,
            pool_timeout=POOL_TIMEOUT_S,
            # A connection that a restart of the server has cut is replaced before it is used.
            pool_pre_ping=True,
        )
        event.listen(engine.sync_engine, "connect", _on_connect)
        return engine

    def reading(self, engine: AsyncEngine) -> AsyncEngine:
        """See ``Backend``."""
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def writing(self, engine: AsyncEngine) -> AsyncEngine:
        """See ``Backend``. Each statement sees what was committed before it: rows are locked where that matters."""
        return engine.execution_options(isolation_level="READ COMMITTED")

    async def lock(self, connection: AsyncConnection, name: str) -> None:
        """See ``Backend``."""
        await connection.execute(select(func.pg_advisory_xact_lock(_NAMED_LOCK, func.hashtext(name))))

    async def scrub(self, engine: AsyncEngine) -> None:
        """Nothing: the server vacuums by itself."""


def _on_connect(dbapi_connection: Any, _: object) -> None:
    # Not by the startup packet's options: poolers in front of PostgreSQL refuse those.
    dbapi_connection.autocommit = True
    cursor = dbapi_connection.cursor()
    cursor.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT_S}s'")
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{2 * STATEMENT_TIMEOUT_S}s'")
    cursor.close()
    dbapi_connection.autocommit = False
