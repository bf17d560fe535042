"""Language models behind any endpoint that speaks OpenAI's chat completions, as a stream.

What services get wrong, or do in their own way, and is survived here: chunks without
choices (Azure's prompt filter, the usage at the end), choices without a delta (Azure's
asynchronous content filter), several tool calls whose pieces alternate, a stream that
ends without a reason, one that says nothing, and one that is never closed.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Final, assert_never, cast

import httpx2
import openai
from azure.core.exceptions import AzureError
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam, ChatCompletionToolUnionParam
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall
from openai.types.completion_usage import CompletionUsage

from agent.chat import (
    ChatDelta,
    ChatMessage,
    Completed,
    Finished,
    FinishReason,
    Prompted,
    TextDelta,
    ToolCall,
    ToolResult,
    ToolSpec,
    Usage,
)
from agent.errors import ContentFiltered, ModelBrokeOff, ModelTimedOut
from agent.model_records import ModelUsed, ObserveModel, unobserved
from providers.openai_endpoint import OpenAIEndpoint
from providers.openai_errors import explained
from providers.server_sent_events import ServerSentEvents

_AFTER_THE_END_S: Final = 0.5
"""So long the usage is waited for once the answer is whole: tools and the caller wait with us."""
_NO_SUCH_ROUTE: Final = frozenset({404, 405})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """How a model is asked, and how long it is waited for."""

    first_token_ms: int = 4_000
    """From the request to the first word, or to the first piece of a tool call."""
    stall_ms: int = 3_000
    """From one such piece to the next."""
    timeout_s: float = 15.0
    """Longest wait for a connection, and for each next byte: the last resort."""
    temperature: float | None = None
    """None leaves it to the service."""


class OpenAIChat:
    """A model at an endpoint; satisfies ``agent.chat.ChatModel``.

    Shared by all calls: requests use one pool of connections. Nothing is retried, since
    a caller is waiting: whoever asks decides what is said instead.

    Args:
        endpoint: Where it is.
        model: The model, or with Azure the deployment.
        settings: How long to wait.
        observe: Told what each completion cost.
    """

    def __init__(
        self,
        endpoint: OpenAIEndpoint,
        model: str,
        settings: ChatSettings = ChatSettings(),
        observe: ObserveModel = unobserved,
    ) -> None:
        self._client = endpoint.client(settings.timeout_s)
        self._model = model
        self._settings = settings
        self._observe = observe

    async def stream(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[ChatDelta, None]:
        """Complete a dialogue: text as it comes, then tool calls, then ``Finished``.

        Raises:
            ContentFiltered: The service will not answer this, or has cut its answer; never tool calls then.
            ModelFailed: It failed, refused, fell silent, or broke off.
        """
        collected = _Collected()
        watch = _Watch(self._settings)
        try:
            async with watch.patience():
                answer = await self._client.chat.completions.with_raw_response.create(
                    model=self._model,
                    messages=[_as_param(message) for message in messages],
                    tools=[_as_tool(tool) for tool in tools] if tools else openai.omit,
                    temperature=openai.omit if self._settings.temperature is None else self._settings.temperature,
                    stream=True,
                    stream_options={"include_usage": True},
                )
            response = answer.http_response
            async with aclosing(response), aclosing(_chunks(response)) as chunks:
                while (chunk := await _next_chunk(chunks, watch, collected)) is not None:
                    text = collected.add(chunk)
                    if collected.has_grown:
                        watch.came(is_last=collected.finish is not None)
                    if text:
                        yield TextDelta(text)
        except TimeoutError as error:
            raise ModelTimedOut(watch.verdict) from error
        except (openai.OpenAIError, AzureError, httpx2.HTTPError, httpx2.StreamError, ValueError) as error:
            raise explained(error) from error
        finally:
            if collected.usage is not None:
                self._observe(ModelUsed(self._model, collected.usage))
        if collected.finish is None:
            raise ModelBrokeOff("the language model broke off without a reason")
        if collected.finish is FinishReason.CONTENT_FILTER:
            raise ContentFiltered("a content filter cut the answer of the language model")
        for call in collected.tool_calls():
            yield call
        yield Finished(collected.finish, collected.usage, self._model)

    async def warm_up(self) -> None:
        """Open a connection and try the key.

        Raises:
            AssistantError: The endpoint cannot be reached, or refuses the key.
        """
        try:
            await self._client.models.with_raw_response.list()
        except openai.APIStatusError as error:
            if error.status_code not in _NO_SUCH_ROUTE:
                raise explained(error) from error
        except (openai.OpenAIError, AzureError) as error:
            raise explained(error) from error

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()


class _Watch:
    """How long the next piece may take. What says nothing is no piece."""

    def __init__(self, settings: ChatSettings) -> None:
        self._settings = settings
        self._due = asyncio.get_running_loop().time() + settings.first_token_ms / 1000
        self._has_begun = False

    def patience(self) -> asyncio.Timeout:
        """Wait no longer than this."""
        return asyncio.timeout_at(self._due)

    def came(self, *, is_last: bool) -> None:
        """A piece came; after the last one of the answer only its cost is still to come."""
        self._has_begun = True
        patience_s = self._settings.stall_ms / 1000
        self._due = asyncio.get_running_loop().time() + (min(patience_s, _AFTER_THE_END_S) if is_last else patience_s)

    @property
    def verdict(self) -> str:
        """What it means that the time is over."""
        if self._has_begun:
            return f"the language model said nothing more for {self._settings.stall_ms} ms"
        return f"the language model did not begin within {self._settings.first_token_ms} ms"


async def _chunks(response: httpx2.Response) -> AsyncGenerator[ChatCompletionChunk, None]:
    """The events of an answer.

    Read here, and not by the client's own stream: that one, left before its end, leaves a
    dozen generators to the garbage collector, which ends them on any thread, at any time.

    Raises:
        openai.APIError: An event is an error.
        httpx2.HTTPError: The connection failed.
        ValueError: An event is no JSON.
    """
    events = ServerSentEvents()
    pieces = response.aiter_bytes()
    try:
        async for piece in pieces:
            for data in events.feed(piece):
                if data.startswith("[DONE]"):
                    await _read_out(pieces, _AFTER_THE_END_S)
                    return
                body = json.loads(data)
                if not isinstance(body, dict):
                    raise ValueError("an event is no object")
                if error := body.get("error"):
                    raise openai.APIError("the stream brought an error", response.request, body=error)
                yield ChatCompletionChunk.model_construct(**body)
    finally:
        await response.aclose()
        # All that stands beneath ends when it finds the connection closed; to end its outermost part does not do it.
        await _read_out(pieces)


async def _read_out(pieces: AsyncIterator[bytes], within_s: float | None = None) -> None:
    """Read to the end of the body: before that its connection cannot be used again."""
    with suppress(TimeoutError, httpx2.HTTPError, httpx2.StreamError):
        async with asyncio.timeout(within_s):
            async for _ in pieces:
                pass


async def _next_chunk(
    chunks: AsyncIterator[ChatCompletionChunk], watch: _Watch, collected: "_Collected"
) -> ChatCompletionChunk | None:
    """The next chunk; None when the answer is over, also if nobody closes it."""
    try:
        async with watch.patience():
            return await anext(chunks, None)
    except TimeoutError:
        if collected.finish is None:
            raise
        return None


class _CallPieces:
    """One tool call, as far as it has arrived."""

    __slots__ = ("arguments", "call_id", "name")

    def __init__(self) -> None:
        self.call_id = ""
        self.name = ""
        self.arguments: list[str] = []


class _Collected:
    """What a stream has brought so far."""

    def __init__(self) -> None:
        self.finish: FinishReason | None = None
        self.usage: Usage | None = None
        self.has_grown = False
        """The last chunk brought something: a service may send empty ones for ever."""
        self._calls: dict[int, _CallPieces] = {}

    def add(self, chunk: ChatCompletionChunk) -> str:
        """Take a chunk; give its text."""
        # The SDK does not validate: what its types promise may be missing.
        usage = cast(CompletionUsage | None, getattr(chunk, "usage", None))
        self.has_grown = usage is not None
        if usage is not None:
            self.usage = _usage(usage)
        text = ""
        for choice in getattr(chunk, "choices", None) or ():
            if choice.finish_reason:
                self.finish = _finish_reason(choice.finish_reason)
                self.has_grown = True
            delta = cast(Any, choice.delta)
            if delta is None:
                continue
            text += delta.content or ""
            for piece in delta.tool_calls or ():
                self._add_piece(piece)
                self.has_grown = True
        self.has_grown = self.has_grown or bool(text)
        return text

    def _add_piece(self, piece: ChoiceDeltaToolCall) -> None:
        call = self._calls.setdefault(piece.index, _CallPieces())
        call.call_id = call.call_id or piece.id or ""
        if piece.function is not None:
            call.name = call.name or piece.function.name or ""
            call.arguments.append(piece.function.arguments or "")

    def tool_calls(self) -> list[ToolCall]:
        """The calls in the order of their index, each whole as far as the service sent it."""
        return [
            ToolCall(call.call_id, call.name, "".join(call.arguments))
            for _index, call in sorted(self._calls.items())
            if call.name
        ]


def _finish_reason(reason: str) -> FinishReason:
    try:
        return FinishReason(reason)
    except ValueError:
        return FinishReason.STOP


def _usage(usage: CompletionUsage) -> Usage:
    details = usage.prompt_tokens_details
    cached = details.cached_tokens if details is not None else None
    return Usage(usage.prompt_tokens or 0, usage.completion_tokens or 0, cached or 0)


def _as_param(message: ChatMessage) -> ChatCompletionMessageParam:
    match message:
        case Prompted(role=role, text=text):
            return {"role": "system", "content": text} if role == "system" else {"role": "user", "content": text}
        case Completed(text=text, tool_calls=()):
            return {"role": "assistant", "content": text}
        case Completed(text=text, tool_calls=calls):
            return {
                "role": "assistant",
                "content": text or None,
                "tool_calls": [
                    {
                        "id": call.call_id,
                        "type": "function",
                        "function": {"name": call.name, "arguments": call.arguments},
                    }
                    for call in calls
                ],
            }
        case ToolResult(call_id=call_id, text=text):
            return {"role": "tool", "tool_call_id": call_id, "content": text}
        case _:
            assert_never(message)


def _as_tool(tool: ToolSpec) -> ChatCompletionToolUnionParam:
    parameters: Mapping[str, object] = tool.parameters
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": dict(parameters)},
    }
