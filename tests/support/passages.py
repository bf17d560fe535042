"""Passages and an index for tests of those who search."""

import asyncio

from agent.search import Passage


def passage(text: str, *, title: str = "Glass damage", score: float = 0.6, **changes: str) -> Passage:
    """A passage of a document on glass, whose excerpt is its whole text."""
    fields = {"document_id": "glass.md", "source": "glass.md", "place": "", "excerpt": text} | changes
    return Passage(title=title, text=text, score=score, **fields)


class FakeSearch:
    """Finds one passage that repeats the query, after a delay; notes what it was asked.

    An exception as the delay of a query is raised instead.
    """

    def __init__(self, *, delay_s: float = 0.1, by_query: dict[str, float | Exception] | None = None) -> None:
        self._delay_s = delay_s
        self._by_query = by_query or {}
        self.asked: list[tuple[str, str, int]] = []
        self.ended: list[str] = []
        """Queries that were answered; the others were given up."""
        self.current_version = "1"

    async def version(self) -> str:
        return self.current_version

    async def warm_up(self) -> None:
        pass

    async def search(self, query: str, *, language: str = "", limit: int = 5) -> tuple[Passage, ...]:
        self.asked.append((query, language, limit))
        delay = self._by_query.get(query, self._delay_s)
        if isinstance(delay, Exception):
            raise delay
        await asyncio.sleep(delay)
        self.ended.append(query)
        return (passage(f"About: {query}"),)
