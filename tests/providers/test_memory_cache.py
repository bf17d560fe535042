"""The cache in memory."""

import pytest

from providers.cache import Cache
from providers.memory_cache import MemoryCache
from tests.providers.contract_cache import CacheContract


class TestMemory(CacheContract):
    """The contract of every cache."""

    @pytest.fixture
    def cache(self) -> Cache:
        return MemoryCache()


async def test_the_longest_unused_goes_first() -> None:
    """By number, and by size; reading is use."""
    cache = MemoryCache(most_entries=2)
    await cache.set("one", b"1", ttl_s=60)
    await cache.set("two", b"2", ttl_s=60)
    await cache.get("one")
    await cache.set("three", b"3", ttl_s=60)
    assert [await cache.get(key) for key in ("one", "two", "three")] == [b"1", None, b"3"]
    cache = MemoryCache(most_bytes=10)
    await cache.set("one", b"x" * 6, ttl_s=60)
    await cache.set("two", b"x" * 4, ttl_s=60)
    await cache.set("one", b"x" * 2, ttl_s=60)
    await cache.set("three", b"x" * 4, ttl_s=60)
    assert [await cache.get(key) is not None for key in ("one", "two", "three")] == [True, True, True]
    await cache.set("four", b"x", ttl_s=60)
    assert [await cache.get(key) is not None for key in ("one", "two", "three", "four")] == [False, True, True, True]


async def test_what_is_too_large_is_not_kept() -> None:
    """It would drive everything else out."""
    cache = MemoryCache(most_bytes=10)
    await cache.set("small", b"x", ttl_s=60)
    await cache.set("large", b"x" * 11, ttl_s=60)
    assert await cache.get("large") is None
    assert await cache.get("small") == b"x"


async def test_time_passes() -> None:
    """To the moment; what is gone makes room."""
    now = [100.0]
    cache = MemoryCache(most_bytes=10, now=lambda: now[0])
    await cache.set("key", b"x" * 10, ttl_s=5)
    now[0] = 104.9
    assert await cache.get("key") is not None
    now[0] = 105.0
    assert await cache.get("key") is None
