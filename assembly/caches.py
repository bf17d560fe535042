"""What is kept that was found out at some cost."""

import logging
from contextlib import AsyncExitStack

from config import AzureSpeechConfig, CacheConfig, Config
from pipeline.ports import TextToSpeech
from providers.cache import Cache
from providers.cached_voice import CachedVoice
from providers.memory_cache import MemoryCache
from providers.redis_cache import RedisCache

_VOICE_BYTES = 32_000_000
"""A quarter of an hour of speech."""
_VOICE_TTL_S = 86_400.0
_SOUNDS_BY = frozenset(
    {
        "host",
        "endpoint",
        "region",
        "voice",
        "voice_language",
        "style",
        "rate",
        "lexicon_url",
        "voice_endpoint_id",
        "voices",
    }
)

_log = logging.getLogger("antiphon.server")


def build_cache(config: Config, stack: AsyncExitStack) -> Cache:
    """What searches are remembered in.

    Raises:
        CacheUnavailable: The URL of Redis cannot be one.
    """
    if config.cache.mode == "redis":
        return build_redis(config.cache, stack)
    return MemoryCache(most_entries=config.cache.max_entries, most_bytes=config.cache.max_bytes)


def build_redis(cache: CacheConfig, stack: AsyncExitStack) -> RedisCache:
    """The cache that replicas share. Raises as ``build_cache``."""
    redis = RedisCache(
        cache.url.get_secret_value(),
        on_failure=lambda error: _log.warning("event=cache_failed error=%s", type(error).__name__),
    )
    stack.push_async_callback(redis.close)
    return redis


def remembering(voice: TextToSpeech, azure: AzureSpeechConfig) -> CachedVoice:
    """The voice of a service, which need not be asked for a sentence that comes again.

    In the memory of this process, whatever ``cache.mode`` says: sentences hold names.
    """
    identity = azure.model_dump_json(include=set(_SOUNDS_BY))
    return CachedVoice(voice, MemoryCache(most_bytes=_VOICE_BYTES), identity=identity, ttl_s=_VOICE_TTL_S)
