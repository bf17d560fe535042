"""Serves an ASGI application on loopback, within somebody else's event loop."""

import asyncio
import contextlib
import random
import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

_TICK_S = 0.1
"""Between two looks of uvicorn at the time, ten of which renew the header that tells it."""
_PAUSE_S = 0.002
_PATIENCE_S = 2
"""With requests that are still being answered when the server is to stop."""
_PORTS = range(20_000, 32_000)
"""Below those that systems give to whoever asks for any: another's connection cannot take one of them meanwhile."""


def free_port() -> int:
    """A loopback port that nobody listens on now, and that nobody gets who has not chosen it."""
    while True:
        port = random.choice(_PORTS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class LoopbackServer:
    """An HTTP and WebSocket server, up within ``async with``.

    Enter and leave it in the same task.
    """

    def __init__(self, app: ASGIApp, *, port: int = 0) -> None:
        self._app = app
        self._port = port
        self._tasks = asyncio.TaskGroup()
        self._listener: socket.socket | None = None
        self._server: _QuietServer | None = None

    @property
    def port(self) -> int:
        """The port that is listened on; the system chose it if 0 was given."""
        return self._port

    @property
    def endpoint(self) -> str:
        """``http://127.0.0.1:port``, without a slash."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        """Listen.

        Raises:
            OSError: The port is taken.
        """
        listener = socket.create_server(("127.0.0.1", self._port))
        # Inherited by what it accepts. Without, each answer on a connection that is kept waits 40 ms for the
        # client's acknowledgement: asyncio sees to it for sockets of its own alone.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=_PATIENCE_S,
        )
        self._listener, self._server = listener, _QuietServer(config)
        await self._tasks.__aenter__()
        self._tasks.create_task(self._server.serve(sockets=[listener]), name="loopback-server")
        await self._server.started_up.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and close every connection; an error within comes out as it is."""
        if self._server is not None:
            self._server.stop()
        # The group is not told of the error: it would cancel the server, which then closes nothing.
        await self._tasks.__aexit__(None, None, None)
        if self._listener is not None:
            self._listener.close()


class _QuietServer(uvicorn.Server):
    """A server that tells when it is up, stops at once when told to, and leaves the process's signals alone.

    Uvicorn itself looks every 100 ms whether it should stop, then sleeps for 100 ms whatever there is to wait for.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.started_up = asyncio.Event()
        self._told_to_stop = asyncio.Event()

    def stop(self) -> None:
        """Have ``serve`` end, as soon as every connection is closed."""
        self.should_exit = True
        self._told_to_stop.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.started_up.set()

    async def main_loop(self) -> None:
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK_S):
                    await self._told_to_stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for each in sockets or ():
            each.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while state.connections or state.tasks:  # noqa: ASYNC110 - uvicorn has no event for it
                    await asyncio.sleep(_PAUSE_S)
                for server in self.servers:
                    await server.wait_closed()
        except TimeoutError:
            for task in state.tasks:
                task.cancel()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
