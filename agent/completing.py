"""One question, answered in writing and as a whole: for other systems, and for topics.

The assistant behind it is the server's own: its model with the documents and the guard, or, where
there is none or it fails, the documents alone. It has no call: it can change nothing.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from agent.assistant import Assistant, Cite, Decline, Say, Spend
from agent.character import Character
from agent.claim import Claim
from agent.closing import closing
from agent.dialogue import Dialogue, Message
from agent.errors import AssistantError, SearchFailed
from agent.facts import Citation, ModelUsage, Spent
from agent.language_tags import english_name
from agent.phrases import Phrases
from agent.search import Passage, Search
from agent.texts.bundled import Repertoire
from agent.topics.ports import Answered

_PASSAGES: Final = 5
_SEARCH_TIMEOUT_S: Final = 3.0
_NOTHING_KNOWN: Final = Claim(())


class Finish(StrEnum):
    """Why an answer ends."""

    STOP = "stop"
    CONTENT_FILTER = "content_filter"
    """It was declined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be answered."""

    text: str
    before: tuple[Message, ...] = ()
    """What was said before, oldest first."""
    instructions: str = ""
    """Who the assistant is to be; empty: who it is. Of the company, never of a caller."""
    language: str = ""
    """To answer in (BCP 47); empty: our own."""
    spent: Spent = Spent()  # noqa: RUF009 (frozen)
    """What the call that it belongs to has cost so far."""


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer."""

    text: str
    """Never empty."""
    finish: Finish = Finish.STOP
    citations: tuple[Citation, ...] = ()
    usages: tuple[ModelUsage, ...] = ()
    """What it has cost; empty: no model was asked."""
    is_answered: bool = True
    """False: nothing could be answered, and the text says so."""


class Completing:
    """Answers questions; shared by all who ask. Satisfies ``agent.topics.ports.Answerer``.

    Args:
        assistant: Who answers; raises ``AssistantError`` where it cannot.
        search: The documents; None: there are none.
        repertoire: What is said where nothing can be answered.
        character: Who the assistant is.
    """

    def __init__(
        self, assistant: Assistant, search: Search | None, *, repertoire: Repertoire, character: Character
    ) -> None:
        self._assistant = assistant
        self._search = search
        self._repertoire = repertoire
        self._character = character

    async def complete(self, question: Question) -> Completion:
        """Answer; never fails."""
        dialogue = await self._dialogue(question)
        said, citations, usages = "", list[Citation](), list[ModelUsage]()
        finish, is_answered = Finish.STOP, True
        try:
            async with closing(self._assistant.reply(dialogue, question.text)) as outputs:
                async for output in outputs:
                    match output:
                        case Say(text=text):
                            said += text
                        case Decline(text=text):
                            said, finish = f"{said} {text}", Finish.CONTENT_FILTER
                        case Cite(citations=cited):
                            citations += cited
                        case Spend(usage=usage):
                            usages.append(usage)
                        case _:
                            pass  # it has no call that anything could be done to
        except AssistantError:
            is_answered = False
        if not said.strip():
            phrases = Phrases.of(dialogue, self._repertoire, self._character)
            said, is_answered = phrases.choose(phrases.texts.cannot_answer), False
        is_answered = is_answered and finish is Finish.STOP
        text = " ".join(said.split())
        return Completion(text, finish, tuple(dict.fromkeys(citations)), tuple(usages), is_answered)

    async def answer(self, question: str, *, instructions: str, language: str, spent: Spent) -> Answered:
        """See the port."""
        asked = Question(text=question, instructions=instructions, language=language, spent=spent)
        completion = await self.complete(asked)
        return Answered(completion.text, completion.citations, completion.usages, completion.is_answered)

    async def warm_up(self) -> None:
        """Warm the assistant up.

        Raises:
            AssistantError: It cannot be used.
        """
        await self._assistant.warm_up()

    async def _dialogue(self, question: Question) -> Dialogue:
        who, language = self._character, question.language
        character = Character(
            company=who.company,
            bot_name=who.bot_name,
            task=question.instructions or who.task,
            language_name=english_name(language) if language else who.language_name,
        )
        return Dialogue(
            _NOTHING_KNOWN,
            messages=question.before,
            character=character,
            language=language,
            passages=await self._passages(question.text, language),
            spent=question.spent,
        )

    async def _passages(self, text: str, language: str) -> tuple[Passage, ...]:
        """What the documents say; a search that fails finds nothing."""
        if self._search is None:
            return ()
        try:
            async with asyncio.timeout(_SEARCH_TIMEOUT_S):
                return await self._search.search(text, language=language, limit=_PASSAGES)
        except (SearchFailed, TimeoutError):
            return ()
