"""The language model client: the real SDK against a real server on loopback."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from types import AsyncGeneratorType

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
from agent.errors import (
    AssistantError,
    ContentFiltered,
    Jailbreak,
    ModelBrokeOff,
    ModelOverloaded,
    ModelRefused,
    ModelTimedOut,
    ModelUnavailable,
    PromptFiltered,
)
from agent.model_records import ModelRecord, ModelUsed, ObserveModel, unobserved
from emulators.openai import OpenAIEmulator
from emulators.openai_script import (
    AsyncFilter,
    Break,
    CallPiece,
    Completion,
    Failure,
    Hold,
    Part,
    PromptBlocked,
    PromptFilter,
    Raw,
    Silence,
    Step,
    Text,
    says,
    too_many_requests,
)
from providers.openai_chat import ChatSettings, OpenAIChat
from providers.openai_endpoint import OpenAIEndpoint

HELLO: Sequence[ChatMessage] = (Prompted(Role.USER, "Hello"),)
USAGE = Usage(prompt_tokens=11, completion_tokens=7, cached_tokens=3)
PATIENT = ChatSettings(first_token_ms=60_000, stall_ms=60_000, timeout_s=60)
LOOK = ToolSpec("look", "Look it up.", {"type": "object", "properties": {}})


@asynccontextmanager
async def model_of(
    emulator: OpenAIEmulator,
    *,
    key: str = "test-key",
    settings: ChatSettings = PATIENT,
    observe: ObserveModel = unobserved,
) -> AsyncIterator[OpenAIChat]:
    """A client of this service; afterwards, the whole script must have been played."""
    async with emulator as service:
        endpoint = OpenAIEndpoint(base_url=service.base_url, api_key=key)
        chat = OpenAIChat(endpoint, "test-model", settings, observe)
        try:
            yield chat
        finally:
            await chat.close()


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


@pytest.mark.parametrize(("wire", "reason"), [("length", FinishReason.LENGTH), ("eos", FinishReason.STOP)])
async def test_the_reason_of_the_end_is_told(wire: str, reason: FinishReason) -> None:
    """An unknown one is an ordinary end."""
    emulator = OpenAIEmulator([Completion((Text("Hm"),), finish_reason=wire)])
    assert (await deltas(emulator))[-1] == Finished(reason, USAGE)


@pytest.mark.parametrize(
    ("step", "error", "message"),
    [
        (PromptBlocked(), PromptFiltered, "status 400 \\(content_filter\\)"),
        (PromptBlocked(is_jailbreak=True), Jailbreak, "status 400 \\(content_filter\\)"),
        (Failure(400, "content_filter"), PromptFiltered, "status 400"),
        (Failure(404, "model_not_found"), ModelRefused, "status 404"),
        (Failure(400, "bad_form"), ModelRefused, "status 400"),
        (too_many_requests(700), ModelOverloaded, "status 429"),
        (Failure(408), ModelTimedOut, "status 408"),
        (Failure(500), ModelUnavailable, "status 500"),
        (Failure(503), ModelUnavailable, "status 503"),
        (Completion((Break(),)), ModelBrokeOff, "connection to the language model failed"),
        (Completion((Raw('{"error": {"message": "overloaded"}}'),)), ModelBrokeOff, "failed: APIError"),
        (Completion((Raw('{"error": {"message": "x", "code": "content_filter"}}'),)), ContentFiltered, "filter"),
        (Completion((Raw("{broken"),)), ModelBrokeOff, "no JSON"),
        (Completion((Raw("[1]"),)), ModelBrokeOff, "no JSON"),
        (Completion((), finish_reason=None), ModelBrokeOff, "without a reason"),
    ],
)
async def test_every_failure_has_its_error(step: Step, error: type[AssistantError], message: str) -> None:
    """It is told at once, is not retried, and does not repeat what the service said."""
    emulator = OpenAIEmulator([step])
    with pytest.raises(error, match=message) as caught:
        await deltas(emulator)
    assert type(caught.value) is error
    assert "scripted failure" not in str(caught.value)
    assert "content management" not in str(caught.value)
    assert len(emulator.requests) == 1


async def test_an_overloaded_service_says_when_to_come_back() -> None:
    """In milliseconds where it tells them."""
    with pytest.raises(ModelOverloaded) as caught:
        await deltas(OpenAIEmulator([too_many_requests(700)]))
    assert caught.value.retry_after_s == 0.7


async def test_an_answer_that_the_filter_cuts_is_an_error_after_its_text() -> None:
    """What came can be said; the tool that was called with half a thought is not run; the cost is counted."""
    parts = (Text("I will"), CallPiece(0, '{"a"', call_id="a", name="look"))
    records: list[ModelRecord] = []
    received: list[ChatDelta] = []
    emulator = OpenAIEmulator([Completion(parts, finish_reason="content_filter")])
    async with model_of(emulator, observe=records.append) as chat:
        with pytest.raises(ContentFiltered, match="cut the answer"):
            async for delta in chat.stream(HELLO, (LOOK,)):
                received.append(delta)
    assert received == [TextDelta("I will")]
    assert records == [ModelUsed("test-model", USAGE)]


async def test_what_a_completion_costs_is_told() -> None:
    """Once, with the model's name."""
    records: list[ModelRecord] = []
    async with model_of(OpenAIEmulator([says("Good morning.")]), observe=records.append) as chat:
        assert [delta async for delta in chat.stream(HELLO, ())]
    assert records == [ModelUsed("test-model", USAGE)]


