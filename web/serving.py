"""Serves the application until it is told to stop, and lets the calls that are up finish first.

signal   what happens
first    no more calls are taken; those that are up may last for a while
second   those that are up are hung up
third    nobody can reach us any more; what is still under way has some seconds
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from calls.live import LiveCalls

_log = logging.getLogger("antiphon.server")


@dataclass(frozen=True, slots=True)
class ServingSettings:
    """Where to listen, and how to stop."""

    host: str
    port: int
    drain_timeout_s: float
    """How long calls that are up may last after the first signal."""


class DrainingServer(uvicorn.Server):
    """A server that does not stop at a signal, but orders others to prepare for it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.drain_ordered = asyncio.Event()
        self.cut_ordered = asyncio.Event()
        self._signals = 0
        self._loop = asyncio.get_running_loop()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and log where."""
        await super().startup(sockets)
        for each in (each for server in self.servers for each in server.sockets):
            host, port, *_ = each.getsockname()
            _log.info("event=listening url=http://%s:%d", f"[{host}]" if ":" in host else host, port)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by the signal, between any two instructions."""
        self._signals += 1
        match self._signals:
            case 1:
                self._loop.call_soon_threadsafe(self.drain_ordered.set)
            case 2:
                self._loop.call_soon_threadsafe(self.cut_ordered.set)
            case _:
                super().handle_exit(sig, frame)


def draining_server(app: ASGIApp, settings: ServingSettings) -> DrainingServer:
    """A server that is not up yet; made within the loop that it will run on."""
    return DrainingServer(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            ws="websockets-sansio",
            ws_per_message_deflate=False,  # 35 µs a frame to save a third of a few kilobytes
            log_config=None,
            log_level="warning",  # at INFO it prints the URL of every socket, and so its secret
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=5,
        )
    )


async def serve_calls(
    server: DrainingServer, live_calls: LiveCalls, settings: ServingSettings, *, before_exit: Callable[[], None]
) -> None:
    """Serve until the signals say so. The telephone service can reach us until the last call is over.

    Args:
        server: Not up yet.
        live_calls: Drained at the first signal, closed at the second.
        settings: See there.
        before_exit: Called when no call is up any more, before the server waits for open streams.
    """

    async def drain() -> None:
        await server.drain_ordered.wait()
        _log.info("event=draining calls=%d", live_calls.live_count)
        cut = await live_calls.drain(settings.drain_timeout_s)
        _log.info("event=drained cut=%d", cut)
        before_exit()
        server.should_exit = True

    async def cut() -> None:
        await server.cut_ordered.wait()
        _log.info("event=cutting calls=%d", live_calls.live_count)
        await live_calls.close()

    async with asyncio.TaskGroup() as tasks:
        stopping = [tasks.create_task(drain(), name="drain"), tasks.create_task(cut(), name="cut")]
        await server.serve()
        for task in stopping:
            task.cancel()
