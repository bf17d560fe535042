"""The language model client: the real SDK against a real server on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

import pytest

from agent.chat import (
    ChatDelta,
    ChatMessage,
    ChatModel,
    Completed,
    Finished,
    FinishReason,
    Prompted,
    Role,
    TextDelta,
    ToolCall,
    ToolResult,
    ToolSpec,
    Usage,
)
from agent.errors import AssistantError
from emulators.loopback import LoopbackServer
from emulators.openai import Break, CallPiece, Completion, Failure, Hold, OpenAIEmulator, Raw, Text
from providers.openai_chat import OpenAIChat

HELLO: Sequence[ChatMessage] = (Prompted(Role.USER, "Hello"),)
USAGE = Usage(prompt_tokens=11, completion_tokens=7, cached_tokens=3)
LOOK = ToolSpec("look", "Look it up.", {"type": "object", "properties": {}})


@asynccontextmanager
async def model_of(
    emulator: OpenAIEmulator, *, key: str = "test-key", timeout_s: float = 10
) -> AsyncIterator[OpenAIChat]:
    """A client of this service; afterwards, the whole script must have been played."""
    async with LoopbackServer(emulator.app) as server:
        chat = OpenAIChat(f"{server.endpoint}/v1", key, "test-model", timeout_s)
        try:
            yield chat
        finally:
            await chat.close()
    assert emulator.unconsumed() == ()
    assert emulator.unexpected == 0


async def deltas(
    emulator: OpenAIEmulator, messages: Sequence[ChatMessage] = HELLO, tools: Sequence[ToolSpec] = ()
) -> list[ChatDelta]:
    """All that one completion brings."""
    async with model_of(emulator) as chat:
        return [delta async for delta in chat.stream(messages, tools)]


async def test_text_comes_in_pieces_and_then_the_end() -> None:
    """Each chunk with text is a delta; empty ones are none."""
    emulator = OpenAIEmulator([Completion((Text("Good"), Text(""), Text(" morning.")))])
    assert await deltas(emulator) == [
        TextDelta("Good"),
        TextDelta(" morning."),
        Finished(FinishReason.STOP, USAGE),
    ]


async def test_the_request_says_what_the_port_says() -> None:
    """Messages, tools and the wish for usage arrive in the service's words."""
    call = ToolCall("call_1", "look", '{"a": 1}')
    messages = (
        Prompted(Role.SYSTEM, "Be kind."),
        Prompted(Role.USER, "Hello"),
        Completed("Hi."),
        Completed("", (call,)),
        ToolResult("call_1", "Found."),
    )
    emulator = OpenAIEmulator([Completion((Text("Yes."),))])
    await deltas(emulator, messages, (LOOK,))
    (request,) = emulator.requests
    assert request["model"] == "test-model"
    assert (request["stream"], request["stream_options"]) == (True, {"include_usage": True})
    assert request["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi."},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"a": 1}'}}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "Found."},
    ]
    assert request["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "look",
                "description": "Look it up.",
                "parameters": {"type": "object", "properties": {}},
            },
        }
    ]
    assert "temperature" not in request


async def test_without_tools_none_are_offered() -> None:
    """An empty list would be refused by the service."""
    emulator = OpenAIEmulator([Completion((Text("Yes."),))])
    await deltas(emulator)
    assert "tools" not in emulator.requests[0]


async def test_calls_whose_pieces_alternate_are_put_together() -> None:
    """By their index; their arguments stay text, even where they are no JSON."""
    parts = (
        CallPiece(1, call_id="b", name="second"),
        CallPiece(0, call_id="a", name="first"),
        CallPiece(0, '{"x"'),
        CallPiece(1, "{oops"),
        CallPiece(0, ": 1}"),
    )
    emulator = OpenAIEmulator([Completion(parts, finish_reason="tool_calls")])
    assert await deltas(emulator, tools=(LOOK,)) == [
        ToolCall("a", "first", '{"x": 1}'),
        ToolCall("b", "second", "{oops"),
        Finished(FinishReason.TOOL_CALLS, USAGE),
    ]


