"""A small server that answers calls as a server under test would: real SDK, real sockets.

It greets with a tone, answers every stretch of sound with a tone when it has been
followed by ``end_of_turn_ms`` of silence, stops when it is interrupted, and hangs up
``hang_up_after`` answers later.
"""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from azure.communication.callautomation import (
    AudioFormat,
    MediaStreamingAudioChannelType,
    MediaStreamingContentType,
    MediaStreamingOptions,
    StreamingTransportType,
)
from azure.communication.callautomation.aio import CallAutomationClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import AzureError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from emulators.audible import is_audible, samples_of


def tone(duration_ms: int, *, sample_rate_hz: int = 16_000, hz: int = 440, peak: int = 8000) -> bytes:
    """A tone that is audible from its first millisecond to its last."""
    n = np.arange(duration_ms * sample_rate_hz // 1000)
    return np.round(peak * np.cos(2 * np.pi * hz * n / sample_rate_hz)).astype("<i2").tobytes()


def audio_message(pcm: bytes) -> str:
    """AudioData as Microsoft's Python documentation writes it."""
    data = base64.b64encode(pcm).decode()
    return json.dumps({"Kind": "AudioData", "AudioData": {"Data": data}, "StopAudio": None})


STOP_MESSAGE = json.dumps({"Kind": "StopAudio", "AudioData": None, "StopAudio": {}})


@dataclass
class Behaviour:
    """How the server behaves."""

    greeting_ms: int = 200
    answer_ms: int = 200
    end_of_turn_ms: int = 100
    hang_up_after: int = 1
    audio_format: AudioFormat = AudioFormat.PCM16_K_MONO
    extra_messages: tuple[str, ...] = ()
    closes_socket_instead: bool = False
    event_status: int = 200
    answers_twice: bool = False


@dataclass
class AnsweringServer:
    """The server and what it has seen."""

    acs_endpoint: Callable[[], str]
    acs_key: Callable[[], str]
    own_endpoint: Callable[[], str]
    behaviour: Behaviour = field(default_factory=Behaviour)
    events: list[str] = field(default_factory=list)
    callbacks: list[str] = field(default_factory=list)
    media_headers: list[dict[str, str]] = field(default_factory=list)
    metadata: list[dict[str, Any]] = field(default_factory=list)
    audio: list[dict[str, Any]] = field(default_factory=list)
    digits: str = ""
    answer_errors: list[int | None] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        """The routes of a server under test."""
        return Starlette(
            routes=[
                Route("/eventgrid", self._event_grid, methods=["POST"]),
                Route("/callbacks", self._callback, methods=["POST"]),
                WebSocketRoute("/media", self._media),
            ]
        )

    def client(self) -> CallAutomationClient:
        """The real SDK, pointed at the emulator."""
        return CallAutomationClient(
            self.acs_endpoint(), AzureKeyCredential(self.acs_key()), retry_total=2, retry_backoff_factor=0.0
        )

    async def _event_grid(self, request: Request) -> Response:
        (event,) = await request.json()
        self.events.append(event["eventType"])
        if request.headers["aeg-event-type"] == "SubscriptionValidation":
            return JSONResponse({"validationResponse": event["data"]["validationCode"]})
        if self.behaviour.event_status != 200:
            return Response(status_code=self.behaviour.event_status)
        async with self.client() as client:
            for _ in range(2 if self.behaviour.answers_twice else 1):
                try:
                    await self._answer(client, event["data"]["incomingCallContext"])
                except AzureError as error:
                    self.answer_errors.append(getattr(error, "status_code", None))
        return Response(status_code=200)

    async def _answer(self, client: CallAutomationClient, context: str) -> None:
        await client.answer_call(
            context,
            f"{self.own_endpoint()}/callbacks",
            operation_context="our-call",
            media_streaming=MediaStreamingOptions(
                transport_url=f"{self.own_endpoint().replace('http', 'ws')}/media",
                transport_type=StreamingTransportType.WEBSOCKET,
                content_type=MediaStreamingContentType.AUDIO,
                audio_channel_type=MediaStreamingAudioChannelType.UNMIXED,
                start_media_streaming=True,
                enable_bidirectional=True,
                audio_format=self.behaviour.audio_format,
                enable_dtmf_tones=True,
            ),
        )

    async def _callback(self, request: Request) -> Response:
        (event,) = await request.json()
        self.callbacks.append(event["type"].removeprefix("Microsoft.Communication."))
        return Response(status_code=200)

    async def _media(self, socket: WebSocket) -> None:
        await socket.accept()
        self.media_headers.append({name: value for name, value in socket.headers.items() if name.startswith("x-ms-")})
        call_connection_id = socket.headers["x-ms-call-connection-id"]
        rate = 24_000 if self.behaviour.audio_format == AudioFormat.PCM24_K_MONO else 16_000
        await socket.send_text(audio_message(tone(self.behaviour.greeting_ms, sample_rate_hz=rate)))
        for message in self.behaviour.extra_messages:
            await socket.send_text(message)
        answers, silent_ms, spoke = 0, 0, False
        try:
            while True:
                message = json.loads(await socket.receive_text())
                if message["kind"] == "AudioMetadata":
                    self.metadata.append(message["audioMetadata"])
                elif message["kind"] == "DtmfData":
                    self.digits += message["dtmfData"]["data"]
                else:
                    self.audio.append(message["audioData"])
                    if is_audible(samples_of(base64.b64decode(message["audioData"]["data"]))):
                        if not spoke:
                            await socket.send_text(STOP_MESSAGE)
                        spoke, silent_ms = True, 0
                    else:
                        silent_ms += 20
                if spoke and silent_ms >= self.behaviour.end_of_turn_ms:
                    spoke = False
                    await socket.send_text(audio_message(tone(self.behaviour.answer_ms, sample_rate_hz=rate)))
                    answers += 1
                    if answers == self.behaviour.hang_up_after:
                        await asyncio.sleep(self.behaviour.answer_ms / 1000 + 0.06)
                        await self._leave(socket, call_connection_id)
        except (WebSocketDisconnect, RuntimeError):
            return

    async def _leave(self, socket: WebSocket, call_connection_id: str) -> None:
        if self.behaviour.closes_socket_instead:
            await socket.close()
            return
        async with self.client() as client:
            await client.get_call_connection(call_connection_id).hang_up(is_for_everyone=True)
