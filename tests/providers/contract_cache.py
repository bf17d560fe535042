"""What every ``providers.cache.Cache`` must do.

A test module of an implementation subclasses ``CacheContract`` and provides the fixture
``cache``, whose keys nobody else uses.
"""

import asyncio

import pytest

from providers.cache import Cache

FOR_LONG_S = 3_600.0


class CacheContract:
    """The tests."""

    @pytest.mark.parametrize("value", [b"", b"one", bytes(range(256)), b"\r\n$-1\r\n", b"x" * 300_000])
    async def test_what_was_kept_is_there(self, cache: Cache, value: bytes) -> None:
        """Whatever bytes they are, and more than once."""
        await cache.set("key", value, ttl_s=FOR_LONG_S)
        assert await cache.get("key") == value
        assert await cache.get("key") == value

    @pytest.mark.parametrize("key", ["key", "clé 键\r\n", "k" * 2_000])
    async def test_keys_are_told_apart(self, cache: Cache, key: str) -> None:
        """Whatever text they are."""
        await cache.set(key, b"one", ttl_s=FOR_LONG_S)
        assert await cache.get(key) == b"one"
        assert await cache.get(f"{key} ") is None
        assert await cache.get("") is None

    async def test_the_later_value_counts(self, cache: Cache) -> None:
        """It replaces the earlier one, with its time."""
        await cache.set("key", b"one", ttl_s=0.001)
        await cache.set("key", b"two", ttl_s=FOR_LONG_S)
        assert await cache.get("key") == b"two"

    async def test_a_value_is_gone_after_its_time(self, cache: Cache) -> None:
        """Also one whose time is over at once."""
        await cache.set("now", b"one", ttl_s=0)
        await cache.set("soon", b"one", ttl_s=0.02)
        await cache.set("late", b"one", ttl_s=FOR_LONG_S)
        async with asyncio.timeout(10):
            while await cache.get("soon") is not None:
                await asyncio.sleep(0.01)
        assert await cache.get("now") is None
        assert await cache.get("late") == b"one"

    async def test_many_use_it_at_once(self, cache: Cache) -> None:
        """Nobody gets another one's value."""

        async def use(number: int) -> None:
            key, value = f"key {number}", str(number).encode() * 100
            await cache.set(key, value, ttl_s=FOR_LONG_S)
            assert await cache.get(key) == value

        async with asyncio.TaskGroup() as tasks:
            for number in range(20):
                tasks.create_task(use(number))

    async def test_whoever_asks_may_be_cancelled(self, cache: Cache) -> None:
        """The next one gets its own answer."""
        await cache.set("one", b"1", ttl_s=FOR_LONG_S)
        await cache.set("two", b"2", ttl_s=FOR_LONG_S)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(cache.get("one"))
            await asyncio.sleep(0)
            task.cancel()
        assert await cache.get("two") == b"2"
