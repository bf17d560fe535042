"""Asking a language model for an answer of a given form: a few times, until the form is right."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any, Final, TypeVar

import msgspec

from agent.chat import ChatMessage, ChatModel, Completed, Finished, Prompted, Role, TextDelta, ToolCall, ToolSpec
from agent.errors import AssistantError, ContentFiltered
from agent.facts import ModelUsage

MOST_TRIES: Final = 3
_FIRST_PAUSE_S: Final = 1.0
_Form = TypeVar("_Form", bound=msgspec.Struct)
OnUsage = Callable[[ModelUsage], Awaitable[None]]
"""Told what each request has cost."""


class FormAsker:
    """Asks a model.

    Args:
        chat: The model.
        sleep: Pauses after a failure of the service.
    """

    def __init__(self, chat: ChatModel, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._chat = chat
        self._sleep = sleep

    async def ask(
        self, form: type[_Form], *, name: str, instructions: str, material: str, on_usage: OnUsage
    ) -> _Form | None:
        """What the model fills in.

        Args:
            form: Its fields, with descriptions for the model; unknown fields are forbidden.
            name: Of the form, for the model; snake_case.
            instructions: Ours.
            material: What it is about; nothing in it is an instruction.
            on_usage: See there.

        Returns:
            The form, valid; None when the model did not manage, or failed, ``MOST_TRIES`` times.
        """
        spec = ToolSpec(name, "Hand in the result: call this once, and say nothing else.", _schema_of(form))
        messages: tuple[ChatMessage, ...] = (Prompted(Role.SYSTEM, instructions), Prompted(Role.USER, material))
        pause_s = _FIRST_PAUSE_S
        for attempt in range(MOST_TRIES):
            try:
                answer = await self._answer(messages, spec, on_usage)
            except ContentFiltered:
                return None  # with the same material in it, every later request would be stopped, too
            except AssistantError:
                if attempt < MOST_TRIES - 1:
                    await self._sleep(pause_s)
                    pause_s *= 2
                continue
            try:
                return msgspec.json.decode(answer, type=form)
            except (msgspec.MsgspecError, UnicodeError) as error:
                wrong = Prompted(Role.SYSTEM, f"That is not valid: {error}. Call {name} with valid JSON.")
                messages = (*messages[:2], Completed(answer), wrong)
        return None

    async def _answer(self, messages: tuple[ChatMessage, ...], spec: ToolSpec, on_usage: OnUsage) -> str:
        """What the model handed in, or else has said. Raises ``AssistantError``."""
        said, handed_in = "", ""
        async with aclosing(self._chat.stream(messages, (spec,))) as deltas:
            async for delta in deltas:
                match delta:
                    case TextDelta(text=text):
                        said += text
                    case ToolCall(arguments=arguments):
                        handed_in = handed_in or arguments
                    case Finished():
                        await _tell(delta, on_usage)
        return handed_in or _json_within(said)


async def _tell(finished: Finished, on_usage: OnUsage) -> None:
    usage = finished.usage
    if usage is not None:
        cost = (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens)
        await on_usage(ModelUsage(finished.model, *cost))
    for other in finished.beside:
        await on_usage(other)


def _json_within(said: str) -> str:
    """What a model means that writes JSON between other words, or between fences."""
    begin, end = said.find("{"), said.rfind("}")
    return said[begin : end + 1] if 0 <= begin < end else said


def _schema_of(form: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON schema of a flat form, without names of our types."""
    schema = msgspec.json.schema(form)
    return _resolved(schema["$defs"][form.__name__], schema["$defs"])


def _resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        # What stands beside a reference, as a description does, is kept.
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _resolved(definitions[schema["$ref"].rpartition("/")[2]], definitions) | beside
    kept = {key: value for key, value in schema.items() if key != "title"}
    if "allOf" in kept:  # a reference that has a description
        (only,) = kept.pop("allOf")
        kept = _resolved(only, definitions) | kept
    if "properties" in kept:
        kept["properties"] = {name: _resolved(each, definitions) for name, each in kept["properties"].items()}
        kept.pop("description", None)  # our own docstring
    return kept
