"""Two assistants in a row: when the first one fails, the second one answers."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Final

from agent.assistant import (
    Assistant,
    Decline,
    EndCall,
    Expect,
    FollowTopic,
    NoteGuard,
    Output,
    Say,
    TransferCall,
    Withhold,
)
from agent.character import Character
from agent.closing import closing
from agent.dialogue import Dialogue
from agent.errors import AssistantError, ContentFiltered, PromptFiltered
from agent.foresight import foreseen
from agent.phrases import Phrases
from agent.texts.bundled import Repertoire
from agent.verdict import Rule

_ALL_BUNDLED: Final = Repertoire()


class FallbackAssistant:
    """Lets ``last`` answer where ``first`` cannot; satisfies ``agent.assistant.Assistant``.

    A reply that fails before a word of it was said is given by ``last``, on a claim
    that has what ``first`` stored already. One that fails later ends with a question, or with
    goodbye if the call is about to end.
    What a content filter stopped is declined, kindly, and the call goes on: no other
    assistant is asked, it is not for it either. If the filter objected to what was asked, that
    is withheld from later turns: it would stop each of them.

    Args:
        first: Who answers as a rule.
        last: Who never fails.
        on_failure: Told of each failure of ``first``; must return at once and not raise.
        repertoire: What is said when ``first`` broke off, and in which languages.
        asks_again: Whether a reply that broke off ends with a question; else the failure is raised then: whoever
            reads an answer is told otherwise that it is not whole.
    """

    def __init__(
        self,
        first: Assistant,
        last: Assistant,
        on_failure: Callable[[AssistantError], None] | None = None,
        *,
        repertoire: Repertoire = _ALL_BUNDLED,
        asks_again: bool = True,
    ) -> None:
        self._first = first
        self._last = last
        self._on_failure = on_failure
        self._repertoire = repertoire
        self._asks_again = asks_again

    def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Open the call."""
        return self._either(self._first.greet, self._last.greet, dialogue)

    def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
        """Answer what the caller said."""

        def from_first(snapshot: Dialogue) -> AsyncIterator[Output]:
            return self._first.reply(snapshot, utterance)

        def from_last(snapshot: Dialogue) -> AsyncIterator[Output]:
            return self._last.reply(snapshot, utterance)

        return self._either(from_first, from_last, dialogue)

    def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Ask whether the caller is still there."""
        return self._either(self._first.nudge, self._last.nudge, dialogue)

    async def warm_up(self) -> None:
        """Warm up both; that ``first`` is out of order now is no reason not to start."""
        await self._last.warm_up()
        try:
            await self._first.warm_up()
        except AssistantError as error:
            self._report(error)

    async def _either(
        self,
        from_first: Callable[[Dialogue], AsyncIterator[Output]],
        from_last: Callable[[Dialogue], AsyncIterator[Output]],
        dialogue: Dialogue,
    ) -> AsyncIterator[Output]:
        has_spoken = False
        leaving: Output | None = None
        snapshot = dialogue
        try:
            async with closing(from_first(dialogue)) as outputs:
                async for output in outputs:
                    snapshot = foreseen(snapshot, output)
                    leaving = output if isinstance(output, EndCall | TransferCall) else leaving
                    has_spoken = has_spoken or (isinstance(output, Say) and bool(output.text.strip()))
                    yield output
                return
        except AssistantError as error:
            self._report(error)
            failure = error
        phrases = Phrases.of(dialogue, self._repertoire, Character("", ""))
        if isinstance(failure, ContentFiltered):
            is_asked = isinstance(failure, PromptFiltered)
            yield NoteGuard((Rule.SERVICE_FILTER,), is_outgoing=not is_asked)
            if is_asked:
                yield Withhold()
            yield Decline(phrases.choose(phrases.texts.declined))
            yield Expect(dialogue.expecting, dialogue.attempts)
            return
        if leaving is not None:
            # The caller is about to go: no question now.
            is_goodbye = isinstance(leaving, EndCall)
            last_words = phrases.texts.goodbye if is_goodbye else phrases.texts.end_call_to_connect_agent
            yield Say((phrases.texts.gap if has_spoken else "") + phrases.choose(last_words))
            return
        if has_spoken and not self._asks_again:
            raise failure
        if has_spoken:
            # A question, so that the caller knows whose turn it is.
            yield Say(phrases.texts.gap + phrases.choose(phrases.texts.say_again))
            yield Expect(dialogue.expecting, dialogue.attempts)
            return
        if snapshot is not dialogue:
            # What was said has been used already: it must not be taken for an answer once more.
            snapshot = snapshot.with_expectation("", 0)
        if snapshot.topic != dialogue.topic:
            # A question of a topic that was not asked: nothing answers it.
            snapshot = replace(snapshot, topic=dialogue.topic)
            yield FollowTopic(dialogue.topic)
        async for output in from_last(snapshot):
            yield output

    def _report(self, error: AssistantError) -> None:
        if self._on_failure is not None:
            self._on_failure(error)
