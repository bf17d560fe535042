"""What is kept that was found out at some cost."""

import logging
from contextlib import AsyncExitStack

import pytest

from assembly.caches import build_cache, remembering
from config import AzureSpeechConfig
from emulators.redis_server import RedisEmulator
from providers.errors import CacheUnavailable
from providers.memory_cache import MemoryCache
from tests.support.configured import configured
from tests.support.fakes import FakeVoice


async def test_memory_is_the_default() -> None:
    """As large as configured."""
    async with AsyncExitStack() as stack:
        assert isinstance(build_cache(configured(), stack), MemoryCache)
        small = build_cache(configured(cache={"max_bytes": 3}), stack)
        await small.set("key", b"1234", ttl_s=60)
        assert await small.get("key") is None


async def test_redis_is_shared(caplog: pytest.LogCaptureFixture) -> None:
    """Two servers see the same; its death is told once and shows nothing of its URL."""
    async with AsyncExitStack() as stack:
        async with RedisEmulator(password="secret") as server:
            config = configured(cache={"mode": "redis", "url": server.url})
            one, other = build_cache(config, stack), build_cache(config, stack)
            await one.set("key", b"1234", ttl_s=60)
            assert await other.get("key") == b"1234"
        with caplog.at_level(logging.WARNING):
            assert await one.get("key") is None
            assert await one.get("key") is None
    assert caplog.text.count("event=cache_failed") == 1
    assert "secret" not in caplog.text


async def test_a_url_that_is_none_stops_the_start() -> None:
    """It is a fault of the configuration."""
    async with AsyncExitStack() as stack:
        with pytest.raises(CacheUnavailable):
            build_cache(configured(cache={"mode": "redis", "url": "http://cache"}), stack)


async def test_a_voice_remembers() -> None:
    """A sentence that comes again is not synthesised again."""
    voice = FakeVoice(delay_s=0)
    remembered = remembering(voice, AzureSpeechConfig())
    for _ in range(2):
        assert [piece.pcm async for piece in remembered.synthesize("Hello there.")]
    assert voice.said == ["Hello there."]
