"""The cache, by its real client."""

from contextlib import AsyncExitStack

from assembly.checkup.cache import checks_of_cache
from assembly.checkup.findings import Finding, State
from emulators.redis_server import RedisEmulator
from tests.assembly.checkup.looking import found_by
from tests.support.configured import configured


async def finding(**cache: object) -> Finding:
    """The row."""
    async with AsyncExitStack() as stack:
        return (await found_by(checks_of_cache(configured(cache=cache), stack)))["cache"]


async def test_the_cache_is_asked() -> None:
    """In memory it is there; Redis answers or does not, and its password is not shown."""
    assert (await finding()).state is State.OK
    async with RedisEmulator(password="secret") as server:
        there = await finding(mode="redis", url=server.url)
        assert (there.state, there.seen.startswith("Redis at 127.0.0.1 answers, in ")) == (State.OK, True)
        wrong = await finding(mode="redis", url=server.url.replace("secret", "secret2"))
        assert (wrong.state, "cache.url" in wrong.advice) == (State.FIX, True)
    gone = await finding(mode="redis", url=server.url)
    none = await finding(mode="redis", url="http://:secret@cache")
    for found in (gone, none):
        assert (found.state, "cache.url" in found.advice) == (State.FIX, True)
        assert "secret" not in found.seen + found.advice
