"""The pretended language model service, spoken to without any SDK."""

import json
from typing import Any

import httpx2
import pytest

from emulators.loopback import LoopbackServer
from emulators.openai import Break, CallPiece, Completion, Failure, OpenAIEmulator, Raw, Text

KEY = {"authorization": "Bearer test-key"}


async def post(
    emulator: OpenAIEmulator, body: dict[str, Any], headers: dict[str, str] | None = None
) -> httpx2.Response:
    """Send one request for a completion."""
    async with LoopbackServer(emulator.app) as server, httpx2.AsyncClient() as client:
        return await client.post(
            f"{server.endpoint}/v1/chat/completions", json=body, headers=KEY if headers is None else headers
        )


def events(response: httpx2.Response) -> list[Any]:
    """The data of every event; the last one is no JSON."""
    data = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]
    assert data[-1] == "[DONE]"
    return [json.loads(line) for line in data[:-1]]


async def test_a_completion_is_streamed_in_chunks() -> None:
    """Text, pieces of a call, the reason and the usage come as the service sends them."""
    parts = (Text("Hello"), CallPiece(0, call_id="call_1", name="look"), CallPiece(0, '{"a": 1}'))
    emulator = OpenAIEmulator([Completion(parts, finish_reason="tool_calls")])
    body = {"model": "m", "stream_options": {"include_usage": True}}
    response = await post(emulator, body)
    assert response.headers["content-type"].startswith("text/event-stream")
    first, named, piece, reason, usage = events(response)
    assert first["choices"][0]["delta"]["content"] == "Hello"
    assert named["choices"][0]["delta"]["tool_calls"][0] == {
        "index": 0,
        "id": "call_1",
        "type": "function",
        "function": {"name": "look", "arguments": ""},
    }
    assert piece["choices"][0]["delta"]["tool_calls"][0] == {"index": 0, "function": {"arguments": '{"a": 1}'}}
    assert reason["choices"][0]["finish_reason"] == "tool_calls"
    assert (usage["choices"], usage["usage"]["total_tokens"]) == ([], 18)
    assert emulator.requests == [body]
    assert emulator.unconsumed() == ()


async def test_usage_comes_only_when_asked_for() -> None:
    """As with the service, and raw events come as they are."""
    emulator = OpenAIEmulator([Completion((Raw('{"choices": []}'),))])
    assert events(await post(emulator, {}))[0] == {"choices": []}


async def test_steps_that_nobody_takes_can_be_seen() -> None:
    """So can requests for which there is no step."""
    step = Completion((Text("Hello"),))
    emulator = OpenAIEmulator([step])
    assert emulator.unconsumed() == (step,)
    await post(emulator, {})
    response = await post(emulator, {})
    assert response.status_code == 500
    assert emulator.unexpected == 1


async def test_failures_have_the_shape_of_the_service() -> None:
    """Status, headers and error body are scripted."""
    emulator = OpenAIEmulator([Failure(429, "rate_limit_exceeded", "Slow down", {"retry-after": "7"})])
    response = await post(emulator, {})
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")
    assert response.json()["error"]["code"] == "rate_limit_exceeded"


async def test_a_wrong_key_takes_no_step() -> None:
    """It is refused with 401, and the script stands still."""
    emulator = OpenAIEmulator([Completion((Text("Hello"),))])
    response = await post(emulator, {}, {"authorization": "Bearer other"})
    assert response.status_code == 401
    assert len(emulator.unconsumed()) == 1


async def test_a_broken_connection_breaks_the_stream() -> None:
    """The client sees a response that never ended."""
    emulator = OpenAIEmulator([Completion((Text("Hello"), Break()))])
    with pytest.raises(httpx2.RemoteProtocolError):
        await post(emulator, {})
    assert emulator.abandoned.is_set()
