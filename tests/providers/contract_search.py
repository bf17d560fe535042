"""What every ``agent.search.Search`` must do.

A test module of an implementation subclasses ``SearchContract`` and provides the fixture
``search``, over the documents of ``DOCUMENTS``, and ``broken``, over an index that fails.
"""

import asyncio

import pytest

from agent.errors import SearchFailed
from agent.search import Search

DOCUMENTS = {
    "glass_damage.md": (
        "What does a new windscreen cost?",
        "For a new windscreen you pay 150 dollars. The bonus stays.",
    ),
    "towing.md": ("Who tows my car?", "A tow truck comes within sixty minutes. Towing is free up to 50 miles."),
    "opening_hours.md": ("When is the office open?", "The office is open from Monday to Friday."),
}
"""By file: a question, and the answer to it."""


class SearchContract:
    """The tests."""

    async def test_the_best_comes_first(self, search: Search) -> None:
        """The passage that answers, whole, with its source, and with the sentence that fits."""
        best, *others = await search.search("What does a new windscreen cost me?")
        assert best.source == "glass_damage.md"
        assert best.title == "Glass damage"
        assert "150 dollars" in best.text
        assert best.excerpt.startswith("For a new windscreen you pay 150 dollars.")
        scores = [best.score, *(other.score for other in others)]
        assert scores == sorted(scores, reverse=True)
        assert all(0 < score <= 1 for score in scores)

    async def test_there_are_at_most_so_many(self, search: Search) -> None:
        """The best of them."""
        (only,) = await search.search("Who tows my car to the office, and what does it cost?", limit=1)
        assert only.source in DOCUMENTS

    @pytest.mark.parametrize("query", ["Yes.", "My name is Robert Miller.", "", "?!", " "])
    async def test_nothing_fits(self, search: Search, query: str) -> None:
        """No passages: the best of nothing is nothing."""
        assert await search.search(query) == ()

    @pytest.mark.parametrize(
        "query",
        [
            '"towing" AND (NEAR* + -car) | ~NOT ^ title:x',
            "tow' truck\\; DROP",
            "towing\x00 \ud83d\ude9a 🚚",
            "tow " * 500,
        ],
    )
    async def test_whatever_is_said_is_no_syntax(self, search: Search, query: str) -> None:
        """Operators of query languages are only words."""
        assert all(passage.source in DOCUMENTS for passage in await search.search(query))

    @pytest.mark.parametrize("language", ["", "en-US", "de-DE", "zh-CN", "xx"])
    async def test_any_language_may_ask(self, search: Search, language: str) -> None:
        """Words that the documents hold are found in each."""
        best, *_ = await search.search("windscreen 150 dollars", language=language)
        assert best.source == "glass_damage.md"

    async def test_several_calls_ask_at_once(self, search: Search) -> None:
        """Each gets its own answer."""
        questions = {
            "new windscreen cost": "glass_damage.md",
            "who tows my car": "towing.md",
            "office open": "opening_hours.md",
        }
        async with asyncio.TaskGroup() as tasks:
            asked = {source: tasks.create_task(search.search(text)) for text, source in questions.items()}
        assert [task.result()[0].source for task in asked.values()] == list(asked)

    async def test_a_search_may_be_given_up(self, search: Search) -> None:
        """The next one works."""
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(search.search("who tows my car"))
            await asyncio.sleep(0)
            task.cancel()
        assert (await search.search("who tows my car"))[0].source == "towing.md"

    async def test_the_version_stays_while_nothing_changes(self, search: Search) -> None:
        """A cache goes by it."""
        assert await search.version() == await search.version()

    async def test_it_can_be_warmed_up(self, search: Search) -> None:
        """More than once."""
        await search.warm_up()
        await search.warm_up()

    async def test_a_failure_is_told(self, broken: Search) -> None:
        """As an error of the agent, whoever asks."""
        with pytest.raises(SearchFailed):
            await broken.search("who tows my car")
        with pytest.raises(SearchFailed):
            await broken.warm_up()
