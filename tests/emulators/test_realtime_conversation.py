"""What the pretended Realtime service takes, and what it refuses as the service does."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from emulators.openai import OpenAIEmulator
from emulators.openai_realtime import RealtimeEmulator
from emulators.realtime_script import Called, Spoken

PCM = {"type": "audio/pcm", "rate": 24_000}
SESSION: dict[str, Any] = {
    "type": "realtime",
    "audio": {"input": {"format": PCM, "turn_detection": None}, "output": {"format": PCM}},
}
SECOND = {"type": "input_audio_buffer.append", "audio": base64.b64encode(bytes(48_000)).decode()}
COMMIT = {"type": "input_audio_buffer.commit"}


class Client:
    """A socket to the service."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, *events: dict[str, Any]) -> None:
        """Send these."""
        for event in events:
            await self._socket.send_json(event)

    async def until(self, kind: str) -> dict[str, Any]:
        """The next event of this type."""
        while True:
            event: dict[str, Any] = await self._socket.receive_json()
            if event["type"] == kind:
                return event


@asynccontextmanager
async def connected(realtime: RealtimeEmulator) -> AsyncIterator[Client]:
    """A socket, open; whether the script was followed is the test's business."""
    async with OpenAIEmulator(routes=realtime.routes) as service, aiohttp.ClientSession() as http:
        address = f"{service.endpoint}/v1/realtime?model=m"
        async with http.ws_connect(address, headers={"api-key": "test-key"}) as socket:
            yield Client(socket)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"type": "session.update", "session": {"voice": "alloy", "input_audio_format": "pcm16"}}, "invalid_value"),
        ({"type": "session.update", "session": {**SESSION, "audio": {"input": {"format": PCM}}}}, "invalid_value"),
        ({"type": "input_audio_buffer.append", "audio": "!"}, "invalid_value"),
        ({"type": "input_audio_buffer.append", "audio": base64.b64encode(b"abc").decode()}, "invalid_value"),
        (COMMIT, "input_audio_buffer_commit_empty"),
        ({"type": "conversation.item.create", "item": {"type": "song"}}, "invalid_value"),
        (
            {"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": "x"}},
            "invalid_value",
        ),
        ({"type": "conversation.item.delete", "item_id": "x"}, "item_not_found"),
        ({"type": "conversation.item.truncate", "item_id": "x"}, "item_not_found"),
        ({"type": "response.sing"}, "invalid_value"),
    ],
)
async def test_what_the_service_refuses_is_refused(event: dict[str, Any], code: str) -> None:
    """With its code and our event's id, and it is a violation of the test's."""
    realtime = RealtimeEmulator()
    async with connected(realtime) as client:
        await client.send({**event, "event_id": "mine"})
        error = (await client.until("error"))["error"]
    assert (error["code"], error["event_id"]) == (code, "mine")
    assert len(realtime.script.violations) == 1


async def test_only_what_was_sent_can_be_truncated() -> None:
    """250 ms of sound: 251 are too many, and what was deleted is gone."""
    realtime = RealtimeEmulator([Spoken("Yes.")])
    async with connected(realtime) as client:
        await client.send({"type": "session.update", "session": SESSION}, {"type": "response.create"})
        item_id = (await client.until("response.output_item.done"))["item"]["id"]
        cut = {"type": "conversation.item.truncate", "item_id": item_id, "content_index": 0}
        await client.send({**cut, "audio_end_ms": 251})
        await client.until("error")
        await client.send({**cut, "audio_end_ms": 100}, {"type": "conversation.item.delete", "item_id": item_id})
        await client.until("conversation.item.deleted")
        await client.send({**cut, "audio_end_ms": 50})
        await client.until("error")
    assert realtime.cuts == [(item_id, 100), (item_id, -1)]
    assert len(realtime.script.violations) == 2


async def test_there_is_one_answer_at_a_time() -> None:
    """A second one is refused until the first has ended, or was stopped; stopping twice is no violation."""
    realtime = RealtimeEmulator([Spoken("word " * 100), Spoken("Yes.")])
    async with connected(realtime) as client:
        await client.send({"type": "response.create"}, {"type": "response.create"})
        error = (await client.until("error"))["error"]
        assert error["code"] == "conversation_already_has_active_response"
        await client.send({"type": "response.cancel"})
        assert (await client.until("response.done"))["response"]["status"] == "cancelled"
        await client.send({"type": "response.cancel"})
        assert (await client.until("error"))["error"]["code"] == "response_cancel_not_active"
        await client.send({"type": "response.create"})
        assert (await client.until("response.done"))["response"]["status"] == "completed"
    assert len(realtime.script.violations) == 1


async def test_turns_are_written_down() -> None:
    """A commit becomes an item, and its text comes behind it; what was cleared is not committed."""
    realtime = RealtimeEmulator(heard=["In Rome."])
    async with connected(realtime) as client:
        await client.send(SECOND, {"type": "input_audio_buffer.clear"}, SECOND, COMMIT)
        item_id = (await client.until("input_audio_buffer.committed"))["item_id"]
        completed = await client.until("conversation.item.input_audio_transcription.completed")
    assert (completed["item_id"], completed["transcript"]) == (item_id, "In Rome.")
    assert realtime.conversations[0].commits_ms == [1_000]
    assert realtime.script.violations == []


async def test_calls_come_behind_the_words() -> None:
    """Whole, with an id that their result has to name."""
    realtime = RealtimeEmulator([Spoken("Yes.", (Called("look", "{}"),))])
    async with connected(realtime) as client:
        await client.send({"type": "response.create"})
        done = await client.until("response.function_call_arguments.done")
        assert (done["name"], done["arguments"]) == ("look", "{}")
        output = {"type": "function_call_output", "call_id": done["call_id"], "output": "found"}
        await client.send({"type": "conversation.item.create", "item": output})
        response = (await client.until("response.done"))["response"]
    assert [item["type"] for item in response["output"]] == ["message", "function_call"]
    assert realtime.script.violations == []