async def test_a_stream_that_breaks_keeps_what_it_brought() -> None:
    """The text comes, and then the error."""
    emulator = OpenAIEmulator([Completion((Text("Good"), Break()))])
    received: list[ChatDelta] = []
    async with model_of(emulator) as chat:
        with pytest.raises(AssistantError):
            async for delta in chat.stream(HELLO, ()):
                received.append(delta)
    assert received == [TextDelta("Good")]


@pytest.mark.parametrize("step", [Silence(), Completion((Hold(),)), Completion((PromptFilter(), Text(""), Hold()))])
async def test_a_service_that_does_not_begin_is_given_up(step: Step) -> None:
    """After the time that was set; what says nothing is no beginning."""
    settings = ChatSettings(first_token_ms=200, stall_ms=60_000)
    async with model_of(OpenAIEmulator([step]), settings=settings) as chat:
        with pytest.raises(ModelTimedOut, match="did not begin within 200 ms"):
            await anext(chat.stream(HELLO, ()))


async def test_a_service_that_stalls_is_given_up() -> None:
    """After its first words; and it is told so by a connection that is closed."""
    settings = ChatSettings(first_token_ms=60_000, stall_ms=200)
    emulator = OpenAIEmulator([Completion((Text("Good"), Text(""), Hold()))])
    received: list[ChatDelta] = []
    async with model_of(emulator, settings=settings) as chat:
        with pytest.raises(ModelTimedOut, match="nothing more for 200 ms"):
            async for delta in chat.stream(HELLO, ()):
                received.append(delta)
        await emulator.abandoned.wait()
    assert received == [TextDelta("Good")]


async def test_an_answer_that_nobody_closes_is_whole() -> None:
    """Its reason was told; the connection may hang, and is not waited for as for a word."""
    settings = ChatSettings(first_token_ms=600_000, stall_ms=600_000, timeout_s=600)
    async with model_of(OpenAIEmulator([Completion((Text("Good"),), is_closed=False)]), settings=settings) as chat:
        received = [delta async for delta in chat.stream(HELLO, ())]
    assert received == [TextDelta("Good"), Finished(FinishReason.STOP, USAGE)]


async def test_azure_is_asked_as_it_wants_to_be() -> None:
    """The deployment and the version are in the address, the key in a header, the filter's notes are skipped."""
    parts = (PromptFilter(), Text("Good"), AsyncFilter(0, 4), Text("."))
    async with OpenAIEmulator([Completion(parts)]) as service:
        endpoint = OpenAIEndpoint(base_url=service.endpoint, api_key=service.api_key, api_version="2024-10-21")
        chat = OpenAIChat(endpoint, "my-deployment")
        await chat.warm_up()
        received = [delta async for delta in chat.stream(HELLO, ())]
        await chat.close()
    assert received == [TextDelta("Good"), TextDelta("."), Finished(FinishReason.STOP, USAGE)]
    assert service.paths == ["/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21"]


@pytest.mark.parametrize("api_version", ["", "2024-10-21"])
async def test_a_token_opens_what_a_key_opens(api_version: str) -> None:
    """Of Entra ID, fetched anew for every request: it may have been renewed."""
    tokens = ["expired", "test-key"]

    async def token() -> str:
        return tokens.pop(0)

    async with OpenAIEmulator([says("Yes.")]) as service:
        base_url = service.endpoint if api_version else f"{service.endpoint}/openai/v1"
        chat = OpenAIChat(OpenAIEndpoint(base_url=base_url, api_version=api_version, token_provider=token), "m")
        with pytest.raises(ModelRefused, match="status 401"):
            await anext(chat.stream(HELLO, ()))
        assert [delta async for delta in chat.stream(HELLO, ())]
        await chat.close()


async def test_a_service_that_is_not_there_is_an_assistant_error() -> None:
    """Nobody listens on the port any more."""
    async with OpenAIEmulator() as service:
        endpoint = OpenAIEndpoint(base_url=service.base_url, api_key="test-key")
    chat = OpenAIChat(endpoint, "test-model")
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


def begun() -> list[AsyncGeneratorType[object, object]]:
    """Generators of the client's libraries that have not ended."""
    everything = [each for each in gc.get_objects() if type(each) is AsyncGeneratorType]
    return [each for each in everything if each.ag_frame is not None and "http" in each.ag_code.co_filename]


@pytest.mark.parametrize("last", [Hold(), Text("."), Break(), Raw("{")], ids=repr)
async def test_nothing_is_left_of_a_stream(last: Part) -> None:
    """Abandoned, whole, torn or not understood: each generator beneath it has ended, and waits for no collector."""
    async with model_of(OpenAIEmulator([Completion((Text("Good"), last))])) as chat:
        before = begun()
        with suppress(AssistantError):
            async with aclosing(chat.stream(HELLO, ())) as stream:
                while await anext(stream, None) and not isinstance(last, Hold):
                    pass
        assert [each.__qualname__ for each in begun() if each not in before] == []


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
