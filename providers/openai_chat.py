"""Language models behind any endpoint that speaks OpenAI's chat completions, as a stream.

What services get wrong, or do in their own way, and is survived here: chunks without
choices (Azure's prompt filter, the usage at the end), choices without a delta (Azure's
asynchronous content filter), several tool calls whose pieces alternate, a stream that
ends without a reason.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final, assert_never, cast

import httpx2
import openai
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
from agent.errors import AssistantError

_KEEP_ALIVE_S: Final = 60.0
"""Idle connections are kept between the turns of a call; httpx's 5 s would close them while the caller talks."""
_MOST_CONNECTIONS: Final = 1000
_NO_SUCH_ROUTE: Final = frozenset({404, 405})


class OpenAIChat:
    """A model at an endpoint; satisfies ``agent.chat.ChatModel``.

    Shared by all calls: requests use one pool of connections. Nothing is retried, since
    a caller is waiting: whoever asks decides what is said instead.

    Args:
        base_url: Where the API begins, mostly ending in "/v1".
        api_key: May be any text where the endpoint asks for none.
        model: The model, or with Azure the deployment.
        timeout_s: Longest wait for the connection, and for each next piece of the answer.
        temperature: None leaves it to the service.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        model: str,
        timeout_s: float = 10.0,
        *,
        temperature: float | None = None,
    ) -> None:
        limits = httpx2.Limits(
            max_connections=_MOST_CONNECTIONS,
            max_keepalive_connections=_MOST_CONNECTIONS,
            keepalive_expiry=_KEEP_ALIVE_S,
        )
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key,
            timeout=timeout_s,
            max_retries=0,
            http_client=openai.DefaultAsyncHttpxClient(limits=limits, timeout=timeout_s),
        )
        self._model = model
        self._temperature = temperature

    async def stream(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[ChatDelta, None]:
        """Complete a dialogue: text as it comes, then tool calls, then ``Finished``.

        Raises:
            AssistantError: The service failed, refused, or broke off.
        """
        collected = _Collected()
        try:
            response = await self._client.chat.completions.create(
                model=self._model,
                messages=[_as_param(message) for message in messages],
                tools=[_as_tool(tool) for tool in tools] if tools else openai.omit,
                temperature=openai.omit if self._temperature is None else self._temperature,
                stream=True,
                stream_options={"include_usage": True},
            )
            async with response:
                async for chunk in response:
                    text = collected.add(chunk)
                    if text:
                        yield TextDelta(text)
        except openai.OpenAIError as error:
            raise AssistantError(_reason(error)) from error
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise AssistantError(f"the connection to the language model failed: {type(error).__name__}") from error
        except ValueError as error:
            raise AssistantError("the language model sent an event that is no JSON") from error
        if collected.finish is None:
            raise AssistantError("the language model broke off without a reason")
        for call in collected.tool_calls():
            yield call
        yield Finished(collected.finish, collected.usage)

    async def warm_up(self) -> None:
        """Open a connection and try the key.

        Raises:
            AssistantError: The endpoint cannot be reached, or refuses the key.
        """
        try:
            await self._client.models.with_raw_response.list()
        except openai.APIStatusError as error:
            if error.status_code not in _NO_SUCH_ROUTE:
                raise AssistantError(_reason(error)) from error
        except openai.OpenAIError as error:
            raise AssistantError(_reason(error)) from error

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()


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
        self._calls: dict[int, _CallPieces] = {}

    def add(self, chunk: ChatCompletionChunk) -> str:
        """Take a chunk; give its text."""
        # The SDK does not validate: what its types promise may be missing.
        usage = cast(CompletionUsage | None, getattr(chunk, "usage", None))
        if usage is not None:
            self.usage = _usage(usage)
        text = ""
        for choice in getattr(chunk, "choices", None) or ():
            if choice.finish_reason:
                self.finish = _finish_reason(choice.finish_reason)
            delta = cast(Any, choice.delta)
            if delta is None:
                continue
            text += delta.content or ""
            for piece in delta.tool_calls or ():
                self._add_piece(piece)
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


def _reason(error: openai.OpenAIError) -> str:
    """Say what happened without repeating what the service says: it may quote the caller."""
    match error:
        case openai.APITimeoutError():
            return "the language model did not answer in time"
        case openai.APIConnectionError():
            return "the language model cannot be reached"
        case openai.APIStatusError(status_code=status):
            code = f" ({error.code})" if error.code else ""
            return f"the language model refused the request with status {status}{code}"
        case _:
            return f"the language model failed: {type(error).__name__}"


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
