"""The whole server on a real socket, and a telephone network that calls it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from assembly.application import Application, application
from assembly.engines import Engines
from config import Config
from emulators.loopback import free_port
from emulators.phone import PhoneNetwork
from emulators.scenario import Patience
from tests.support.serving import serving
from web.api_keys import hash_of, new_key

UNHURRIED: Final = Patience(finished_gap_ms=2_000, answer_timeout_ms=30_000, farewell_timeout_ms=20_000)
"""Of callers in tests: a machine that stands still for a second does not make them speak before their turn."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Server and network, both up."""

    url: str
    built: Application
    network: PhoneNetwork
    paths: set[str]
    """Of all requests so far: the secret addresses of calls are among them."""
    api_key: str

    @property
    def headers(self) -> dict[str, str]:
        """What opens its pages."""
        return {"Authorization": f"Bearer {self.api_key}"}

    @property
    def webhook_url(self) -> str:
        """Where the network announces calls."""
        return f"{self.url}/eventgrid"


@contextlib.asynccontextmanager
async def whole(engines: Engines, folder: Path, **sections: dict[str, Any]) -> AsyncIterator[Whole]:
    """Start both; ``sections`` are configuration, key by key over what a test needs."""
    port, api_key = free_port(), new_key()
    async with PhoneNetwork() as network:
        base: dict[str, dict[str, Any]] = {
            "server": {"port": port},
            "communication_services": {"endpoint": network.endpoint, "access_key": network.access_key},
            "access": {"api_key_hashes": [hash_of(api_key)]},
            "database": {
                "url": f"sqlite+aiosqlite:///{folder / 'calls.db'}",
                "recordings_path": folder / "recordings",
            },
            "features": {"recording_enabled": True},
        }
        config = Config.model_validate({name: base.get(name, {}) | sections.get(name, {}) for name in base | sections})
        paths: set[str] = set()
        async with application(config, engines) as built, serving(seeing(built.app, paths), port=port) as address:
            yield Whole(f"http://{address}", built, network, paths, api_key)


def seeing(app: ASGIApp, paths: set[str]) -> ASGIApp:
    """The application, with somebody who notes what it is asked for."""

    async def look_and_pass(scope: Scope, receive: Receive, send: Send) -> None:
        paths.add(scope["path"])
        await app(scope, receive, send)

    return look_and_pass


def open_files() -> set[str]:
    """What this process has open: files by name, sockets by number."""
    return {str(link.resolve()) for link in Path("/proc/self/fd").iterdir()}
