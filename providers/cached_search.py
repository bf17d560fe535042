"""A search that remembers what it has found."""

from collections.abc import Sequence

import msgspec

from agent.search import Passage, Search
from providers.cache import Cache, key_of
from providers.document_words import words_of

_Passages = tuple[Passage, ...]


class CachedSearch:
    """Satisfies ``agent.search.Search``: asks only for what was not found of late, as of this version of the index."""

    def __init__(self, search: Search, cache: Cache, *, identity: str, ttl_s: float) -> None:
        """Ask nothing yet.

        Args:
            search: Whose answers are kept.
            cache: Where.
            identity: Tells this search from others that share the cache: index, ranking, thresholds.
            ttl_s: How long an answer holds, where the index does not tell that it has changed.
        """
        self._search = search
        self._cache = cache
        self._identity = identity
        self._ttl_s = ttl_s

    async def version(self) -> str:
        """The index's own."""
        return await self._search.version()

    async def warm_up(self) -> None:
        """Warm the index up, whatever the cache holds."""
        await self._search.warm_up()

    async def search(self, query: str, *, language: str = "", limit: int = 5) -> tuple[Passage, ...]:
        """What was found of late, else what the index finds; that nothing fits is remembered too.

        Raises:
            agent.errors.SearchFailed: As the index; failures are not kept.
        """
        key = await self._key(query, language, limit)
        kept = await self._cache.get(key)
        if kept is not None:
            try:
                return msgspec.msgpack.decode(kept, type=_Passages)
            except msgspec.MsgspecError:
                pass  # of another version of ours, or damaged: it is found anew
        passages = await self._search.search(query, language=language, limit=limit)
        await self._cache.set(key, _encoded(passages), ttl_s=self._ttl_s)
        return passages

    async def _key(self, query: str, language: str, limit: int) -> str:
        """Of the words, however they are written; marks and casing find the same."""
        words = " ".join(words_of(query))
        return key_of("search", self._identity, await self._search.version(), language.lower(), limit, words)


def _encoded(passages: Sequence[Passage]) -> bytes:
    return msgspec.msgpack.encode(passages)
