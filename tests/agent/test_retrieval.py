"""Passages are looked up while the caller is still speaking."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from agent.assistant import Say
from agent.errors import SearchFailed
from agent.retrieval import InformedAssistant, Retrieval, RetrievalSettings
from tests.support.fakes import FakeAssistant, empty_dialogue
from tests.support.jumping_time import on_jumping_time
from tests.support.passages import FakeSearch

PARTIAL = "what does a new windscreen"
WHOLE = "what does a new windscreen cost me today"
SETTINGS = RetrievalSettings(limit=3, timeout_ms=400, search_timeout_ms=3_000)


@asynccontextmanager
async def running(retrieval: Retrieval) -> AsyncIterator[Retrieval]:
    """The retrieval, with its task; no task is left behind it."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(retrieval.run())
        yield retrieval
        task.cancel()
    assert [each.get_name() for each in asyncio.all_tasks() if each is not asyncio.current_task()] == []


def now() -> float:
    """Virtual seconds."""
    return asyncio.get_running_loop().time()


async def found(retrieval: Retrieval, text: str, language: str = "") -> list[str]:
    """The texts of the passages."""
    return [passage.text for passage in await retrieval.passages_for(text, language)]


@on_jumping_time
async def test_what_was_overheard_is_there_at_once() -> None:
    """The search runs while the caller speaks; the answer waits for nothing."""
    search = FakeSearch(delay_s=0.3)
    async with running(Retrieval(search, SETTINGS)) as retrieval:
        retrieval.overhear(WHOLE, "en-US")
        await asyncio.sleep(0.5)
        began = now()
        assert await found(retrieval, WHOLE, "en-US") == [f"About: {WHOLE}"]
        assert now() == began
    assert search.asked == [(WHOLE, "en-US", 3)]


@on_jumping_time
async def test_nearly_the_same_is_not_searched_again() -> None:
    """A word more, or other marks, in a long enough text; in a short one each word counts."""
    search = FakeSearch()
    async with running(Retrieval(search, SETTINGS)) as retrieval:
        retrieval.overhear(WHOLE)
        await asyncio.sleep(0.2)
        assert await found(retrieval, WHOLE.capitalize() + " please?") == [f"About: {WHOLE}"]
        assert len(search.asked) == 1
        assert await found(retrieval, "is hail covered") == ["About: is hail covered"]
        assert await found(retrieval, "is theft covered") == ["About: is theft covered"]
        assert await found(retrieval, "is theft covered", "fr-FR") == ["About: is theft covered"]
    assert len(search.asked) == 4


@on_jumping_time
async def test_one_runs_and_one_waits() -> None:
    """What waits is replaced by newer words, however many come."""
    search = FakeSearch(delay_s=1)
    words = [f"first words and then number{index}" * 2 for index in range(5)]
    async with running(Retrieval(search, SETTINGS)) as retrieval:
        for text in words:
            retrieval.overhear(text)
            await asyncio.sleep(0.1)
        await asyncio.sleep(5)
    assert [query for query, *_ in search.asked] == [words[0], words[-1]]


@on_jumping_time
async def test_an_answer_that_is_due_ends_what_is_out_of_date() -> None:
    """It does not wait behind a slow search for half of the words; also where its own search waits already."""
    search = FakeSearch(by_query={PARTIAL: 2.0, WHOLE: 0.2})
    async with running(Retrieval(search, SETTINGS)) as retrieval:
        retrieval.overhear(PARTIAL)
        await asyncio.sleep(0.1)
        began = now()
        assert await found(retrieval, WHOLE) == [f"About: {WHOLE}"]
        assert now() - began == pytest.approx(0.2)
        assert search.ended == [WHOLE]
        retrieval.overhear(PARTIAL)
        await asyncio.sleep(0.1)
        retrieval.overhear(WHOLE)
        assert await found(retrieval, WHOLE) == [f"About: {WHOLE}"]
    assert PARTIAL not in search.ended


@on_jumping_time
async def test_an_answer_waits_no_longer_than_the_timeout() -> None:
    """Then it has what was found for the first half of the words, or nothing; what comes late is there next time."""
    search = FakeSearch(by_query={PARTIAL: 0.1, WHOLE: 1.0, "where is the nearest office": 1.0})
    async with running(Retrieval(search, SETTINGS)) as retrieval:
        retrieval.overhear(PARTIAL)
        await asyncio.sleep(0.2)
        began = now()
        assert await found(retrieval, WHOLE) == [f"About: {PARTIAL}"]
        assert now() - began == pytest.approx(0.4)
        assert await found(retrieval, "where is the nearest office") == []
        await asyncio.sleep(1)
        assert await found(retrieval, "where is the nearest office") == ["About: where is the nearest office"]


