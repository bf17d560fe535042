"""The cache in Redis, by the real client: against a real server where there is one, and against the emulator."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from emulators.loopback import free_port
from emulators.redis_server import RedisEmulator, RedisFault
from providers.cache import Cache
from providers.errors import CacheUnavailable
from providers.redis_cache import RedisCache
from tests.providers.contract_cache import CacheContract

PATIENCE_S = 10.0


@asynccontextmanager
async def cache_at(url: str, failures: list[Exception] | None = None, **settings: float) -> AsyncIterator[RedisCache]:
    """A cache there, closed in the end."""
    on_failure = (failures if failures is not None else []).append
    cache = RedisCache(url, on_failure=on_failure, timeout_s=settings.get("timeout_s", PATIENCE_S))
    try:
        yield cache
    finally:
        await cache.close()


class TestEmulated(CacheContract):
    """The contract of every cache."""

    @pytest.fixture
    async def cache(self) -> AsyncIterator[Cache]:
        failures: list[Exception] = []
        async with RedisEmulator() as server, cache_at(server.url, failures) as cache:
            yield cache
        assert failures == []


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server on this machine")
class TestReal(CacheContract):
    """The same, by the server itself."""

    @pytest.fixture
    async def cache(self, tmp_path: Path) -> AsyncIterator[Cache]:
        port = free_port()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
        server = await asyncio.create_subprocess_exec("redis-server", *options, stdout=asyncio.subprocess.DEVNULL)
        try:
            async with cache_at(f"redis://127.0.0.1:{port}/0") as cache, asyncio.timeout(PATIENCE_S):
                while True:
                    try:
                        await cache.ping()
                        break
                    except CacheUnavailable:
                        await asyncio.sleep(0.05)
                yield cache
        finally:
            server.terminate()
            await server.wait()


async def test_a_key_and_a_time_go_over_the_wire() -> None:
    """In milliseconds, never less than one; with a password where there is one."""
    async with RedisEmulator(password="right", now=lambda: 100.0) as server, cache_at(server.url) as cache:
        await cache.set("key", b"value", ttl_s=1.5)
        await cache.set("short", b"value", ttl_s=0.000_1)
        assert server.values == {b"key": (b"value", 101.5), b"short": (b"value", 100.001)}
        await cache.ping()


async def test_a_dead_server_is_a_miss_and_told_once() -> None:
    """It is not asked again at once; when it works again, its next death is news."""
    failures: list[Exception] = []
    now = [100.0]
    async with RedisEmulator() as server:
        url = server.url
        cache = RedisCache(url, on_failure=failures.append, timeout_s=PATIENCE_S, now=lambda: now[0])
        await cache.set("key", b"value", ttl_s=60)
    for _ in range(3):
        assert await cache.get("key") is None
        await cache.set("key", b"value", ttl_s=60)
        now[0] += 6
    assert len(failures) == 1
    async with RedisEmulator(port=server.port) as again:
        now[0] += 6
        await cache.set("key", b"value", ttl_s=60)
        assert await cache.get("key") == b"value"
        again.faults += [RedisFault.ERROR]
        assert await cache.get("key") is None
        asked = len(again.commands)
        assert await cache.get("key") is None
        assert len(again.commands) == asked
    assert len(failures) == 2
    await cache.close()


@pytest.mark.parametrize("fault", list(RedisFault))
async def test_whatever_the_server_does_is_a_miss(fault: RedisFault) -> None:
    """It hangs, closes, refuses, or speaks another language: no error for whoever asks."""
    failures: list[Exception] = []
    async with RedisEmulator(faults=[fault] * 4) as server, cache_at(server.url, failures, timeout_s=0.2) as cache:
        assert await cache.get("key") is None
        await cache.set("key", b"value", ttl_s=60)
    assert len(failures) == 1


async def test_a_server_that_was_started_anew_costs_nothing() -> None:
    """A connection that it has closed is made again."""
    failures: list[Exception] = []
    async with RedisEmulator() as server, cache_at(server.url, failures) as cache:
        await cache.set("key", b"value", ttl_s=60)
        server.drop_connections()
        await asyncio.sleep(0.05)
        assert await cache.get("key") == b"value"
    assert failures == []


@pytest.mark.parametrize("url", ["http://127.0.0.1", "redis://127.0.0.1:port/0", "nonsense"])
def test_a_url_that_is_none_is_told_at_once(url: str) -> None:
    """And not shown: there may be a password in it."""
    with pytest.raises(CacheUnavailable, match="not of its form"):
        RedisCache(url)


async def test_a_check_up_is_told_what_is_wrong() -> None:
    """A wrong password, nobody there."""
    async with RedisEmulator(password="right") as server, cache_at(server.url.replace("right", "wrong")) as cache:
        with pytest.raises(CacheUnavailable, match="AuthenticationError"):
            await cache.ping()
    async with cache_at(server.url) as cache:  # which is closed
        with pytest.raises(CacheUnavailable, match="ConnectionError"):
            await cache.ping()
