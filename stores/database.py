"""A database that is open: short transactions, in which errors are the store's own.

A transaction that has begun is finished even if its caller is cancelled: SQLite's driver
works in threads, and a cancellation in the middle can leave the lock with nobody.
"""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from stores.backend import Backend, backend_of
from stores.completion import completed
from stores.errors import StoreError, StoreUnavailable
from stores.migrate import upgrade

_T = TypeVar("_T")
Work = Callable[[AsyncConnection], Coroutine[Any, Any, _T]]
"""What is done in one transaction. It may be done again from its start: it must not change anything else."""

_COLLISIONS = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: the transaction was undone, and may succeed when done again."""
_READ_ONLY = "25006"
"""What a replica of PostgreSQL says that is not the primary, as one may be for seconds after a failover."""
_ATTEMPTS = 6
_FIRST_PAUSE_S = 0.01


class Database:
    """A database that is open. Used from one event loop; made by ``open``.

    Args:
        backend: Which one.
        engine: Its connections.
        sleep: Pauses between the attempts at a transaction that met another.
    """

    def __init__(
        self,
        backend: Backend,
        engine: AsyncEngine,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.backend = backend
        self._engine = engine
        self._reading = backend.reading(engine)
        self._writing = backend.writing(engine)
        self._write_turn = asyncio.Lock() if backend.writers_queue else None
        self._sleep = sleep
        self._closed = False

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open a database, and create or upgrade its schema first.

        Args:
            url: ``sqlite:///relative/path.db`` or ``sqlite:////absolute/path.db``, whose
                parent folder is created; or ``postgresql://user:password@host:port/name``.

        Raises:
            StoreUnavailable: It cannot be created or opened.
            StoreError: The URL cannot be used, or the database is newer than this program.
        """
        backend = backend_of(url)
        async with _mapped_errors():
            await asyncio.to_thread(_prepare, backend)
        return cls(backend, backend.async_engine())

    async def read(self, work: Work[_T]) -> _T:
        """Work that sees one moment of the database."""
        return await self._transaction(self._reading, work)

    async def write(self, work: Work[_T]) -> _T:
        """Work that changes it, whole or not at all."""
        if self._write_turn is None:
            return await self._transaction(self._writing, work)
        async with self._write_turn:
            return await self._transaction(self._writing, work)

    async def lock(self, connection: AsyncConnection, name: str) -> None:
        """Hold a name, within a writing transaction and until its end."""
        await self.backend.lock(connection, name)

    async def scrub(self) -> None:
        """See to it that what was deleted is nowhere any more, as far as that can be done here."""
        async with _mapped_errors():
            await completed(self.backend.scrub(self._engine))

    async def close(self) -> None:
        """Release connections; afterwards everything else raises ``StoreUnavailable``. Idempotent."""
        self._closed = True
        await self._engine.dispose()

    async def _transaction(self, engine: AsyncEngine, work: Work[_T]) -> _T:
        for attempt in range(_ATTEMPTS):
            if self._closed:
                raise StoreUnavailable("the store is closed")
            try:
                return await completed(self._once(engine, work))
            except _Collision as collision:
                if attempt == _ATTEMPTS - 1:
                    raise StoreUnavailable("others change the same rows") from collision
            # Those who met must not meet again: a pause of a random length.
            await self._sleep(_FIRST_PAUSE_S * 2**attempt * (0.5 + random.random()))
        raise AssertionError("unreachable")

    async def _once(self, engine: AsyncEngine, work: Work[_T]) -> _T:
        async with _mapped_errors(), engine.begin() as connection:
            return await work(connection)


class _Collision(Exception):
    """The transaction met another one, and was undone."""


def _prepare(backend: Backend) -> None:
    backend.prepare()
    upgrade(backend)


@asynccontextmanager
async def _mapped_errors() -> AsyncIterator[None]:
    """Turn the database's errors into the store's. The texts name no values.

    The driver's own errors come from where a connection is set up: nobody wraps them.
    """
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        if _sqlstate(error) in _COLLISIONS:
            raise _Collision from error
        raise StoreUnavailable("the database does not answer") from error
    except (sqlite3.OperationalError, psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise StoreUnavailable("the database does not answer") from error
    except (SQLAlchemyError, sqlite3.Error, psycopg.Error) as error:
        if _sqlstate(error) == _READ_ONLY:
            raise StoreUnavailable("the database takes no changes now") from error
        raise StoreError("the database refused") from error


def _sqlstate(error: Exception) -> str:
    original = error.orig if isinstance(error, DBAPIError) else error
    return getattr(original, "sqlstate", None) or ""
