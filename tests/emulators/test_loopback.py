"""An application within our loop."""

import signal
import socket

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulators.loopback import LoopbackServer


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
