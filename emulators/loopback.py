"""Serves an ASGI application on loopback, within somebody else's event loop."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp


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
            timeout_graceful_shutdown=2,
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
            self._server.should_exit = True
        # The group is not told of the error: it would cancel the server, which then closes nothing.
        await self._tasks.__aexit__(None, None, None)
        if self._listener is not None:
            self._listener.close()


class _QuietServer(uvicorn.Server):
    """A server that tells when it is up and leaves the process's signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.started_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.started_up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
