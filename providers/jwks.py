"""The public keys of an issuer, fetched from where it publishes them.

Satisfies ``calls.token_door.SigningKeys``. One fetch at a time, shared by all who wait
for it; the first begins before anybody asks. While the issuer cannot be reached, the
keys that are held stay in use.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import aiohttp
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from calls.doors import Refusal
from calls.errors import Refused, UnreadableKeys
from calls.signing_keys import KeyRing, Keys, read_keys

_LONGEST_BYTES = 256 * 1024

_log = logging.getLogger(__name__)


class JwksKeys:
    """Use as ``async with JwksKeys(url) as keys``; leaving it ends a fetch that is under way.

    Args:
        url: http or https URL of the JWKS.
        ring: How long keys are good, and how often the issuer may be asked.
        timeout_s: For one fetch as a whole.
        clock: Seconds that never go back.
        is_often_away: The issuer comes and goes, as an emulator does: that it is not there is no warning.
    """

    def __init__(
        self,
        url: str,
        *,
        ring: KeyRing | None = None,
        timeout_s: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
        is_often_away: bool = False,
    ) -> None:
        self._url = url
        self._level = logging.INFO if is_often_away else logging.WARNING
        self._ring = ring or KeyRing()
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._clock = clock
        self._tasks = asyncio.TaskGroup()
        self._fetching: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._session = aiohttp.ClientSession(timeout=self._timeout, trust_env=False)
        self._begin_fetch()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
        try:
            # The task has been told to end: the group need not wrap the body's own error.
            await self._tasks.__aexit__(None, None, None)
        finally:
            if self._session is not None:
                await self._session.close()

    async def key(self, key_id: str) -> RSAPublicKey:
        """See ``calls.token_door.SigningKeys``. A key that is held is given at once."""
        key = self._ring.get(key_id)
        if key is None:
            if (fetching := self._begin_fetch()) is not None:
                await asyncio.wait({fetching})  # whoever gives up waiting does not end it for the others
            key = self._ring.get(key_id)
        elif self._ring.is_stale(self._clock()):
            self._begin_fetch()
        if key is None:
            raise Refused(Refusal.UNKNOWN_KEY if self._ring.is_current else Refusal.KEYS_UNAVAILABLE)
        return key

    def _begin_fetch(self) -> asyncio.Task[None] | None:
        """The fetch that is under way, or a new one; None when it is too early for one."""
        if self._fetching is not None and not self._fetching.done():
            return self._fetching
        if not self._ring.spend_fetch(self._clock()):
            return None
        self._fetching = self._tasks.create_task(self._fetch(), name="fetch signing keys")
        return self._fetching

    async def _fetch(self) -> None:
        """Root of a task: whatever an issuer sends must not end the others, who are calls."""
        try:
            self._ring.fetched(read_keys(await self._download()), self._clock())
        except Exception as error:  # noqa: BLE001 - root of a task
            self._ring.fetch_failed()
            _log.log(self._level, "event=signing_keys_not_fetched error=%s", type(error).__name__)

    async def _download(self) -> bytes:
        assert self._session is not None
        return await _download(self._session, self._url)


async def fetch_keys(url: str, *, timeout_s: float = 5.0) -> Keys:
    """The keys that an issuer publishes now.

    Raises:
        UnreadableKeys: It cannot be reached, refuses, or publishes no key that could be used.
    """
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as session:
            return read_keys(await _download(session, url))
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise UnreadableKeys(f"the issuer could not be reached: {type(error).__name__}") from error


async def _download(session: aiohttp.ClientSession, url: str) -> bytes:
    body = bytearray()
    async with session.get(url, allow_redirects=False) as response:
        if response.status != 200:
            raise UnreadableKeys(f"the issuer answered {response.status}")
        async for piece in response.content.iter_chunked(16_384):
            body += piece
            if len(body) > _LONGEST_BYTES:
                raise UnreadableKeys(f"what the issuer published is longer than {_LONGEST_BYTES} bytes")
    return bytes(body)
