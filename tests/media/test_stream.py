"""The line on a real WebSocket, with a real client at the other end."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect

from media.errors import LineClosed
from media.line import AudioReceived, LineEvent, LineOpened, MessageRejected
from media.stream import AcsLine
from tests.support.serving import serving

METADATA = '{"kind":"AudioMetadata","audioMetadata":{"encoding":"PCM","sampleRate":24000,"channels":1,"length":960}}'


def app(handler: Callable[[AcsLine], Awaitable[None]]) -> Starlette:
    async def media(websocket: WebSocket) -> None:
        await websocket.accept()
        await handler(AcsLine(websocket))

    return Starlette(routes=[WebSocketRoute("/media", media)])


async def test_messages_become_events_until_the_caller_closes() -> None:
    """Text and binary, good and bad; then the iteration ends by itself."""
    seen: list[LineEvent] = []
    done = asyncio.Event()

    async def listen(line: AcsLine) -> None:
        seen.extend([event async for event in line.events()])
        await line.close()
        done.set()

    async with serving(app(listen)) as address, asyncio.timeout(10):
        async with connect(f"ws://{address}/media") as phone:
            await phone.send(METADATA)
            await phone.send(b"\x00")
            data = base64.b64encode(bytes(960)).decode()
            await phone.send(json.dumps({"kind": "AudioData", "audioData": {"data": data}}))
        await done.wait()
    assert [type(event) for event in seen] == [LineOpened, MessageRejected, AudioReceived]


async def test_sound_and_stop_arrive_in_order() -> None:
    """The other end gets the documented messages, then the close."""

    async def speak(line: AcsLine) -> None:
        await line.send_audio(b"\x01\x02")
        await line.stop_audio()
        await line.close()
        await line.close()

    async with serving(app(speak)) as address, asyncio.timeout(10), connect(f"ws://{address}/media") as phone:
        kinds = [json.loads(message)["Kind"] async for message in phone]
    assert kinds == ["AudioData", "StopAudio"]


async def test_writing_to_a_line_that_is_gone_says_so() -> None:
    """No crash of a server library reaches the call, only LineClosed."""
    outcome: list[BaseException] = []
    done = asyncio.Event()

    async def speak_too_late(line: AcsLine) -> None:
        async for _ in line.events():
            pass
        with pytest.raises(LineClosed) as raised:
            await line.send_audio(bytes(640))
        outcome.append(raised.value)
        await line.close()
        done.set()

    async with serving(app(speak_too_late)) as address, asyncio.timeout(10):
        async with connect(f"ws://{address}/media"):
            pass
        await done.wait()
    assert outcome
