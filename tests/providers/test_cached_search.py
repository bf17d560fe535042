"""A search that remembers."""

from collections.abc import AsyncIterator

import pytest

from agent.errors import SearchFailed
from agent.search import Search
from emulators.ai_search import AiSearchEmulator
from emulators.json_service import JsonFault
from providers.azure_search import AzureSearch, AzureSearchSettings
from providers.cache import Cache
from providers.cached_search import CachedSearch
from providers.memory_cache import MemoryCache
from tests.providers.contract_search import DOCUMENTS, SearchContract
from tests.support.passages import FakeSearch, passage

RECORDS = [
    {"id": path, "question": question, "answer": answer, "file_path": path}
    for path, (question, answer) in DOCUMENTS.items()
]


class TestCached(SearchContract):
    """What is remembered is as good as what is found: the contract of every search."""

    @pytest.fixture
    async def search(self) -> AsyncIterator[Search]:
        async with AiSearchEmulator(RECORDS) as service:
            inner = AzureSearch(
                AzureSearchSettings(endpoint=service.endpoint, index=service.index, access_key="test-key")
            )
            yield CachedSearch(inner, MemoryCache(), identity="x", ttl_s=60)
            await inner.close()

    @pytest.fixture
    async def broken(self) -> AsyncIterator[Search]:
        async with AiSearchEmulator(RECORDS, faults=[JsonFault()] * 2) as service:
            inner = AzureSearch(
                AzureSearchSettings(endpoint=service.endpoint, index=service.index, access_key="test-key")
            )
            yield CachedSearch(inner, MemoryCache(), identity="x", ttl_s=60)
            await inner.close()


async def asked(search: CachedSearch, inner: FakeSearch, query: str, language: str = "en", limit: int = 5) -> int:
    """How often the index was asked for this."""
    before = len(inner.asked)
    assert [each.text for each in await search.search(query, language=language, limit=limit)] == ["About: tow a car"]
    return len(inner.asked) - before


class ToldOnce(FakeSearch):
    """Finds the same for every query."""

    async def search(self, query: str, *, language: str = "", limit: int = 5) -> tuple:  # type: ignore[type-arg]
        await super().search(query, language=language, limit=limit)
        return (passage("About: tow a car", place="page 3"),)


async def test_what_was_found_is_not_asked_again() -> None:
    """However it is written; another language, another number, another version and another index ask anew."""
    inner, cache = ToldOnce(delay_s=0), MemoryCache()
    search = CachedSearch(inner, cache, identity="one", ttl_s=60)
    assert await asked(search, inner, "tow a car") == 1
    assert await asked(search, inner, "Tow a car?!") == 0
    assert await asked(search, inner, "tow a car", language="EN") == 0
    assert await asked(search, inner, "tow a car", language="fr") == 1
    assert await asked(search, inner, "tow a car", limit=2) == 1
    assert await asked(search, inner, "tow two cars") == 1
    assert await asked(CachedSearch(inner, cache, identity="two", ttl_s=60), inner, "tow a car") == 1
    inner.current_version = "2"
    assert await asked(search, inner, "tow a car") == 1
    assert (await search.search("tow a car"))[0] == passage("About: tow a car", place="page 3")


async def test_that_nothing_fits_is_remembered_and_failures_are_not() -> None:
    """The one costs as much as any search; the other may be over."""
    inner = FakeSearch(by_query={"down": SearchFailed("down")}, delay_s=0)
    search = CachedSearch(inner, MemoryCache(), identity="one", ttl_s=60)
    for _ in range(2):
        with pytest.raises(SearchFailed):
            await search.search("down")
    assert len(inner.asked) == 2


class Damaged:
    """A cache whose values were written by somebody else."""

    async def get(self, key: str) -> bytes | None:
        return b"\xc1rubbish"

    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        pass


async def test_what_cannot_be_read_is_found_anew() -> None:
    """As after an upgrade."""
    cache: Cache = Damaged()
    search = CachedSearch(FakeSearch(delay_s=0), cache, identity="one", ttl_s=60)
    assert [each.text for each in await search.search("tow a car")] == ["About: tow a car"]
