"""What recognition and synthesis by Azure Speech share: the account, tokens, and threads for the native SDK.

The SDK is a native library: its calls may block (a stop takes 10 s when the service does
not answer), and its callbacks come on its own threads. Calls that may block go to
``NativeThreads``; callbacks cross into the loop by ``LoopPost`` alone.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, TypeVarTuple

import azure.cognitiveservices.speech as speechsdk
from azure.cognitiveservices.speech.diagnostics.logging import FileLogger
from azure.cognitiveservices.speech.interop import LogLevel

from providers.errors import SpeechServiceFailed

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")
Token = Callable[[], Awaitable[str]]
"""Gives a token for ``authorization_token``: of Entra ID ``aad#<resource id>#<jwt>``."""

TOKEN_REFRESH_S = 540.0
"""Tokens of the service live for ten minutes."""
_ASK_AGAIN_S = 30.0
_ASK_WITHIN_S = 5.0

_THREADS_MAX = 64
"""Threads are made when they are needed. Overflow: a stop waits for a thread; nobody waits for the stop."""


def log_warnings(path: Path) -> None:
    """Let the SDK write its warnings and errors to a file, anew, until the process ends.

    A file of its own: the lines are the SDK's, and nobody can promise that they quote no caller.

    Raises:
        SpeechServiceFailed: The file cannot be written.
    """
    try:
        FileLogger.set_level(LogLevel.Warning)
        FileLogger.start(str(path.resolve()))
    except (RuntimeError, ValueError) as error:
        raise SpeechServiceFailed("LogPath", is_permanent=True) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureSpeechAccount:
    """Where the service is, and who we are. One of ``host``, ``endpoint`` and ``region``, in this order."""

    region: str = ""
    """For example ``westeurope``."""
    endpoint: str = ""
    """Of a resource with a name of its own: ``https://name.cognitiveservices.azure.com``."""
    host: str = ""
    """``wss://host`` of a container, ``ws://127.0.0.1:port`` of the emulator."""
    key: str = field(default="", repr=False)
    token: Token | None = field(default=None, repr=False)
    """Instead of a key; asked again every nine minutes."""

    def new_config(self, token: str, *, synthesis_stream: bool = False) -> speechsdk.SpeechConfig:
        """A configuration of the SDK, not shared by anybody.

        Args:
            token: Empty with a key.
            synthesis_stream: For synthesis from text that is streamed: another address.
        """
        key = self.key or None
        v2 = "/cognitiveservices/websocket/v2"
        if self.host and synthesis_stream:
            config = speechsdk.SpeechConfig(endpoint=self.host.rstrip("/") + v2, subscription=key)
        elif self.host:
            config = speechsdk.SpeechConfig(host=self.host, subscription=key)
        elif synthesis_stream and self.region:
            config = speechsdk.SpeechConfig(
                endpoint=f"wss://{self.region}.tts.speech.microsoft.com{v2}", subscription=key
            )
        elif self.endpoint:
            config = speechsdk.SpeechConfig(endpoint=self.endpoint, subscription=key)
        elif token:
            config = speechsdk.SpeechConfig(auth_token=token, region=self.region)
        else:
            config = speechsdk.SpeechConfig(subscription=key, region=self.region)
        if token:
            config.authorization_token = token
        return config


class Tokens:
    """The token of an account, asked for again when it is old. One for all calls."""

    def __init__(
        self, ask: Token | None, *, refresh_s: float = TOKEN_REFRESH_S, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._refresh_s = refresh_s
        self._now = now
        self._token = ""
        self._asked_at: float | None = None
        self._asking = asyncio.Lock()

    @property
    def due_at(self) -> float | None:
        """When the token is to be asked for again (monotonic seconds); None when there is none."""
        if self._ask is None:
            return None
        return self._now() if self._asked_at is None else self._asked_at + self._refresh_s

    async def current(self) -> str:
        """The token; empty for accounts with a key.

        Raises:
            SpeechServiceFailed: It cannot be had, and there is no old one.
        """
        if self._ask is None:
            return ""
        async with self._asking:
            due_at = self.due_at
            if due_at is not None and due_at <= self._now():
                await self._renew(self._ask)
        return self._token

    async def _renew(self, ask: Token) -> None:
        try:
            async with asyncio.timeout(_ASK_WITHIN_S):
                self._token = await ask()
        except Exception as error:  # whatever a credential raises: the old token may do for a while
            if not self._token:
                raise SpeechServiceFailed("NoToken", is_permanent=False) from error
            self._asked_at = self._now() - self._refresh_s + _ASK_AGAIN_S
        else:
            self._asked_at = self._now()


class NativeThreads:
    """Threads for calls into the SDK that may block. Shared by all calls."""

    def __init__(self) -> None:
        """Start none yet."""
        self._pool = ThreadPoolExecutor(max_workers=_THREADS_MAX, thread_name_prefix="azure-speech")

    def submit(self, function: Callable[[*Arguments], Result], *arguments: *Arguments) -> "Future[Result]":
        """Begin a call.

        Raises:
            SpeechServiceFailed: ``close`` was called.
        """
        try:
            return self._pool.submit(function, *arguments)
        except RuntimeError as error:
            raise SpeechServiceFailed("Closed", is_permanent=True) from error

    async def run(self, function: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
        """Call, and wait for the result; what was begun goes on when the waiting is cancelled."""
        return await asyncio.wrap_future(self.submit(function, *arguments))

    async def close(self) -> None:
        """Let all calls end, and the threads. Takes 10 s at most, when the service does not answer. Idempotent."""
        await asyncio.to_thread(self._pool.shutdown, wait=True)


class LoopPost:
    """Carries what native threads tell into the event loop; the only way across."""

    def __init__(self) -> None:
        """Belongs to the running loop."""
        self._loop = asyncio.get_running_loop()
        self._is_closed = False

    def post(self, deliver: Callable[[*Arguments], None], *arguments: *Arguments) -> None:
        """Call ``deliver`` in the loop, soon. From any thread; nothing happens after ``close``."""
        if self._is_closed:
            return
        try:
            self._loop.call_soon_threadsafe(deliver, *arguments)
        except RuntimeError:
            self._is_closed = True  # the loop has ended

    def close(self) -> None:
        """Drop what is still told."""
        self._is_closed = True
