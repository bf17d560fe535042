"""A language model that follows a script: what the tests of assistants talk to."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from agent.chat import ChatDelta, ChatMessage, ToolSpec
from agent.errors import AssistantError


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to the model."""

    messages: tuple[ChatMessage, ...]
    tools: tuple[ToolSpec, ...]


class ScriptedChat:
    """Answers each request with the next row; an error in a row is raised there, a number is a pause in seconds."""

    def __init__(self, *rows: Sequence[ChatDelta | AssistantError | float]) -> None:
        self.rows = list(rows)
        self.asked: list[Asked] = []
        self.is_warm = False
        self.closed = 0
        """Streams that have ended, by themselves or by their reader."""

    async def stream(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[ChatDelta, None]:
        """Give the next row."""
        self.asked.append(Asked(tuple(messages), tuple(tools)))
        try:
            for delta in self.rows.pop(0):
                if isinstance(delta, AssistantError):
                    raise delta
                if isinstance(delta, float):
                    await asyncio.sleep(delta)
                else:
                    yield delta
        finally:
            self.closed += 1

    async def warm_up(self) -> None:
        """Remember that it was asked to."""
        self.is_warm = True
