"""A real ASGI server on a free loopback port, for as long as a test needs it."""

import contextlib
from collections.abc import AsyncIterator

from starlette.types import ASGIApp

from emulators.loopback import LoopbackServer


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, *, port: int = 0) -> AsyncIterator[str]:
    """Serve the app; yields ``127.0.0.1:port``. An error of the test comes out as it is."""
    async with LoopbackServer(app, port=port) as server:
        yield f"127.0.0.1:{server.port}"
