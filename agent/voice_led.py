"""What a model that hears and speaks by itself needs of us: instructions, tools, fixed sentences."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from agent.assistant import Assistant, Output, Say
from agent.character import Character
from agent.chat import ToolSpec
from agent.dialogue import Dialogue
from agent.guard import Guard, ReplyWatch
from agent.prompt import build_instructions
from agent.tool import Tool, Toolbox
from agent.tool_gate import ToolGate
from agent.tool_runs import ToolRuns

_WORD_FOR_WORD: Final = "Say exactly the following, word for word, and nothing else:\n{text}"


class VoiceLed:
    """The mind behind a voice that is not ours. Pure, as an assistant is.

    Args:
        assistant: Knows how a call is opened, and how a silent caller is asked.
        character: Who it is to be.
        tools: What it may do.
        clock: Tells the time in the caller's time zone.
        guard: Judges what is heard, said and called for; None lets everything pass.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        character: Character,
        tools: Sequence[Tool[Any]],
        clock: Callable[[], datetime],
        guard: Guard | None = None,
    ) -> None:
        self._assistant = assistant
        self._character = character
        self._toolbox = Toolbox(tools)
        self._clock = clock
        self._guard = guard

    @property
    def tools(self) -> tuple[ToolSpec, ...]:
        """What it may do, as the model sees it."""
        return self._toolbox.specs

    def instructions(self, dialogue: Dialogue) -> str:
        """What it is told before it answers."""
        return build_instructions(self._character, dialogue, self._clock())

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

    def informed(self, dialogue: Dialogue) -> Dialogue:
        """The dialogue without passages that give orders."""
        return dialogue if self._guard is None else self._guard.without_attacks(dialogue)[0]

    def watch(self, dialogue: Dialogue, said: str) -> ReplyWatch | None:
        """Follows the words of one reply to this; None where nobody judges them."""
        return None if self._guard is None else self._guard.watch(dialogue, said)


def _word_for_word(outputs: Sequence[Output]) -> tuple[str, tuple[Output, ...]]:
    text = "".join(output.text for output in outputs if isinstance(output, Say)).strip()
    return _WORD_FOR_WORD.format(text=text), tuple(output for output in outputs if not isinstance(output, Say))
