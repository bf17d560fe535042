"""Retrieval: the passages for an answer, looked up while the caller is still speaking.

Each partial transcript may begin a search, so that the passages are mostly there when the
turn is over. At most one search runs and one waits: a newer text replaces what waits, and
an answer that is due replaces what runs, if that looks for something else.

One ``Retrieval`` serves one call. Whoever holds the call runs ``run`` as a task of its
own, and no search outlives it.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Final

from agent.assistant import Assistant, Output
from agent.closing import closing
from agent.dialogue import Dialogue
from agent.search import Passage, Search

_FEWEST_LETTERS: Final = 8
"""Of a text that is worth a search: not "yes", not a number."""
_FEWEST_CHARACTERS: Final = 4
"""In scripts without spaces."""
_MOST_NEW_WORDS: Final = 2
"""Words by which two texts may differ and still mean the same search, if they share four times as many."""
_SHARED_TO_NEW: Final = 4
_WORD: Final = re.compile(r"[^\W_]+")
_NO_SPACES: Final = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalSettings:
    """How passages are looked up."""

    limit: int = 5
    """At most so many passages for one answer."""
    timeout_ms: int = 400
    """Longest that an answer waits for passages that are not there yet."""
    search_timeout_ms: int = 3_000
    """A search that takes longer is given up: the next one waits behind it."""


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    words: tuple[str, ...]
    language: str

    def is_nearly(self, other: "_Question") -> bool:
        """Whether both would find the same: nothing but a word or two was added, or understood otherwise."""
        if self.language != other.language:
            return False
        ours, theirs = set(self.words), set(other.words)
        new = len(ours ^ theirs)
        return new == 0 or (new <= _MOST_NEW_WORDS and len(ours & theirs) >= _SHARED_TO_NEW * new)

    def begins(self, other: "_Question") -> bool:
        """Whether the other one goes on where this one, at least half of it, stops."""
        ours, theirs = self.words, other.words
        return self.language == other.language and 2 * len(ours) >= len(theirs) and theirs[: len(ours)] == ours


class Retrieval:
    """What one call looks up. Search that fails finds nothing, and is told."""

    def __init__(
        self,
        search: Search | None,
        settings: RetrievalSettings | None = None,
        *,
        on_failure: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        """Look nothing up yet.

        Args:
            search: The index; None: there are no documents.
            settings: How.
            on_failure: Told of each search that failed or took too long; returns at once and never raises.
        """
        self._search = search
        self._settings = settings or RetrievalSettings()
        self._on_failure = on_failure
        self._asked = asyncio.Event()
        self._waiting: _Question | None = None
        self._running: tuple[_Question, asyncio.Task[None]] | None = None
        self._found: tuple[_Question, tuple[Passage, ...]] | None = None
        self._progressed = asyncio.Condition()

    def overhear(self, text: str, language: str = "") -> None:
        """Begin to look for what the caller has said so far. Overflow rule: what waits is replaced.

        Args:
            text: All of the turn, as far as it is understood.
            language: Of the text (BCP 47); empty: not known.
        """
        question = self._question(text, language)
        if question is not None and not self._is_known(question):
            self._ask(question)

    async def passages_for(self, utterance: str, language: str = "") -> tuple[Passage, ...]:
        """What documents say to this, best first; at once if it has been looked for, else within the timeout.

        When the time is up, what was found for the first half of it or more is better than nothing.

        Args:
            utterance: All that the caller said.
            language: Of it (BCP 47); empty: not known.
        """
        question = self._question(utterance, language)
        if question is None:
            return ()
        if not self._is_known(question):
            self._ask(question)
        if not self._has_found(question) and self._running is not None and not self._running[0].is_nearly(question):
            self._running[1].cancel()  # it is out of date, and this one is waited for
        try:
            async with asyncio.timeout(self._settings.timeout_ms / 1000), self._progressed:
                await self._progressed.wait_for(lambda: self._has_found(question))
        except TimeoutError:
            if self._found is None or not self._found[0].begins(question):
                return ()
        return self._found[1] if self._found is not None else ()

    async def informed(self, dialogue: Dialogue, utterance: str) -> Dialogue:
        """The dialogue with the passages for an answer to this."""
        return replace(dialogue, passages=await self.passages_for(utterance, dialogue.supposed_language))

    async def run(self) -> None:
        """Search until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                await self._asked.wait()
                self._asked.clear()
                question, self._waiting = self._waiting, None
                if question is None or self._search is None:
                    continue
                task = tasks.create_task(self._look_up(self._search, question), name="search")
                self._running = (question, task)
                await asyncio.wait([task])
                self._running = None

    def _question(self, text: str, language: str) -> _Question | None:
        """None where there is nothing to search, or nothing to search for."""
        letters = sum(character.isalpha() for character in text)
        if self._search is None or letters < (_FEWEST_CHARACTERS if _NO_SPACES.search(text) else _FEWEST_LETTERS):
            return None
        return _Question(text, tuple(_WORD.findall(text.casefold())), language)

    def _ask(self, question: _Question) -> None:
        self._waiting = question
        self._asked.set()

    def _is_known(self, question: _Question) -> bool:
        """Whether this has been looked for, or is being looked for now."""
        waits = self._waiting is not None and self._waiting.is_nearly(question)
        runs = self._waiting is None and self._running is not None and self._running[0].is_nearly(question)
        return waits or runs or (self._waiting is None and self._running is None and self._has_found(question))

    def _has_found(self, question: _Question) -> bool:
        return self._found is not None and self._found[0].is_nearly(question)

    async def _look_up(self, search: Search, question: _Question) -> None:
        """One search, the root of its task: whatever happens in it, the call goes on."""
        passages: tuple[Passage, ...] = ()
        try:
            async with asyncio.timeout(self._settings.search_timeout_ms / 1000):
                passages = await search.search(question.text, language=question.language, limit=self._settings.limit)
        except Exception as error:  # noqa: BLE001 - the root of what an index may raise; the call goes on without it
            self._on_failure(error)
        async with self._progressed:
            self._found = (question, passages)
            self._progressed.notify_all()


class InformedAssistant:
    """An assistant that is told what the documents say; satisfies ``agent.assistant.Assistant``, for one call."""

    def __init__(self, assistant: Assistant, retrieval: Retrieval) -> None:
        self._assistant = assistant
        self._retrieval = retrieval

    def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Open the call."""
        return self._assistant.greet(dialogue)

    async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncGenerator[Output, None]:
        """Answer, knowing the passages.

        Raises:
            agent.errors.AssistantError: As the assistant does; the documents never fail.
        """
        informed = await self._retrieval.informed(dialogue, utterance)
        async with closing(self._assistant.reply(informed, utterance)) as outputs:
            async for output in outputs:
                yield output

    def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Ask whether the caller is still there."""
        return self._assistant.nudge(dialogue)

    async def warm_up(self) -> None:
        """Warm the assistant up."""
        await self._assistant.warm_up()
