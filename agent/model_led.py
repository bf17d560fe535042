"""The assistant that a language model leads.

One reply is a few rounds with the model: it talks, or calls tools and then talks
about what they answered. Text is passed on as it comes, and is spoken while the tools
run; what they answered is there in the next round.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, assert_never

from agent.assistant import EndCall, Expect, Output, Reserve, Say, Spend
from agent.character import Character
from agent.chat import (
    ChatMessage,
    ChatModel,
    Completed,
    Finished,
    FinishReason,
    TextDelta,
    ToolCall,
    ToolResult,
    ToolSpec,
)
from agent.citing import cited
from agent.dialogue import Dialogue
from agent.errors import AssistantError
from agent.expectation import Expectation
from agent.foresight import foreseen
from agent.guard import Guard
from agent.phrases import Phrases
from agent.prompt import build_prompt
from agent.prompt_texts import PromptTexts
from agent.spending import metered
from agent.texts.bundled import Repertoire
from agent.tool import Tool, Toolbox
from agent.tool_gate import ToolGate
from agent.tool_runs import ToolRuns

MOST_ROUNDS: Final = 4
"""With the model in one reply; in the last one it is offered no tools, so it has to talk."""
_ALL_BUNDLED: Final = Repertoire()
_OUR_PROMPTS: Final = PromptTexts()
_PAUSE: Final = "\n"
"""Ends what is said before tools are run: it is spoken meanwhile, and need not wait for more."""


@dataclass(slots=True)
class _Reply:
    """One reply in the making."""

    chat: ChatModel
    messages: tuple[ChatMessage, ...]
    dialogue: Dialogue
    """With what the tools of this reply have set."""
    has_spoken: bool = False
    ends_call: bool = False


@dataclass(slots=True)
class _Round:
    """What one completion has brought so far."""

    text: str = ""
    calls: list[ToolCall] = field(default_factory=list)
    finished: Finished | None = None

    @property
    def wants_tools(self) -> bool:
        """Whether there are tool calls that are whole: what was cut off is never run."""
        if not self.calls or self.finished is None:
            return False
        return self.finished.reason in {FinishReason.TOOL_CALLS, FinishReason.STOP}

    @property
    def has_spoken(self) -> bool:
        """Whether there are words in it."""
        return bool(self.text.strip())


class ModelAssistant:
    """Lets a model talk and fill the claim; satisfies ``agent.assistant.Assistant``.

    Args:
        chat: The model.
        character: Who it is to be.
        tools: What it may do.
        clock: Tells the time in the caller's time zone.
        repertoire: What is said without the model, and in which languages.
        slow_first: The model where ``Options.is_slow_model_first``; None: the same.
        guard: Judges what the tools are called for; None lets every call be run.
        prompts: What the company has written for the model.
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
        guard: Guard | None = None,
        prompts: PromptTexts = _OUR_PROMPTS,
    ) -> None:
        self._chat = chat
        self._slow_first = slow_first or chat
        self._character = character
        self._toolbox = Toolbox(tools)
        self._guard = guard
        self._prompts = prompts
        self._clock = clock
        self._repertoire = repertoire

    async def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Say who speaks and ask the first question, without the model: nobody should wait for a greeting."""
        field = Expectation().next_field(dialogue.claim)
        phrases = Phrases.of(dialogue, self._repertoire, self._character)
        question = phrases.question(field) if field else phrases.texts.how_can_i_help
        yield Expect((Expectation().asking(field) if field else Expectation()).encode())
        for output in phrases.say(
            phrases.greeting(is_resumed=dialogue.is_resumed, calls_back_about=dialogue.calls_back_about), question
        ):
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
        prompt = build_prompt(dialogue.character or self._character, dialogue, utterance, now, texts=self._prompts)
        gate = None if self._guard is None else ToolGate(self._guard, dialogue, utterance)
        reply, runs = _Reply(chat, prompt, dialogue), ToolRuns(self._toolbox, now, gate=gate)
        # The script, if it has to take over, must not take the next answer for one to its own question.
        yield Expect(Expectation().encode())
        for number in range(MOST_ROUNDS):
            is_last = number == MOST_ROUNDS - 1
            current = _Round()
            async with aclosing(_talk(reply, current, () if is_last else self._toolbox.specs)) as outputs:
                async for output in outputs:
                    yield output
            if is_last or not current.wants_tools:
                break
            if current.has_spoken:
                yield Say(_PAUSE)
            async with aclosing(_use_tools(reply, current, runs)) as outputs:
                async for output in outputs:
                    yield output
            if reply.ends_call and reply.has_spoken:
                break  # a goodbye is said once
        if not reply.has_spoken:
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


async def _talk(reply: _Reply, current: _Round, tools: Sequence[ToolSpec]) -> AsyncGenerator[Output, None]:
    """One completion: its text as it comes, and what it cost."""
    async with aclosing(metered(reply.chat, reply.messages, tools)) as deltas:
        async for delta in deltas:
            match delta:
                case TextDelta(text=text):
                    # A new round begins a new sentence behind what was said in the last one.
                    is_new = reply.has_spoken and not current.text
                    current.text += text
                    yield Say(f" {text.lstrip()}" if is_new else text)
                case ToolCall():
                    current.calls.append(delta)
                case Finished():
                    current.finished = delta
                case Reserve() | Spend():
                    yield delta
                case _:
                    assert_never(delta)
    reply.has_spoken = reply.has_spoken or current.has_spoken


async def _use_tools(reply: _Reply, current: _Round, runs: ToolRuns) -> AsyncGenerator[Output, None]:
    """Run what was called: what the tools want, and for the next round what they answered."""
    reply.messages = (*reply.messages, Completed(current.text, tuple(current.calls)))
    async with aclosing(runs.run(current.calls, reply.dialogue)) as parts:
        async for part in parts:
            if isinstance(part, ToolResult):
                reply.messages = (*reply.messages, part)
                continue
            reply.dialogue = foreseen(reply.dialogue, part)
            reply.ends_call = reply.ends_call or isinstance(part, EndCall)
            yield part
