"""A call that a test controls with the real SDK, over real sockets.

async with controlled_call() as call:
    await call.connection.mute_participant(call.person)
    event = await call.callback("ParticipantsUpdated")
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from azure.communication.callautomation import (
    MediaStreamingAudioChannelType,
    MediaStreamingContentType,
    MediaStreamingOptions,
    PhoneNumberIdentifier,
    StreamingTransportType,
)
from azure.communication.callautomation.aio import CallAutomationClient, CallConnectionClient
from azure.core.credentials import AzureKeyCredential
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from emulators.call_result import CallResult
from emulators.loopback import LoopbackServer
from emulators.phone import PhoneNetwork
from emulators.phone_call import CallOptions
from emulators.scenario import At, HangUp, Scenario, Step
from tests.emulators.tone_voice import ToneVoice

PERSON = "+12025550143"
SERVER = "+12025550100"
COLLEAGUE = "+12025550177"
PATIENT = (HangUp(At(60_000)),)
"""A caller who stays until the server hangs up."""


@dataclass
class Controller:
    """The server under test: keeps what comes, answers when it is told to."""

    contexts: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    grid_events: list[dict[str, Any]] = field(default_factory=list)
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    media_messages: list[list[dict[str, Any]]] = field(default_factory=list)
    """Of each media socket."""
    media_headers: list[dict[str, str]] = field(default_factory=list)
    sockets: list[WebSocket] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def app(self) -> Starlette:
        """Its routes; callbacks may come to any path below ``/callbacks``."""
        return Starlette(
            routes=[
                Route("/eventgrid", self._event_grid, methods=["POST"]),
                Route("/callbacks{rest:path}", self._callback, methods=["POST"]),
                WebSocketRoute("/media", self._media),
            ]
        )

    @property
    def names(self) -> list[str]:
        """The callbacks, in the order in which they came."""
        return [callback["name"] for callback in self.callbacks]

    async def callback(self, name: str, count: int = 1) -> dict[str, Any]:
        """Wait for the callback of this name, or the second, the third …; its data, with ``path``."""
        async with asyncio.timeout(20), self.changed:
            while True:
                found = [callback for callback in self.callbacks if callback["name"] == name]
                if len(found) >= count:
                    return found[count - 1]
                await self.changed.wait()

    async def grid_event(self, event_type: str, count: int = 1) -> dict[str, Any]:
        """Wait for an event of Event Grid, by the last part of its type."""
        async with asyncio.timeout(20), self.changed:
            while True:
                found = [event for event in self.grid_events if event["eventType"].endswith(event_type)]
                if len(found) >= count:
                    return found[count - 1]
                await self.changed.wait()

    async def frames(self, socket: int, count: int) -> list[dict[str, Any]]:
        """Wait for so many messages on a media socket."""
        async with asyncio.timeout(20), self.changed:
            while len(self.media_messages) <= socket or len(self.media_messages[socket]) < count:
                await self.changed.wait()
            return self.media_messages[socket]

    async def _event_grid(self, request: Request) -> Response:
        (event,) = await request.json()
        async with self.changed:
            self.grid_events.append(event)
            self.changed.notify_all()
        if request.headers["aeg-event-type"] == "SubscriptionValidation":
            return JSONResponse({"validationResponse": event["data"]["validationCode"]})
        if event["eventType"].endswith("IncomingCall"):
            self.contexts.put_nowait(event["data"]["incomingCallContext"])
        return Response(status_code=200)

    async def _callback(self, request: Request) -> Response:
        (event,) = await request.json()
        name = event["type"].removeprefix("Microsoft.Communication.")
        async with self.changed:
            self.callbacks.append({"name": name, "path": request.url.path, **event["data"]})
            self.changed.notify_all()
        return Response(status_code=200)

    async def _media(self, socket: WebSocket) -> None:
        await socket.accept()
        messages: list[dict[str, Any]] = []
        self.media_headers.append(dict(socket.headers))
        self.media_messages.append(messages)
        self.sockets.append(socket)
        try:
            while True:
                message = json.loads(await socket.receive_text())
                async with self.changed:
                    messages.append(message)
                    self.changed.notify_all()
        except (WebSocketDisconnect, RuntimeError):
            return


@dataclass
class Rig:
    """A network and a server under test, without a call."""

    network: PhoneNetwork
    server: Controller
    client: CallAutomationClient
    own_endpoint: str

    @property
    def callback_url(self) -> str:
        """Where callbacks go."""
        return f"{self.own_endpoint}/callbacks"

    def streaming(self, *, start: bool = True) -> MediaStreamingOptions:
        """Both ways, with keys."""
        return MediaStreamingOptions(
            transport_url=f"{self.own_endpoint.replace('http', 'ws')}/media",
            transport_type=StreamingTransportType.WEBSOCKET,
            content_type=MediaStreamingContentType.AUDIO,
            audio_channel_type=MediaStreamingAudioChannelType.UNMIXED,
            start_media_streaming=start,
            enable_bidirectional=True,
            enable_dtmf_tones=True,
        )

    def webhook_url(self) -> str:
        """Where events go."""
        return f"{self.own_endpoint}/eventgrid"


@dataclass
class ControlledCall(Rig):
    """A call that is up."""

    connection: CallConnectionClient
    server_call_id: str
    placed: asyncio.Task[CallResult]

    person = PhoneNumberIdentifier(PERSON)

    async def callback(self, name: str, count: int = 1) -> dict[str, Any]:
        """See ``Controller``."""
        return await self.server.callback(name, count)

    async def result(self) -> CallResult:
        """Wait for its end."""
        return await self.placed


@asynccontextmanager
async def rig(network: PhoneNetwork | None = None) -> AsyncIterator[Rig]:
    """Both up."""
    async with network or PhoneNetwork(callee_number=SERVER) as phones:
        server = Controller()
        async with LoopbackServer(server.app) as own:
            client = CallAutomationClient(
                phones.endpoint, AzureKeyCredential(phones.access_key), retry_total=3, retry_backoff_factor=0.0
            )
            async with client:
                yield Rig(phones, server, client, own.endpoint)


@asynccontextmanager
async def controlled_call(
    *steps: Step, start_streaming: bool = True, options: CallOptions | None = None, hang_up: bool = True
) -> AsyncIterator[ControlledCall]:
    """Ring, answer and wait until the call is up; hang up at the end, unless the call is over then."""
    scenario = Scenario("controlled", steps or PATIENT, caller_number=PERSON)
    async with rig() as up, asyncio.TaskGroup() as tasks:
        placed = tasks.create_task(
            up.network.call(scenario, voice=ToneVoice(), webhook_url=up.webhook_url(), options=options or CallOptions())
        )
        properties = await up.client.answer_call(
            await up.server.contexts.get(),
            up.callback_url,
            operation_context="ours",
            media_streaming=up.streaming(start=start_streaming),
        )
        await up.server.callback("MediaStreamingStarted" if start_streaming else "ParticipantsUpdated")
        connection = up.client.get_call_connection(str(properties.call_connection_id))
        yield ControlledCall(
            up.network,
            up.server,
            up.client,
            up.own_endpoint,
            connection,
            str(properties.server_call_id),
            placed,
        )
        if hang_up:
            await connection.hang_up(is_for_everyone=True)
        await placed
