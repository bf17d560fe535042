"""The server in a process of its own, as a demo or a test needs it: started, ready, stopped."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from emulators.errors import EmulatorError
from emulators.loopback import free_port
from web.api_keys import hash_of, new_key

_ROOT = Path(__file__).resolve().parents[1]


class ServerDidNotStart(EmulatorError):
    """The server ended, or was not ready in time; the message holds the end of its output."""


class DocumentsNotRead(EmulatorError):
    """The documents could not be indexed; the message holds what the command said."""


async def index_documents(folder: Path, environment: Mapping[str, str]) -> str:
    """Run ``server.py index`` over a folder of the project, with the configuration of a server; what it said.

    Raises:
        DocumentsNotRead: It failed.
    """
    code, said = await run_command(("index", str(_ROOT / folder)), environment)
    if code:
        raise DocumentsNotRead(f"the documents of {folder} could not be indexed: {said}")
    return said


async def run_command(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Run ``server.py`` with these arguments, in the folder of the project; its exit code, and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(_ROOT / "server.py"), *arguments),
        cwd=_ROOT,
        env=ServerProcess.surroundings(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode(errors="replace").strip()


class ServerProcess:
    """``async with ServerProcess(...) as server``: ready inside, gone after.

    Args:
        environment: Configuration, as ``SECTION__FIELD``. No file has a part in it. The
            server gets an API key besides, see ``headers``.
        log_path: Where its output goes.
        ready_within_s: How long it may take to load its engines.
        stop_within_s: How long it may take to stop, before it is stopped by force.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        log_path: Path,
        ready_within_s: float = 120.0,
        stop_within_s: float = 20.0,
    ) -> None:
        self._environment = dict(environment)
        self._log_path = log_path
        self._ready_within_s = ready_within_s
        self._stop_within_s = stop_within_s
        self._process: asyncio.subprocess.Process | None = None
        self._port = 0
        self._api_key = new_key()

    @staticmethod
    def command(*options: str) -> tuple[str, ...]:
        """What starts a server with this Python."""
        return (sys.executable, str(_ROOT / "server.py"), "serve", *options)

    @staticmethod
    def surroundings(configuration: Mapping[str, str]) -> dict[str, str]:
        """The environment of a server: that of this process, with a configuration that no file has a part in."""
        return {**os.environ, "ANTIPHON_CONFIG": os.devnull, **configuration}

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def headers(self) -> dict[str, str]:
        """What opens its pages."""
        return {"Authorization": f"Bearer {self._api_key}"}

    @property
    def process_id(self) -> int:
        """Of the running server."""
        assert self._process is not None
        return self._process.pid

    async def __aenter__(self) -> Self:
        self._port = free_port()
        self._log_path.parent.mkdir(parents=True, exist_ok=True)
        with self._log_path.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.command("--port", str(self._port)),
                cwd=_ROOT,
                env=self.surroundings(
                    {
                        "SERVER__PUBLIC_URL": self.url,
                        "ACCESS__API_KEY_HASHES": json.dumps([hash_of(self._api_key)]),
                        **self._environment,
                    }
                ),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            await self._wait_until_ready()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def terminate(self) -> None:
        """Send SIGTERM and return: the first lets it finish its calls, the second stops it at once."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    async def ended(self) -> int:
        """Wait until it has ended by itself; its exit code."""
        assert self._process is not None
        return await self._process.wait()

    async def stop(self) -> int:
        """Drain and stop it, by force when it takes too long; its exit code. Idempotent."""
        process = self._process
        if process is None:
            return 0
        if process.returncode is None:
            self.terminate()
        try:
            async with asyncio.timeout(self._stop_within_s):
                return await process.wait()
        except TimeoutError:
            process.kill()
            return await process.wait()

    async def _wait_until_ready(self) -> None:
        assert self._process is not None
        try:
            async with asyncio.timeout(self._ready_within_s), aiohttp.ClientSession(headers=self.headers) as http:
                while not await _is_ready(http, self.url):
                    if self._process.returncode is not None:
                        raise ServerDidNotStart(f"the server ended:\n{self._log_end()}")
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise ServerDidNotStart(f"the server was not ready in time:\n{self._log_end()}") from error

    def _log_end(self) -> str:
        return self._log_path.read_text(encoding="utf-8", errors="replace")[-2_000:]


async def _is_ready(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(f"{url}/health/readiness") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False
