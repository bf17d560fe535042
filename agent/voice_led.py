"""What a model that hears and speaks by itself needs of us: instructions, tools, fixed sentences."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from agent.assistant import Assistant, Decline, NoteGuard, Output, Say, Withhold
from agent.budget import Budget
from agent.character import Character
from agent.chat import ToolSpec
from agent.dialogue import Dialogue, Message, Persona
from agent.guard import Guard, ReplyWatch
from agent.phrases import Phrases
from agent.prompt import build_instructions
from agent.prompt_texts import PromptTexts
from agent.texts.bundled import Repertoire
from agent.tool import Tool, Toolbox
from agent.tool_gate import ToolGate
from agent.tool_runs import ToolRuns
from agent.verdict import ASKED_FOR, Rule

_ALL_BUNDLED: Final = Repertoire()
_OUR_PROMPTS: Final = PromptTexts()
_JUDGED_CHARACTERS: Final = 32
"""So many at a time: words come much faster than they are spoken."""
_WORD_FOR_WORD: Final = "Say exactly the following, word for word, and nothing else:\n{text}"


class VoiceLed:
    """The mind behind a voice that is not ours. Pure, as an assistant is.

    Args:
        assistant: Knows how a call is opened, and how a silent caller is asked.
        character: Who it is to be.
        tools: What it may do.
        clock: Tells the time in the caller's time zone.
        guard: Judges what is heard, said and called for; None lets everything pass.
        prompts: What the company has written for the model.
        repertoire: What is said instead of what may not be, and in which languages.
        budget: Of each call; None: there is no limit.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        character: Character,
        tools: Sequence[Tool[Any]],
        clock: Callable[[], datetime],
        guard: Guard | None = None,
        repertoire: Repertoire = _ALL_BUNDLED,
        budget: Budget | None = None,
        prompts: PromptTexts = _OUR_PROMPTS,
    ) -> None:
        self._assistant = assistant
        self._character = character
        self._toolbox = Toolbox(tools)
        self._clock = clock
        self._guard = guard
        self._repertoire = repertoire
        self._budget = budget
        self._prompts = prompts

    @property
    def tools(self) -> tuple[ToolSpec, ...]:
        """What it may do, as the model sees it."""
        return self._toolbox.specs

    def instructions(self, dialogue: Dialogue) -> str:
        """What it is told before it answers."""
        return build_instructions(dialogue.character or self._character, dialogue, self._clock(), texts=self._prompts)

    async def greeting(self, dialogue: Dialogue) -> tuple[str, tuple[Output, ...]]:
        """What it is told to open the call, and what else is to come true."""
        return _word_for_word([output async for output in self._assistant.greet(dialogue)])

    async def nudge(self, dialogue: Dialogue) -> tuple[str, tuple[Output, ...]]:
        """What it is told to ask a silent caller, and what else is to come true."""
        return _word_for_word([output async for output in self._assistant.nudge(dialogue)])

    def tool_runs(self, dialogue: Dialogue, said: str) -> ToolRuns:
        """What runs the tools of one reply to this."""
        gate = None if self._guard is None else ToolGate(self._guard, dialogue, said)
        return ToolRuns(self._toolbox, self._clock(), gate=gate)

    def refuses(self, dialogue: Dialogue, said: str) -> bool:
        """Whether this is an attack: the assistant declines it, and the model is not to answer."""
        return self._guard is not None and self._guard.heard(said, dialogue).is_blocked

    def remembered(self, dialogue: Dialogue) -> tuple[Message, ...]:
        """What the model is told that was said before."""
        recalled = dialogue if self._guard is None else self._guard.recalled(dialogue)
        return tuple(message for message in recalled.messages if _is_told(message))

    def spent_limit(self, dialogue: Dialogue) -> str:
        """What the call has spent of what it may: the assistant goes on without the model; empty: nothing yet."""
        if self._budget is None or dialogue.spent.limit:
            return dialogue.spent.limit
        return self._budget.reached(dialogue.spent, dialogue.began_at, self._clock()) or ""

    async def informed(self, dialogue: Dialogue) -> Dialogue:
        """The dialogue without passages that give orders."""
        if self._guard is None or not dialogue.passages:
            return dialogue
        # The first time, some milliseconds for each: 30 to 50 in all.
        informed, _ = await asyncio.to_thread(self._guard.without_attacks, dialogue)
        return informed

    def watch(self, dialogue: Dialogue, said: str) -> "SpokenWatch | None":
        """Follows the words of one reply to this; None where nobody judges them."""
        return None if self._guard is None else SpokenWatch(self._guard.watch(dialogue, said))

    def objections(self, watch: "SpokenWatch | None", text: str, dialogue: Dialogue) -> tuple[Output, ...]:
        """What is to be done because of the next words of a reply (empty: an item is over); mostly nothing."""
        rule = None if watch is None else watch.judge(text)
        if rule is None:
            return ()
        phrases = Phrases.of(dialogue, self._repertoire, self._character)
        return (
            NoteGuard((rule,), is_outgoing=True),
            *((Withhold(),) if rule in ASKED_FOR else ()),
            Decline(phrases.choose(phrases.texts.declined)),
        )


class SpokenWatch:
    """Follows words that come one by one, and judges them some at a time."""

    def __init__(self, watch: ReplyWatch) -> None:
        self._watch = watch
        self._held = ""

    def judge(self, text: str) -> Rule | None:
        """Take the next words; empty: those that are held are whole."""
        self._held += text
        if text and len(self._held) < _JUDGED_CHARACTERS:
            return None
        held, self._held = self._held, ""
        return self._watch.judge(held) if held else None


def _is_told(message: Message) -> bool:
    """What a supervisor has told stands in the instructions."""
    return not message.is_withheld and message.persona is not Persona.SUPERVISOR


def _word_for_word(outputs: Sequence[Output]) -> tuple[str, tuple[Output, ...]]:
    text = "".join(output.text for output in outputs if isinstance(output, Say)).strip()
    return _WORD_FOR_WORD.format(text=text), tuple(output for output in outputs if not isinstance(output, Say))
