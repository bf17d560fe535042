"""An assistant behind the guard: what attacks it is declined, what it may not say is not said."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Final

from agent.assistant import (
    Assistant,
    Decline,
    Expect,
    NoteGuard,
    NoteToolCall,
    Output,
    Say,
    UpdateClaim,
    Withhold,
)
from agent.character import Character
from agent.closing import closing
from agent.dialogue import Dialogue
from agent.guard import Guard, ReplyWatch
from agent.phrases import Phrases
from agent.texts.bundled import Repertoire
from agent.verdict import ASKED_FOR, Rule

_ALL_BUNDLED: Final = Repertoire()
_NOBODY: Final = Character("", "")
_MOST_HELD_CHARACTERS: Final = 120
"""A clause that is longer is judged in parts."""
_WHOLE_CLAUSES: Final = re.compile(r".*(?:[.!?;:,\u2026]['\")\]]*\s+|\n|[。！？；：，、])", re.DOTALL)
"""What is spoken next never ends earlier."""
_WHOLE_WORDS: Final = re.compile(r".*\s", re.DOTALL)


class GuardedAssistant:
    """Lets the guard judge what comes in and what goes out; satisfies ``agent.assistant.Assistant``.

    An attack is declined with a sentence of ours, and shown to no model. What an assistant may
    not say is not passed on: the clause that holds it is dropped, the same sentence is said, and
    the assistant is stopped. Who made it say that is withheld from later turns. A whole sentence
    of ours that repeats a blocked word, as the caller has said it, is only left out.
    Words are held until their clause is whole; a voice would not begin earlier.

    Args:
        assistant: Who answers. Its tools are guarded where they are run: see ``agent.tool_gate``.
        guard: The rules.
        repertoire: What is said instead, and in which languages.
        speaks_our_words: Calls are opened, and silence is broken, with words of ours, which need no judge.
    """

    def __init__(
        self,
        assistant: Assistant,
        guard: Guard,
        repertoire: Repertoire = _ALL_BUNDLED,
        *,
        speaks_our_words: bool = True,
    ) -> None:
        self._assistant = assistant
        self._guard = guard
        self._repertoire = repertoire
        self._speaks_our_words = speaks_our_words

    @property
    def behind(self) -> Assistant:
        """Who answers."""
        return self._assistant

    def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Open the call."""
        outputs = self._assistant.greet(dialogue)
        return outputs if self._speaks_our_words else self._judged(dialogue, "", outputs)

    async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncGenerator[Output, None]:
        """Answer, or decline to.

        Raises:
            agent.errors.AssistantError: As the assistant does.
        """
        dialogue = self._guard.recalled(dialogue)
        verdict = self._guard.heard(utterance, dialogue)
        if verdict.is_blocked:
            yield NoteGuard(verdict.rules)
            yield Withhold()
            for output in self._declined(dialogue):
                yield output
            return
        informed, stopped = await self._informed(dialogue)
        if stopped:
            yield NoteGuard(stopped)
        async with closing(self._judged(informed, utterance, self._assistant.reply(informed, utterance))) as outputs:
            async for output in outputs:
                yield output

    async def _judged(
        self, dialogue: Dialogue, utterance: str, unjudged: AsyncIterator[Output]
    ) -> AsyncGenerator[Output, None]:
        """What may be said and done of this; then, if anything may not, that it is declined."""
        watched = _Watched(self._guard.watch(dialogue, utterance))
        async with closing(unjudged) as outputs:
            async for output in outputs:
                for passed in watched.take(output):
                    yield passed
                if watched.tripped is not None:
                    break
        for passed in watched.rest():
            yield passed
        if (rule := watched.tripped) is not None:
            yield NoteGuard((rule,), is_outgoing=True)
            if rule in ASKED_FOR:
                yield Withhold()
            for output in self._declined(dialogue):
                if not (watched.has_stored and isinstance(output, Expect)):  # that was answered
                    yield output

    def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Ask whether the caller is still there."""
        outputs = self._assistant.nudge(dialogue)
        return outputs if self._speaks_our_words else self._judged(dialogue, "", outputs)

    async def warm_up(self) -> None:
        """Warm the assistant up."""
        await self._assistant.warm_up()

    async def _informed(self, dialogue: Dialogue) -> tuple[Dialogue, tuple[Rule, ...]]:
        if not dialogue.passages:
            return dialogue, ()
        return await asyncio.to_thread(self._guard.without_attacks, dialogue)  # some pages, the first time

    def _declined(self, dialogue: Dialogue) -> tuple[Output, ...]:
        phrases = Phrases.of(dialogue, self._repertoire, _NOBODY)
        return Decline(phrases.choose(phrases.texts.declined)), Expect(dialogue.expecting, dialogue.attempts)


class _Watched:
    """The outputs of one reply: text leaves in whole clauses, once they were judged."""

    def __init__(self, watch: ReplyWatch) -> None:
        self._watch = watch
        self._held = Say("")
        self.tripped: Rule | None = None
        self.has_stored = False

    def take(self, output: Output) -> Iterator[Output]:
        """Take the next output; what can be passed on by now."""
        if isinstance(output, Say) and output.is_sentence:
            yield from self.rest()
            yield from self._judged(output)
            return
        if isinstance(output, Say):
            if output.language != self._held.language:
                yield from self.rest()
            text = self._held.text + output.text
            whole = _WHOLE_CLAUSES.match(text)
            if whole is None and len(text) > _MOST_HELD_CHARACTERS:
                whole = _WHOLE_WORDS.match(text)
            end = whole.end() if whole is not None else 0
            self._held = Say(text[end:], output.language)
            yield from self._judged(Say(text[:end], output.language))
            return
        yield from self.rest()
        if self.tripped is not None:
            return
        if isinstance(output, UpdateClaim):
            self.has_stored = True
            self._watch.learn(output.value)
        if isinstance(output, NoteToolCall):
            self._watch.learn(output.result)
        yield output

    def rest(self) -> Iterator[Output]:
        """What is still held: no more of it comes."""
        held, self._held = self._held, Say("")
        yield from self._judged(held)

    def _judged(self, piece: Say) -> Iterator[Output]:
        if not piece.text or self.tripped is not None:
            return
        rule = self._watch.judge(piece.text)
        if rule is None:
            yield piece
        elif rule is Rule.BLOCKED_WORD and piece.is_sentence:
            yield NoteGuard((rule,), is_outgoing=True)
        else:
            self.tripped = rule
