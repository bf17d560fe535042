"""The cache: asked whether it is there."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from assembly.caches import build_redis
from assembly.checkup.findings import Check, NotWorking, Seen, Watch
from config import Config
from providers.errors import CacheUnavailable


def checks_of_cache(config: Config, stack: AsyncExitStack) -> Iterator[Check]:
    """In the order in which they are shown; ``stack`` closes what they open."""

    async def cache() -> Seen:
        return await look_at_cache(config, stack)

    yield Check("cache", cache, "cache.url")


async def look_at_cache(config: Config, stack: AsyncExitStack) -> Seen:
    """Nothing is kept in it."""
    if config.cache.mode == "memory":
        return Seen("in memory, of this server alone", "cache.mode: redis shares one among replicas")
    watch = Watch()
    try:
        await build_redis(config.cache, stack).ping()
    except CacheUnavailable as error:
        advice = "set cache.url to redis://:password@host:port/0 of a server that runs, or cache.mode to memory"
        raise NotWorking(str(error), advice) from error
    host = urlsplit(config.cache.url.get_secret_value()).hostname
    return Seen(f"Redis at {host} answers, in {watch.took}")
