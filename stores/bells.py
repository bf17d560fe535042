"""What tells replicas that an event waits: within this process, or PostgreSQL's LISTEN and NOTIFY."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import psycopg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from stores.database import Database
from stores.postgres import Postgres

Heard = Callable[[str], None]
"""Told the id of a call that has an event; empty: any call may have one."""

_CHANNEL = "antiphon_call_events"
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 5.0

_log = logging.getLogger(__name__)


class Bell(Protocol):
    """Tells all who listen that a call has an event."""

    async def ring(self, connection: AsyncConnection, call_id: str) -> None:
        """Be heard when this transaction is committed, and not before."""

    def rung(self, call_id: str) -> None:
        """That transaction was committed."""

    def listening(self, heard: Heard) -> AbstractAsyncContextManager[None]:
        """Listen for as long as the context lasts."""


def bell_of(database: Database) -> Bell:
    """The bell that reaches all replicas that share this database, or all that a file can have."""
    if isinstance(database.backend, Postgres):
        return PostgresBell(database.backend)
    return LocalBell()


class LocalBell:
    """Reaches those in this process who have this very bell."""

    def __init__(self) -> None:
        self._listeners: list[Heard] = []

    async def ring(self, connection: AsyncConnection, call_id: str) -> None:
        """Nothing: nobody is to hear it before the commit."""

    def rung(self, call_id: str) -> None:
        """Tell everybody."""
        for heard in self._listeners:
            heard(call_id)

    @contextlib.asynccontextmanager
    async def listening(self, heard: Heard) -> AsyncIterator[None]:
        """See ``Bell``."""
        self._listeners.append(heard)
        try:
            yield
        finally:
            self._listeners.remove(heard)


class PostgresBell:
    """Reaches every replica on this database, each over a connection of its own, which is made again when it breaks.

    Needs a connection to the server itself: through a pooler that gives connections away
    after each transaction nothing is heard, and replicas find events when they look for themselves.

    Args:
        backend: The database.
        sleep: Pauses between attempts to connect.
    """

    def __init__(self, backend: Postgres, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._backend = backend
        self._sleep = sleep

    async def ring(self, connection: AsyncConnection, call_id: str) -> None:
        """See ``Bell``."""
        await connection.execute(select(func.pg_notify(_CHANNEL, call_id)))

    def rung(self, call_id: str) -> None:
        """Nothing: the server tells it."""

    @contextlib.asynccontextmanager
    async def listening(self, heard: Heard) -> AsyncIterator[None]:
        """See ``Bell``."""
        async with asyncio.TaskGroup() as tasks:
            listener = tasks.create_task(self._listen(heard), name="nudges")
            try:
                yield
            finally:
                listener.cancel()

    async def _listen(self, heard: Heard) -> None:
        """Root of a task."""
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    self._backend.conninfo, autocommit=True, **self._backend.connection_settings
                )
                async with connection:
                    await connection.execute(f"LISTEN {_CHANNEL}")
                    pause_s = _FIRST_PAUSE_S
                    heard("")  # whatever came while nobody listened
                    async for notice in connection.notifies():
                        heard(notice.payload)
            except (psycopg.Error, OSError) as error:
                # The class alone: the text may name users and hosts.
                _log.warning("event=nudges_interrupted error=%s", type(error).__name__)
            await self._sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
