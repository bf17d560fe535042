"""The media socket, against a real server that records what it gets."""

import asyncio
import base64
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from emulators.acs_requests import AnswerRequest, MediaStreamingOptions
from emulators.caller import PlayableStep, VoicedLine
from emulators.line_effects import LineSettings
from emulators.loopback import LoopbackServer
from emulators.phone_line import PhoneLine
from emulators.phone_media import LineEnd, PhoneMedia, open_media_socket
from emulators.scenario import At, Digits, HangUp, Line, Patience, Scenario
from emulators.switchboard import Leg, Numbers, Switchboard
from tests.emulators.answering_server import audio_message, tone

SCENARIO = Scenario("s", (), patience=Patience(100, 60_000, 60_000))


@dataclass
class Listener:
    """The server's side: sends some messages, keeps what it receives."""

    messages: tuple[str, ...] = ()
    closes_after: int | None = None
    received: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    extensions: str = ""
    close_code: int | None = None

    async def serve(self, socket: WebSocket) -> None:
        """One connection."""
        self.headers = dict(socket.headers)
        await socket.accept()
        for message in self.messages:
            await socket.send_text(message)
        try:
            while self.closes_after is None or len(self.received) < self.closes_after:
                self.received.append(json.loads(await socket.receive_text()))
            await socket.close()
        except WebSocketDisconnect as closed:
            self.close_code = closed.code

    def audio(self) -> bytes:
        """All audio that came, in order."""
        data = (message["audioData"]["data"] for message in self.received if message["kind"] == "AudioData")
        return b"".join(base64.b64decode(item) for item in data)


@dataclass
class Rig:
    """A line to a listening server."""

    listener: Listener
    leg: Leg
    line: PhoneLine
    media: PhoneMedia


@asynccontextmanager
async def rig(
    listener: Listener, *steps: PlayableStep, odd_messages: tuple[str | bytes, ...] = ()
) -> AsyncIterator[Rig]:
    """Connect."""
    app = Starlette(routes=[WebSocketRoute("/media/secret", listener.serve)])
    async with LoopbackServer(app) as server:
        streaming = MediaStreamingOptions(
            transport_url=f"ws://127.0.0.1:{server.port}/media/secret?key=1",
            transport_type="websocket",
            content_type="audio",
            audio_channel_type="mixed",
            start_media_streaming=True,
            enable_bidirectional=True,
        )
        leg = Switchboard().ring(Numbers(caller="+12025550143", callee="+12025550100"))
        leg.take_answer(
            AnswerRequest(incoming_call_context="c", callback_uri="http://a/cb", media_streaming_options=streaming)
        )
        line = PhoneLine(
            SCENARIO,
            steps,
            sample_rate_hz=16_000,
            settings=LineSettings(),
            is_bidirectional=True,
            takes_digits=True,
            report=lambda name, detail: None,
        )
        socket = await open_media_socket(leg, streaming, token="signed")
        yield Rig(listener, leg, line, PhoneMedia(socket, line, leg, streaming, odd_messages=odd_messages))


async def test_the_handshake_and_the_first_message() -> None:
    """ACS names the call, uses no compression, and says what the audio is."""
    async with rig(Listener(), HangUp(At(0))) as call:
        assert await call.media.run() is LineEnd.CALLER
    assert call.listener.headers["x-ms-call-connection-id"] == call.leg.call_connection_id
    assert call.listener.headers["x-ms-call-correlation-id"] == call.leg.correlation_id
    assert call.listener.headers["authorization"] == "Bearer signed"
    assert "sec-websocket-extensions" not in call.listener.headers
    first = call.listener.received[0]
    assert first["kind"] == "AudioMetadata"
    assert first["audioMetadata"]["sampleRate"] == 16_000
    assert first["audioMetadata"]["length"] == 640
    assert call.listener.close_code == 1000


