"""A cache in Redis, which all replicas share."""

import math
import time
from collections.abc import Callable

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from providers.errors import CacheUnavailable

_FAILURES = (RedisError, OSError, ValueError)
"""The last one is raised where what answers is no Redis."""
_TIMEOUT_S = 0.25
"""For a connection, and for an answer: what takes longer is no cache."""
_AVOID_S = 5.0
"""A server that is dead would cost every caller the timeout."""
_CONNECTIONS_MAX = 32
"""Overflow rule: who finds none free goes without the cache."""


class RedisCache:
    """Satisfies ``providers.cache.Cache``. A server that is dead is a cache that is empty; that is told once."""

    def __init__(
        self,
        url: str,
        *,
        on_failure: Callable[[Exception], None] = lambda error: None,
        timeout_s: float = _TIMEOUT_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect to nothing yet.

        Args:
            url: ``redis://[[user]:password@]host[:port][/database]``, or ``rediss://…`` over TLS.
            on_failure: Told when the server fails, once until it works again; returns at once and never raises.
            timeout_s: For a connection, and for each answer.
            now: Tells the time in seconds.

        Raises:
            CacheUnavailable: The URL cannot be one.
        """
        try:
            self._client: Redis = Redis.from_url(
                url,
                socket_timeout=timeout_s,
                socket_connect_timeout=timeout_s,
                # Once more, for a connection that the server has closed meanwhile.
                retry=Retry(NoBackoff(), 1),
                max_connections=_CONNECTIONS_MAX,
            )
        except ValueError as error:
            raise CacheUnavailable("the URL of Redis is not of its form") from error
        self._on_failure = on_failure
        self._now = now
        self._avoided_until = float("-inf")
        self._is_told = False

    async def get(self, key: str) -> bytes | None:
        """What is there; None too where the server fails."""
        if self._is_avoided:
            return None
        try:
            value = await self._client.get(key)
        except _FAILURES as error:
            self._failed(error)
            return None
        self._works()
        return value if isinstance(value, bytes) else None

    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep it, if the server takes it."""
        if self._is_avoided or ttl_s <= 0:
            return
        try:
            await self._client.set(key, value, px=math.ceil(ttl_s * 1000))
        except _FAILURES as error:
            self._failed(error)
        else:
            self._works()

    async def ping(self) -> None:
        """Ask the server whether it is there.

        Raises:
            CacheUnavailable: It is not, or does not let us in.
        """
        try:
            await self._client.ping()
        except _FAILURES as error:
            raise CacheUnavailable(f"Redis cannot be used: {type(error).__name__}") from error

    async def close(self) -> None:
        """Release the connections. Idempotent."""
        await self._client.aclose()

    @property
    def _is_avoided(self) -> bool:
        return self._now() < self._avoided_until

    def _failed(self, error: Exception) -> None:
        self._avoided_until = self._now() + _AVOID_S
        if not self._is_told:
            self._is_told = True
            self._on_failure(error)

    def _works(self) -> None:
        self._is_told = False
