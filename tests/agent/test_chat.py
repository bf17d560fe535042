"""The words of the language model port."""

from collections.abc import AsyncGenerator, Sequence

from agent.chat import (
    ChatDelta,
    ChatMessage,
    ChatModel,
    Finished,
    FinishReason,
    Prompted,
    Role,
    TextDelta,
    ToolSpec,
)


class Parrot:
    """The smallest model: it repeats."""

    async def stream(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[ChatDelta, None]:
        for message in messages:
            if isinstance(message, Prompted):
                yield TextDelta(message.text)
        yield Finished(FinishReason.STOP)

    async def warm_up(self) -> None:
        return


async def test_the_port_is_satisfied_by_an_async_generator() -> None:
    """A stream is text and then, always, its end."""
    model: ChatModel = Parrot()
    deltas = [delta async for delta in model.stream([Prompted(Role.USER, "Hello")], [])]
    assert deltas == [TextDelta("Hello"), Finished(FinishReason.STOP)]


def test_reasons_and_roles_are_the_words_of_the_wire() -> None:
    """They are read from and written to the service as they are."""
    assert FinishReason("tool_calls") is FinishReason.TOOL_CALLS
    assert str(Role.SYSTEM) == "system"
