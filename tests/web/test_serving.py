"""A server that is told to stop, signal by signal, on a real socket."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from starlette.applications import Starlette

from calls.callbacks import CallConnected, CallDisconnected
from calls.lifecycle import Deadlines
from calls.live import LiveCalls
from calls.settings import LiveCallsSettings
from tests.support.telephone import NOW, FakeControl, Notes, ringing
from web.health import health_routes
from web.serving import DrainingServer, ServingSettings, draining_server, serve_calls


@dataclass
class Service(FakeControl):
    """A telephone service that confirms every hang-up over HTTP, as the real one does, if it can reach us."""

    confirm: Callable[[], None] = lambda: None

    async def hang_up(self, call_connection_id: str) -> None:
        """Note it and confirm it."""
        await super().hang_up(call_connection_id)
        self.confirm()


@dataclass
class Rig:
    """A server that is up, with one call."""

    server: DrainingServer
    live: LiveCalls
    notes: Notes
    call: tuple[str, str]
    serving: asyncio.Task[None]
    exits: list[int] = field(default_factory=list)
    """How many calls were up at each ``before_exit``."""

    def signal(self) -> None:
        """What the operating system does."""
        self.server.handle_exit(signal.SIGTERM, None)

    def call_ends(self) -> None:
        """The service says that the call is over."""
        self.live.callback(*self.call, [CallDisconnected("conn")])

    async def status(self) -> int:
        """What the probe for readiness says."""
        port = self.server.servers[0].sockets[0].getsockname()[1]
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"http://127.0.0.1:{port}/health/readiness") as response,
        ):
            return response.status

    async def is_draining(self) -> None:
        """Wait until no more calls are taken."""
        async with asyncio.timeout(30):
            while self.live.is_accepting:
                await asyncio.sleep(0.005)


@asynccontextmanager
async def rig(*, drain_timeout_s: float = 600.0) -> AsyncIterator[Rig]:
    """Serve, and bring one call up."""
    control, notes = Service(answer_takes_s=0.0), Notes()
    deadlines = Deadlines(first_media_s=600.0, disconnect_s=600.0)
    calls_settings = LiveCallsSettings(public_url="http://bot.example", deadlines=deadlines)
    clock = asyncio.get_running_loop().time
    settings = ServingSettings("127.0.0.1", 0, drain_timeout_s)
    exits: list[int] = []
    async with LiveCalls(control, notes, notes, calls_settings, clock=clock, utc_now=lambda: NOW) as live:
        app = Starlette(routes=health_routes(checks={}, ready=lambda: live.is_accepting))
        server = draining_server(app, settings)
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(
                serve_calls(server, live, settings, before_exit=lambda: exits.append(live.live_count))
            )
            live.incoming(ringing())
            async with asyncio.timeout(30):
                while not (server.started and control.answers):
                    await asyncio.sleep(0.005)
            here = Rig(server, live, notes, control.address(), serving, exits)
            control.confirm = here.call_ends
            live.callback(*here.call, [CallConnected("conn")])
            yield here


async def test_it_tells_where_it_listens(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever starts it by hand looks for the address."""
    with caplog.at_level(logging.INFO, logger="antiphon.server"):
        async with rig() as here:
            port = here.server.servers[0].sockets[0].getsockname()[1]
            here.call_ends()
            here.signal()
            await here.serving
    assert f"event=listening url=http://127.0.0.1:{port}" in caplog.messages


async def test_the_first_signal_lets_calls_finish() -> None:
    """The server goes on to serve, not ready, until the last call has ended by itself; then it ends."""
    async with rig() as here:
        assert await here.status() == 200
        here.signal()
        await here.is_draining()
        assert await here.status() == 503
        assert not here.serving.done()
        assert here.exits == []
        here.call_ends()
        await here.serving
    assert here.exits == [0]
    assert here.notes.ended == [(here.call[0], "caller_hung_up")]


async def test_the_second_signal_hangs_up() -> None:
    """The service is asked to end the call, can still tell us that it has, and the server ends."""
    async with rig() as here:
        here.signal()
        await here.is_draining()
        here.signal()
        await here.serving
    assert here.exits == [0]
    assert here.notes.ended == [(here.call[0], "drained")]


async def test_two_signals_at_once_are_two() -> None:
    """They may come before the loop has looked at the first."""
    async with rig() as here:
        here.signal()
        here.signal()
        await here.serving
    assert here.notes.ended == [(here.call[0], "drained")]


async def test_calls_that_last_too_long_are_hung_up() -> None:
    """The first signal's patience has an end."""
    async with rig(drain_timeout_s=0.0) as here:
        here.signal()
        await here.serving
    assert here.notes.ended == [(here.call[0], "drained")]