async def test_silence_is_sent_between_the_lines() -> None:
    """Every 20 ms a frame: the voice where it was spoken, marked silence elsewhere."""
    steps = (VoicedLine(Line("Hi.", when=At(40)), tone(40)), Digits("5#", when=At(0)), HangUp(At(380)))
    async with rig(Listener(), *steps) as call:
        await call.media.run()
    audio = [message["audioData"] for message in call.listener.received if message["kind"] == "AudioData"]
    assert len(audio) == call.media.frames_sent == 20
    assert call.listener.audio() == bytes(1280) + tone(40) + bytes(16 * 640)
    assert [frame["silent"] for frame in audio] == [True] * 2 + [False] * 2 + [True] * 16
    assert {frame["participantRawID"] for frame in audio} == {"4:+12025550143"}
    digits = [message["dtmfData"]["data"] for message in call.listener.received if message["kind"] == "DtmfData"]
    assert digits == ["5", "#"]


async def test_the_clock_does_not_drift() -> None:
    """Twenty frames carry time stamps that are exactly 20 ms apart."""
    async with rig(Listener(), HangUp(At(380))) as call:
        await call.media.run()
    stamps = [
        int(message["audioData"]["timestamp"][-7:-1].replace(".", ""))
        for message in call.listener.received
        if message["kind"] == "AudioData"
    ]
    steps = {(later - earlier) % 60_000 for earlier, later in itertools.pairwise(stamps)}
    assert steps == {20}


async def test_odd_messages_go_among_the_frames() -> None:
    """One after every fifth frame, as it is; those for which the call was too short are not counted."""
    odd = ('{"kind":"Odd","n":1}', '{"kind":"Odd","n":2}', '{"kind":"Odd","n":3}')
    async with rig(Listener(), HangUp(At(240)), odd_messages=odd) as call:
        await call.media.run()
    kinds = [message["kind"] for message in call.listener.received]
    assert kinds == ["AudioMetadata", *["AudioData"] * 5, "Odd", *["AudioData"] * 5, "Odd", *["AudioData"] * 3]
    assert [message["n"] for message in call.listener.received if message["kind"] == "Odd"] == [1, 2]
    assert call.media.odd_messages_sent == 2
    assert call.media.frames_sent == 13


async def test_what_the_server_sends_is_heard() -> None:
    """In the recording, behind some silence, to the sample."""
    async with rig(Listener(messages=(audio_message(tone(60)),)), HangUp(At(300))) as call:
        await call.media.run()
    assert call.line.heard.tobytes().strip(b"\0").startswith(tone(60).strip(b"\0"))
    assert call.line.protocol_errors == []


async def test_the_server_hangs_up() -> None:
    """The socket is closed by us, and the line knows who ended it."""
    async with rig(Listener()) as call, asyncio.TaskGroup() as tasks:
        running = tasks.create_task(call.media.run())
        while len(call.listener.received) < 3:
            await asyncio.sleep(0.005)
        call.media.server_hung_up()
    assert running.result() is LineEnd.SERVER
    assert call.listener.close_code == 1000
    assert call.line.protocol_errors == []


async def test_a_server_that_closes_the_socket_loses_the_call() -> None:
    """Unless its hang-up follows at once, that is a protocol error."""
    async with rig(Listener(closes_after=3)) as call:
        assert await call.media.run() is LineEnd.LOST
    assert call.line.protocol_errors == ["the server closed the media socket (code 1000) and did not hang up"]


async def test_a_hang_up_may_come_after_the_close() -> None:
    """The two ways are not ordered."""
    async with rig(Listener(closes_after=3)) as call, asyncio.TaskGroup() as tasks:
        running = tasks.create_task(call.media.run())
        while not call.listener.received or len(call.listener.received) < 3:
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.1)
        call.media.server_hung_up()
    assert running.result() is LineEnd.SERVER
    assert call.line.protocol_errors == []


async def test_a_cancelled_call_closes_its_socket() -> None:
    """Nothing is left behind."""
    async with rig(Listener()) as call:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(call.media.run())
            while len(call.listener.received) < 2:
                await asyncio.sleep(0.005)
            running.cancel()
        assert running.cancelled()
        while call.listener.close_code is None:
            await asyncio.sleep(0.005)
    assert call.listener.close_code == 1000
