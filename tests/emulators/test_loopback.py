"""An application within our loop."""

import asyncio
import signal
import socket

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulators import loopback
from emulators.loopback import LoopbackServer, free_port


async def hello(_: Request) -> Response:
    """Say so."""
    return Response("hello")


APP = Starlette(routes=[Route("/", hello)])


async def test_it_answers_within_and_not_after() -> None:
    """The port that the system chose is told, and given back."""
    async with LoopbackServer(APP) as server, aiohttp.ClientSession() as session:
        assert server.endpoint == f"http://127.0.0.1:{server.port}"
        async with session.get(server.endpoint) as response:
            assert await response.text() == "hello"
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):  # noqa: PT011
        pass


async def test_a_free_port_can_be_listened_on() -> None:
    """At once."""
    async with LoopbackServer(APP, port=free_port()) as server:
        assert await ask(server.endpoint) == "hello"


async def test_a_free_port_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is listened on is passed over."""
    async with LoopbackServer(APP) as server:
        free = free_port()
        monkeypatch.setattr(loopback, "_PORTS", [server.port] * 50 + [free])
        assert free_port() == free


async def test_a_taken_port_is_told() -> None:
    """Before anything is served."""
    async with LoopbackServer(APP) as server:
        with pytest.raises(OSError, match="in use"):
            await LoopbackServer(APP, port=server.port).__aenter__()


async def test_signals_are_left_alone() -> None:
    """Ctrl-C belongs to whoever runs the process."""
    before = signal.getsignal(signal.SIGINT)
    async with LoopbackServer(APP):
        assert signal.getsignal(signal.SIGINT) is before


async def test_an_error_within_comes_out_as_it_is() -> None:
    """Not wrapped, and the server is down."""
    with pytest.raises(ValueError, match="mine"):
        async with LoopbackServer(APP):
            raise ValueError("mine")


class Slow:
    """Answers when it may."""

    def __init__(self) -> None:
        self.was_asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.was_cancelled = False

    async def __call__(self, _: Request) -> Response:
        self.was_asked.set()
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        return Response("at last")


async def ask(url: str) -> str:
    """The answer."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await response.text()


async def test_an_answer_that_is_due_is_still_given() -> None:
    """A server that stops waits for it."""
    slow = Slow()
    async with asyncio.TaskGroup() as tasks:
        async with LoopbackServer(Starlette(routes=[Route("/", slow.__call__)])) as server:
            answer = tasks.create_task(ask(server.endpoint))
            await slow.was_asked.wait()
            asyncio.get_running_loop().call_later(0.05, slow.may_answer.set)
        assert slow.may_answer.is_set()
        assert await answer == "at last"


async def test_an_answer_that_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that stops does not wait for it for good."""
    monkeypatch.setattr(loopback, "_PATIENCE_S", 0)
    slow = Slow()
    async with asyncio.TaskGroup() as tasks:
        async with LoopbackServer(Starlette(routes=[Route("/", slow.__call__)])) as server:
            answer = tasks.create_task(ask(server.endpoint))
            await slow.was_asked.wait()
        assert await answer == "Internal Server Error"
    assert slow.was_cancelled
