"""A line that outlives its connections: when one is lost, the next one carries on.

While there is none, sound that is sent is dropped: whoever plays it holds it back
from ``LineInterrupted`` to ``LineRestored``. How long to wait for the next connection
is decided by whoever closes the line.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from media.errors import LineClosed
from media.line import Line, LineEvent, LineInterrupted, LineOpened, LineRestored, MessageRejected, Rejection


class ResumableLine:
    """One line over any number of connections, one after the other; satisfies ``media.line.Line``."""

    def __init__(self) -> None:
        self._connection: Line | None = None
        self._released: asyncio.Event | None = None
        self._news = asyncio.Event()
        """Set when there is a new connection, or there will be none any more."""
        self._patience: asyncio.Timeout | None = None
        """Of the wait for what the connection brings next."""
        self._rate: int | None = None
        self._is_closed = False

    @property
    def sample_rate_hz(self) -> int:
        """The rate of the first connection: the line keeps it."""
        if self._rate is not None or self._connection is None:
            return self._rate or 16_000
        return self._connection.sample_rate_hz

    def attach(self, connection: Line) -> asyncio.Event:
        """Let this connection carry the line, in place of the one before, if there is one.

        Returns:
            Set when the line does not need the connection any more: it was lost, replaced,
            or the line was closed. Closing the connection is left to whoever attached it.
        """
        self._release()
        released = asyncio.Event()
        if self._is_closed:
            released.set()
            return released
        self._connection, self._released = connection, released
        self._news.set()
        if self._patience is not None:
            self._patience.reschedule(asyncio.get_running_loop().time())
        return released

    async def events(self) -> AsyncIterator[LineEvent]:
        """What comes over one connection after the other, until the line is closed."""
        is_first = True
        while (connection := await self._next_connection()) is not None:
            if not is_first:
                yield LineRestored()
            is_first = False
            async for event in self._events_of(connection):
                if isinstance(event, LineOpened) and not self._fits(event):
                    yield MessageRejected(Rejection.WRONG_RATE, "a connection that resumes a line has another rate")
                    break
                yield event
            if self._connection is connection:
                self._release()
            if self._is_closed:
                return
            yield LineInterrupted()

    def _fits(self, opened: LineOpened) -> bool:
        self._rate = self._rate or opened.sample_rate_hz
        return self._rate == opened.sample_rate_hz

    async def _next_connection(self) -> Line | None:
        while self._connection is None and not self._is_closed:
            self._news.clear()
            await self._news.wait()
        return self._connection

    async def _events_of(self, connection: Line) -> AsyncIterator[LineEvent]:
        incoming = aiter(connection.events())
        while self._connection is connection:
            try:
                async with asyncio.timeout(None) as self._patience:
                    event = await anext(incoming, None)
            except TimeoutError:
                return  # another connection has taken its place
            finally:
                self._patience = None
            if event is None:
                return
            yield event

    async def send_audio(self, pcm: bytes) -> None:
        """Send sound over the connection; without one it is dropped.

        Raises:
            LineClosed: The line was closed.
        """
        if self._connection is None:
            self._refuse_if_closed()
            return
        with suppress(LineClosed):  # whoever reads from it sees that it is lost
            await self._connection.send_audio(pcm)

    async def stop_audio(self) -> None:
        """Discard what was sent and has not been played; without a connection nothing of it is left.

        Raises:
            LineClosed: The line was closed.
        """
        if self._connection is None:
            self._refuse_if_closed()
            return
        with suppress(LineClosed):
            await self._connection.stop_audio()

    async def close(self) -> None:
        """Close the line and its connection. Idempotent."""
        self._is_closed = True
        connection = self._connection
        self._release()
        self._news.set()
        if self._patience is not None:
            self._patience.reschedule(asyncio.get_running_loop().time())
        if connection is not None:
            await connection.close()

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise LineClosed("the line is closed")

    def _release(self) -> None:
        self._connection = None
        if self._released is not None:
            self._released.set()
            self._released = None