async def test_quirks_of_azure_are_survived() -> None:
    """Chunks without choices, choices without a delta, and fields nobody knows change nothing."""
    filters = {"hate": {"filtered": False, "severity": "safe"}}
    parts = (
        Raw(json.dumps({"choices": [], "prompt_filter_results": [{"prompt_index": 0, "x": filters}]})),
        Text("Good"),
        Raw(json.dumps({"choices": [{"index": 0, "finish_reason": None, "content_filter_results": filters}]})),
        Raw(json.dumps({"choices": [{"index": 0, "delta": None, "finish_reason": None}]})),
        Raw(json.dumps({"choices": [{"index": 0, "delta": {"content": None}, "finish_reason": None}]})),
        Raw(json.dumps({"id": "x"})),
        Text("."),
    )
    assert await deltas(OpenAIEmulator([Completion(parts)])) == [
        TextDelta("Good"),
        TextDelta("."),
        Finished(FinishReason.STOP, USAGE),
    ]


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        ("length", FinishReason.LENGTH),
        ("content_filter", FinishReason.CONTENT_FILTER),
        ("eos", FinishReason.STOP),
    ],
)
async def test_the_reason_of_the_end_is_told(wire: str, reason: FinishReason) -> None:
    """An unknown one is an ordinary end."""
    emulator = OpenAIEmulator([Completion((Text("Hm"),), finish_reason=wire)])
    assert (await deltas(emulator))[-1] == Finished(reason, USAGE)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (Failure(400, "content_filter"), "status 400 \\(content_filter\\)"),
        (Failure(404, "model_not_found"), "status 404"),
        (Failure(429, "rate_limit_exceeded", headers={"retry-after": "30"}), "status 429"),
        (Failure(500), "status 500"),
        (Failure(503), "status 503"),
        (Completion((Break(),)), "cannot be reached"),
        (Completion((Raw('{"error": {"message": "overloaded"}}'),)), "failed: APIError"),
        (Completion((Raw("{broken"),)), "no JSON"),
        (Completion((), finish_reason=None), "without a reason"),
    ],
)
async def test_every_failure_is_an_assistant_error(step: Completion | Failure, message: str) -> None:
    """It is told at once, is not retried, and does not repeat what the service said."""
    emulator = OpenAIEmulator([step])
    with pytest.raises(AssistantError, match=message) as caught:
        await deltas(emulator)
    assert "scripted failure" not in str(caught.value)
    assert len(emulator.requests) == 1


async def test_a_stream_that_breaks_keeps_what_it_brought() -> None:
    """The text comes, and then the error."""
    emulator = OpenAIEmulator([Completion((Text("Good"), Break()))])
    received: list[ChatDelta] = []
    async with model_of(emulator) as chat:
        with pytest.raises(AssistantError):
            async for delta in chat.stream(HELLO, ()):
                received.append(delta)
    assert received == [TextDelta("Good")]


async def test_a_service_that_hangs_is_given_up() -> None:
    """After the time that was set, however slow this machine is."""
    emulator = OpenAIEmulator([Completion((Hold(),))])
    async with model_of(emulator, timeout_s=0.2) as chat:
        with pytest.raises(AssistantError, match="in time"):
            await anext(chat.stream(HELLO, ()))
        emulator.release()


async def test_a_service_that_is_not_there_is_an_assistant_error() -> None:
    """Nobody listens on the port any more."""
    async with LoopbackServer(OpenAIEmulator().app) as server:
        endpoint = server.endpoint
    chat = OpenAIChat(f"{endpoint}/v1", "test-key", "test-model")
    with pytest.raises(AssistantError, match="cannot be reached"):
        await anext(chat.stream(HELLO, ()))
    with pytest.raises(AssistantError, match="cannot be reached"):
        await chat.warm_up()
    await chat.close()


async def test_a_wrong_key_is_an_assistant_error() -> None:
    """Already when warming up."""
    emulator = OpenAIEmulator()
    async with model_of(emulator, key="other") as chat:
        with pytest.raises(AssistantError, match="status 401"):
            await chat.warm_up()
        with pytest.raises(AssistantError, match="status 401"):
            await anext(chat.stream(HELLO, ()))


async def test_one_connection_is_used_again() -> None:
    """Warmed up once, all completions go over the same connection."""
    emulator = OpenAIEmulator([Completion((Text("One"),)), Completion((Text("Two"),))])
    async with model_of(emulator) as chat:
        await chat.warm_up()
        for _ in range(2):
            assert [delta async for delta in chat.stream(HELLO, ())]
    assert len(emulator.peers) == 3
    assert len(set(emulator.peers)) == 1


async def test_abandoning_a_stream_abandons_the_request() -> None:
    """The service sees that its client has left; the model can be used again."""
    emulator = OpenAIEmulator([Completion((Text("Good"), Hold())), Completion((Text("Two"),))])
    async with model_of(emulator) as chat:
        async with aclosing(chat.stream(HELLO, ())) as stream:
            assert await anext(stream) == TextDelta("Good")
        await emulator.abandoned.wait()
        again = [delta async for delta in chat.stream(HELLO, ())]
    assert again[0] == TextDelta("Two")


async def test_cancelling_a_stream_abandons_the_request() -> None:
    """A task that waits for the next piece can be cancelled, and the service is left alone."""
    emulator = OpenAIEmulator([Completion((Text("Good"), Hold()))])
    started = asyncio.Event()

    async def read(chat: ChatModel) -> None:
        async with aclosing(chat.stream(HELLO, ())) as stream:
            async for _delta in stream:
                started.set()

    async with model_of(emulator) as chat:
        async with asyncio.TaskGroup() as tasks:
            reader = tasks.create_task(read(chat), name="reader")
            await started.wait()
            reader.cancel()
        await emulator.abandoned.wait()
    assert reader.cancelled()
