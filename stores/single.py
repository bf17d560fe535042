"""Something that one process at a time does, of all that share a database: when it dies, another one may.

On a SQLite file the turn is a lock of the operating system, on PostgreSQL one of the server: both
end with the process that has them, however it ends. Nothing has to be noticed by a time-out, but
for a machine that vanishes from the net: PostgreSQL notices that within a quarter of a minute.
"""

import asyncio
import fcntl
import os
import zlib
from pathlib import Path
from typing import Protocol

import psycopg

from stores.backend import Backend
from stores.errors import StoreUnavailable
from stores.postgres import Postgres
from stores.sqlite import Sqlite

_TURNS = 0x616E74
"""The first of two keys of advisory locks; the second is the hash of the name."""


class Turn(Protocol):
    """The right to do something, as long as it is held."""

    async def take(self) -> bool:
        """Take it, if nobody else has it; whether it is ours now. Raises ``StoreUnavailable``."""

    async def is_held(self) -> bool:
        """Whether it is still ours: a connection may have broken."""

    async def leave(self) -> None:
        """Let others have it. Idempotent."""


def turn_of(backend: Backend, name: str) -> Turn:
    """The turn of this name, of all who share the database. Held by one process, and in it by one task."""
    if isinstance(backend, Postgres):
        return PostgresTurn(backend, name)
    if isinstance(backend, Sqlite):
        return FileTurn(backend.path.with_name(f"{backend.path.name}.{name}.lock"))
    raise TypeError(f"no turns on {type(backend).__name__}")


class FileTurn:
    """A lock on a file of its own, which stays; several processes of one machine can want it.

    Args:
        path: The file; its folder exists.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    async def take(self) -> bool:
        """See ``Turn``."""
        if self._descriptor is None:
            self._descriptor = await asyncio.to_thread(self._locked)
        return self._descriptor is not None

    async def is_held(self) -> bool:
        """See ``Turn``."""
        return self._descriptor is not None

    async def leave(self) -> None:
        """See ``Turn``."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _locked(self) -> int | None:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreUnavailable("the lock beside the database cannot be opened") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        return descriptor


class PostgresTurn:
    """An advisory lock of a connection of its own.

    Args:
        backend: The database.
        name: Of the turn.
    """

    def __init__(self, backend: Postgres, name: str) -> None:
        self._backend = backend
        # The keys of advisory locks are signed.
        self._key = zlib.crc32(name.encode()) - 2**31
        self._connection: psycopg.AsyncConnection | None = None

    async def take(self) -> bool:
        """See ``Turn``."""
        if await self.is_held():
            return True
        try:
            connection = await psycopg.AsyncConnection.connect(
                self._backend.conninfo, autocommit=True, **self._backend.connection_settings
            )
        except (psycopg.Error, OSError) as error:
            raise StoreUnavailable("the database does not answer") from error
        is_ours = False
        try:
            found = await connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (_TURNS, self._key))
            is_ours = await found.fetchone() == (True,)
        except (psycopg.Error, OSError) as error:
            raise StoreUnavailable("the database does not answer") from error
        finally:
            if not is_ours:
                await connection.close()
        if is_ours:
            self._connection = connection
        return is_ours

    async def is_held(self) -> bool:
        """See ``Turn``. Asks the server."""
        if self._connection is None:
            return False
        try:
            await self._connection.execute("SELECT 1")
        except (psycopg.Error, OSError):
            await self.leave()
            return False
        return True

    async def leave(self) -> None:
        """See ``Turn``."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
