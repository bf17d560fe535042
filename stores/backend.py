"""The databases that the store runs on, and what differs between them: how they are opened and locked."""

from typing import Protocol

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from stores.errors import StoreError
from stores.postgres import Postgres
from stores.sqlite import Sqlite


class Backend(Protocol):
    """One database, of its kind."""

    @property
    def url(self) -> URL:
        """Where it is, for both engines."""

    @property
    def writers_queue(self) -> bool:
        """Whether writers of this process had better wait in our own queue than in the database's."""

    def prepare(self) -> None:
        """Do what must be done before it can be opened; blocks."""

    def engine(self) -> Engine:
        """A synchronous engine without a pool, for work off the loop."""

    def begin_upgrade(self, connection: Connection) -> None:
        """Wait, in a transaction that has begun, until no other process upgrades this database."""

    def async_engine(self) -> AsyncEngine:
        """The engine of a store; its connections are pooled."""

    def reading(self, engine: AsyncEngine) -> AsyncEngine:
        """The same, whose transactions see one moment of the database and change nothing."""

    def writing(self, engine: AsyncEngine) -> AsyncEngine:
        """The same, whose transactions change it."""

    async def lock(self, connection: AsyncConnection, name: str) -> None:
        """Hold a name that no other writer holds, until the transaction ends."""

    async def scrub(self, engine: AsyncEngine) -> None:
        """See to it that what was deleted is nowhere any more, as far as that can be done here."""


def backend_of(url: str) -> Backend:
    """The database of a URL.

    Raises:
        StoreError: It is none that we know. The text does not quote it: it may hold a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("the URL of the store cannot be read") from error
    kind = parsed.get_backend_name()
    if kind == "sqlite" and parsed.database and parsed.database != ":memory:":
        return Sqlite(parsed)
    if kind in ("postgresql", "postgres") and parsed.database:
        return Postgres(parsed)
    raise StoreError(
        "the URL of the store must name a SQLite file: sqlite:///path.db, "
        "or a PostgreSQL database: postgresql://user@host/name"
    )
