"""What requests to a language model cost, also those that are broken off before the service tells."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from agent.assistant import Reserve, Spend
from agent.chat import (
    ChatDelta,
    ChatMessage,
    ChatModel,
    Finished,
    Named,
    TextDelta,
    ToolSpec,
)
from agent.errors import AssistantError, ModelOverloaded, ModelRefused, ModelUnavailable
from agent.facts import ModelUsage
from agent.tokens import estimated_tokens, prompt_tokens, tool_tokens

_RESERVED_EVERY_CHARACTERS: Final = 120
"""A completion that grows is reserved in such steps."""


def estimated_usage(
    model: str, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec], said: str = ""
) -> ModelUsage:
    """About what a request cost whose service did not tell.

    Args:
        model: As it is configured; empty: nobody knows which one.
        messages: What it was asked.
        tools: What it was offered.
        said: What it answered, as far as it came.
    """
    return ModelUsage(model, prompt_tokens(messages) + tool_tokens(tools), estimated_tokens(said), is_estimated=True)


def is_free(error: AssistantError) -> bool:
    """Whether a request that failed so has cost nothing: the service has done no work."""
    return isinstance(error, ModelUnavailable | ModelOverloaded | ModelRefused)


async def metered(
    chat: ChatModel, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]
) -> AsyncGenerator[ChatDelta | Reserve | Spend, None]:
    """Complete a dialogue, and tell what that costs.

    First of all, before the model is asked, comes a ``Reserve``, and others as the answer grows; in
    the end a ``Spend``. Whoever leaves in between has spent what was reserved last.

    Raises:
        AssistantError: As the model; what it has cost was told before.
    """
    asked = estimated_usage(chat.name if isinstance(chat, Named) else "", messages, tools)
    said, reserved = "", 0
    yield Reserve(asked)
    try:
        async with aclosing(chat.stream(messages, tools)) as deltas:
            async for delta in deltas:
                match delta:
                    case TextDelta(text=text):
                        said += text
                        if len(said) >= reserved + _RESERVED_EVERY_CHARACTERS:
                            reserved = len(said)
                            yield Reserve(replace(asked, completion_tokens=estimated_tokens(said)))
                    case Finished():
                        for usage in (*delta.beside, _usage_of(delta, asked, said)):
                            yield Spend(usage)
                    case _:
                        pass
                yield delta
    except AssistantError as error:
        free = is_free(error) and not said
        yield Reserve(None) if free else Spend(replace(asked, completion_tokens=estimated_tokens(said)))
        raise


def _usage_of(finished: Finished, asked: ModelUsage, said: str) -> ModelUsage:
    usage = finished.usage
    if usage is None:  # not every service tells
        return replace(asked, model=finished.model or asked.model, completion_tokens=estimated_tokens(said))
    return ModelUsage(finished.model or asked.model, usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens)
