"""The whole server on a real socket, and a telephone network that calls it."""

import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import Config
from emulators.phone import PhoneNetwork
from server import Application, Engines, application
from tests.support.serving import serving


@dataclass(frozen=True, slots=True)
class Whole:
    """Server and network, both up."""

    url: str
    built: Application
    network: PhoneNetwork

    @property
    def webhook_url(self) -> str:
        """Where the network announces calls."""
        return f"{self.url}/eventgrid"


@contextlib.asynccontextmanager
async def whole(engines: Engines, folder: Path, **sections: dict[str, Any]) -> AsyncIterator[Whole]:
    """Start both; ``sections`` are configuration."""
    port = free_port()
    async with PhoneNetwork() as network:
        config = Config.model_validate(
            {
                "server": {"port": port},
                "communication_services": {"endpoint": network.endpoint, "access_key": network.access_key},
                "database": {
                    "url": f"sqlite+aiosqlite:///{folder / 'calls.db'}",
                    "recordings_path": folder / "recordings",
                },
                "features": {"recording_enabled": True},
                **sections,
            }
        )
        async with application(config, engines) as built, serving(built.app, port=port) as address:
            yield Whole(f"http://{address}", built, network)


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