@on_jumping_time
async def test_a_search_that_fails_finds_nothing_and_is_told() -> None:
    """The answer goes on at once; a search that hangs is given up, and the next one works."""
    errors: dict[str, float | Exception] = {
        "the broken windscreen": SearchFailed("down"),
        "a bug of the index": ValueError("bug"),
        "it hangs for ever": 1e6,
    }
    failures: list[Exception] = []
    retrieval = Retrieval(FakeSearch(by_query=errors), SETTINGS, on_failure=failures.append)
    async with running(retrieval):
        began = now()
        assert await found(retrieval, "the broken windscreen") == []
        assert await found(retrieval, "a bug of the index") == []
        assert now() == began
        retrieval.overhear("it hangs for ever")
        await asyncio.sleep(4)
        assert await found(retrieval, WHOLE) == [f"About: {WHOLE}"]
    assert [type(error) for error in failures] == [SearchFailed, ValueError, TimeoutError]


@pytest.mark.parametrize("text", ["", "Yes.", "two 0 2 5 5 5", "202 555 0143", "um"])
def test_what_asks_nothing_is_not_searched(text: str) -> None:
    """A number, a yes: nothing is waited for."""

    @on_jumping_time
    async def run() -> None:
        search = FakeSearch()
        async with running(Retrieval(search, SETTINGS)) as retrieval:
            retrieval.overhear(text)
            began = now()
            assert await found(retrieval, text) == []
            assert now() == began
        assert search.asked == []

    run()


@on_jumping_time
async def test_short_texts_without_spaces_are_searched() -> None:
    """Four Chinese characters are a question."""
    async with running(Retrieval(FakeSearch(), SETTINGS)) as retrieval:
        assert await found(retrieval, "玻璃保险", "zh-CN") == ["About: 玻璃保险"]


@on_jumping_time
async def test_without_documents_nothing_is_waited_for() -> None:
    """No index: no passages, at once, whether it runs or not."""
    retrieval = Retrieval(None)
    retrieval.overhear(WHOLE)
    began = now()
    assert await found(retrieval, WHOLE) == []
    assert now() == began


@on_jumping_time
async def test_no_search_outlives_the_call() -> None:
    """Ending the task ends a search that is under way."""
    search = FakeSearch(delay_s=2)
    async with running(Retrieval(search, SETTINGS)) as retrieval:
        retrieval.overhear(WHOLE)
        await asyncio.sleep(0.1)
    assert search.asked != []
    assert search.ended == []


@on_jumping_time
async def test_whoever_waits_may_be_cancelled() -> None:
    """A reply that is thrown away while it waits; the next one finds what was looked up for it."""
    async with running(Retrieval(FakeSearch(delay_s=0.3), SETTINGS)) as retrieval, asyncio.TaskGroup() as tasks:
        reply = tasks.create_task(retrieval.passages_for(WHOLE))
        await asyncio.sleep(0.1)
        reply.cancel()
        await asyncio.sleep(0.3)
        began = now()
        assert await found(retrieval, WHOLE) == [f"About: {WHOLE}"]
        assert now() == began


@on_jumping_time
async def test_the_assistant_is_told_what_was_found() -> None:
    """In the snapshot that it answers from; greetings and nudges need no documents."""
    inner = FakeAssistant([Say("It costs 150 dollars.")])
    async with running(Retrieval(FakeSearch(), SETTINGS)) as retrieval:
        assistant = InformedAssistant(inner, retrieval)
        await assistant.warm_up()
        dialogue = replace(empty_dialogue(), language="en-US")
        assert [output async for output in assistant.reply(dialogue, WHOLE)] == [Say("It costs 150 dollars.")]
        assert Say("Hello there.") in [output async for output in assistant.greet(dialogue)]
        assert [output async for output in assistant.nudge(dialogue)] == [Say("Are you still there?")]
    ((utterance, told),) = inner.asked
    assert utterance == WHOLE
    assert [passage.text for passage in told.passages] == [f"About: {WHOLE}"]
    assert replace(told, passages=()) == dialogue


@on_jumping_time
async def test_what_a_call_is_held_in_is_searched_in() -> None:
    """As long as nobody knows what the caller speaks; afterwards in that."""
    search = FakeSearch()
    async with running(Retrieval(search, SETTINGS)) as retrieval:
        german = replace(empty_dialogue(), languages=("de-DE", "fr-FR"))
        await retrieval.informed(german, "Was kostet eine neue Scheibe?")
        await retrieval.informed(replace(german, language="it-IT"), "Quanto costa un vetro nuovo?")
    assert [language for _, language, _ in search.asked] == ["de-DE", "it-IT"]
