"""The pretended language model service, spoken to without any SDK."""

import json
from typing import Any

import httpx2
import pytest

from emulators.errors import ScriptNotFollowed
from emulators.loopback import LoopbackServer
from emulators.openai import OpenAIEmulator
from emulators.openai_script import Break, CallPiece, Completion, Failure, Raw, Silence, Text, says

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


async def test_a_script_that_is_not_followed_is_told() -> None:
    """A step too many, or a request too many; what went wrong within comes out as it is."""
    with pytest.raises(ScriptNotFollowed, match="never asked for"):
        async with OpenAIEmulator([says("Hello")]):
            pass
    with pytest.raises(ScriptNotFollowed, match="1 requests found no step"):
        async with OpenAIEmulator() as service, httpx2.AsyncClient() as client:
            await client.post(f"{service.base_url}/chat/completions", json={}, headers=KEY)
    with pytest.raises(ZeroDivisionError):
        async with OpenAIEmulator([says("Hello")]):
            raise ZeroDivisionError


async def test_azures_paths_want_a_version() -> None:
    """And take the key in their own header."""
    async with (
        OpenAIEmulator([says("Hello")]) as service,
        httpx2.AsyncClient(headers={"api-key": "test-key"}) as client,
    ):
        address = f"{service.endpoint}/openai/deployments/d/chat/completions"
        assert (await client.post(address, json={})).status_code == 404
        response = await client.post(f"{address}?api-version=1", json={})
    assert events(response)[0]["choices"][0]["content_filter_results"]["hate"]["filtered"] is False
    assert service.paths[-1] == "/openai/deployments/d/chat/completions?api-version=1"


async def test_a_silence_ends_when_it_is_released() -> None:
    """Until then the request hangs."""
    async with OpenAIEmulator([Silence()]) as service, httpx2.AsyncClient(headers=KEY, timeout=0.2) as client:
        with pytest.raises(httpx2.ReadTimeout):
            await client.post(f"{service.base_url}/chat/completions", json={})


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
