"""The assistant that a language model leads.

One reply is a few rounds with the model: it talks, or calls tools and then talks
about what they answered. Text is passed on as it comes.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, assert_never

from agent.assistant import Expect, Output, Say, UpdateClaim
from agent.character import Character
from agent.chat import (
    ChatModel,
    Completed,
    Finished,
    FinishReason,
    TextDelta,
    ToolCall,
    ToolResult,
)
from agent.citing import cited
from agent.dialogue import Dialogue
from agent.errors import AssistantError
from agent.expectation import Expectation
from agent.phrases import Phrases
from agent.prompt import build_prompt
from agent.texts.bundled import Repertoire
from agent.tool import Tool, Toolbox

MOST_ROUNDS: Final = 4
"""With the model in one reply; in the last one it is offered no tools, so it has to talk."""
_ALL_BUNDLED: Final = Repertoire()


@dataclass(slots=True)
class _Round:
    """What one completion has brought so far."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    finish: FinishReason | None = None

    @property
    def wants_tools(self) -> bool:
        """Whether there are tool calls that are whole: what was cut off is never run."""
        return bool(self.calls) and self.finish in {FinishReason.TOOL_CALLS, FinishReason.STOP}


class ModelAssistant:
    """Lets a model talk and fill the claim; satisfies ``agent.assistant.Assistant``.

    Args:
        chat: The model.
        character: Who it is to be.
        tools: What it may do.
        clock: Tells the time in the caller's time zone.
        repertoire: What is said without the model, and in which languages.
        slow_first: The model where ``Options.is_slow_model_first``; None: the same.
    """

    def __init__(
        self,
        chat: ChatModel,
        *,
        character: Character,
        tools: Sequence[Tool[Any]],
        clock: Callable[[], datetime],
        repertoire: Repertoire = _ALL_BUNDLED,
        slow_first: ChatModel | None = None,
    ) -> None:
        self._chat = chat
        self._slow_first = slow_first or chat
        self._character = character
        self._toolbox = Toolbox(tools)
        self._clock = clock
        self._repertoire = repertoire

    async def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Say who speaks and ask the first question, without the model: nobody should wait for a greeting."""
        field = Expectation().next_field(dialogue.claim)
        phrases = Phrases.of(dialogue, self._repertoire, self._character)
        question = phrases.question(field) if field else phrases.texts.how_can_i_help
        yield Expect((Expectation().asking(field) if field else Expectation()).encode())
        for output in phrases.say(phrases.greeting(is_resumed=dialogue.is_resumed), question):
            yield output

    def reply(self, dialogue: Dialogue, utterance: str) -> AsyncGenerator[Output, None]:
        """Let the model answer, and cite what it takes from the documents.

        Raises:
            AssistantError: The model failed, or had nothing to say.
        """
        return cited(self._answer(dialogue, utterance), dialogue.passages)

    async def _answer(self, dialogue: Dialogue, utterance: str) -> AsyncGenerator[Output, None]:
        now = self._clock()
        chat = self._slow_first if dialogue.options.is_slow_model_first else self._chat
        messages = build_prompt(dialogue.character or self._character, dialogue, utterance, now)
        has_spoken = False
        # The script, if it has to take over, must not take the next answer for one to its own question.
        yield Expect(Expectation().encode())
        for number in range(MOST_ROUNDS):
            is_last = number == MOST_ROUNDS - 1
            current = _Round()
            async with aclosing(chat.stream(messages, () if is_last else self._toolbox.specs)) as deltas:
                async for delta in deltas:
                    if isinstance(delta, TextDelta):
                        # A new round begins a new sentence behind what was said in the last one.
                        yield Say(f" {delta.text.lstrip()}" if has_spoken and not current.text else delta.text)
                    _add(current, delta)
            has_spoken = has_spoken or bool(current.text.strip())
            if is_last or not current.wants_tools:
                break
            messages = (*messages, Completed(current.text, current.calls))
            for call in current.calls:
                outcome = self._toolbox.run(call, dialogue, now)
                messages = (*messages, ToolResult(call.call_id, outcome.text))
                for output in outcome.outputs:
                    if isinstance(output, UpdateClaim):
                        dialogue = dialogue.with_claim(dialogue.claim.with_value(output.field, output.value))
                    yield output
        if not has_spoken:
            raise AssistantError("the model had nothing to say")

    async def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Ask whether the caller is there, without the model."""
        yield Expect(dialogue.expecting, dialogue.attempts)
        phrases = Phrases.of(dialogue, self._repertoire, self._character)
        yield Say(phrases.choose(phrases.texts.timeout_silence))

    async def warm_up(self) -> None:
        """Open the connection to the model.

        Raises:
            AssistantError: The model cannot be used.
        """
        await self._chat.warm_up()


def _add(current: _Round, delta: TextDelta | ToolCall | Finished) -> None:
    """Take one delta into a round."""
    match delta:
        case TextDelta(text=text):
            current.text += text
        case ToolCall():
            current.calls = (*current.calls, delta)
        case Finished(reason=reason):
            current.finish = reason
        case _:
            assert_never(delta)
