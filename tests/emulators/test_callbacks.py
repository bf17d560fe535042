"""Callbacks are CloudEvents that the Azure SDK can read."""

import json

import aiohttp
import jwt
import pytest
from azure.core.messaging import CloudEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulators import callbacks
from emulators.acs_requests import AnswerRequest
from emulators.acs_tokens import AcsTokens
from emulators.errors import DeliveryFailed
from emulators.loopback import LoopbackServer
from emulators.switchboard import Leg, Numbers, Switchboard


def leg_answered(callback_uri: str = "http://127.0.0.1/cb") -> Leg:
    """A call that was answered."""
    leg = Switchboard().ring(Numbers(caller="+12025550143", callee="+12025550100"))
    answer = AnswerRequest(
        incoming_call_context=leg.incoming_call_context, callback_uri=callback_uri, operation_context="ours"
    )
    leg.take_answer(answer)
    return leg


def test_every_event_can_be_read_by_the_sdk() -> None:
    """The envelope is CloudEvents 1.0, the data hold the identifiers."""
    leg = leg_answered()
    made = [
        callbacks.call_connected(leg),
        callbacks.media_streaming_started(leg),
        callbacks.media_streaming_stopped(leg),
        callbacks.media_streaming_failed(leg),
        callbacks.call_disconnected(leg),
    ]
    names = []
    for event in made:
        read: CloudEvent[dict[str, object]] = CloudEvent.from_dict(json.loads(json.dumps(event)))
        assert read.source == read.subject == f"calling/callConnections/{leg.call_connection_id}"
        assert read.data is not None
        assert read.data["callConnectionId"] == leg.call_connection_id
        assert read.data["serverCallId"] == leg.server_call_id
        assert read.data["correlationId"] == leg.correlation_id
        assert read.data["operationContext"] == "ours"
        names.append(read.type.removeprefix("Microsoft.Communication."))
    assert names == [
        "CallConnected",
        "MediaStreamingStarted",
        "MediaStreamingStopped",
        "MediaStreamingFailed",
        "CallDisconnected",
    ]


def test_a_failed_stream_says_why() -> None:
    """With the service's sub-code."""
    data = callbacks.media_streaming_failed(leg_answered())["data"]
    assert isinstance(data, dict)
    assert data["resultInformation"]["subCode"] == 8581
    assert data["mediaStreamingUpdate"]["mediaStreamingStatusDetails"] == "initialWebSocketConnectionFailed"


async def test_a_callback_is_an_array_of_one() -> None:
    """Posted to the URL of the answer, and a refusal is told."""
    taken: list[object] = []

    async def take(request: Request) -> Response:
        taken.append(await request.json())
        return Response(status_code=200 if len(taken) == 1 else 500)

    app = Starlette(routes=[Route("/cb", take, methods=["POST"])])
    async with LoopbackServer(app) as server, aiohttp.ClientSession() as session:
        leg = leg_answered(f"{server.endpoint}/cb")
        event = callbacks.call_connected(leg)
        await callbacks.Callbacks(session).post(leg, event)
        assert taken == [[event]]
        with pytest.raises(DeliveryFailed, match="CallConnected: the server answered 500"):
            await callbacks.Callbacks(session).post(leg, event)


async def test_every_callback_is_signed_for_itself() -> None:
    """With a token of five minutes; the next one has its own."""
    taken: list[str] = []

    async def take(request: Request) -> Response:
        taken.append(request.headers["authorization"])
        return Response()

    seconds = iter((1_000.0, 2_000.0))
    tokens = AcsTokens(now_s=lambda: next(seconds))
    app = Starlette(routes=[Route("/cb", take, methods=["POST"])])
    async with LoopbackServer(app) as server, aiohttp.ClientSession() as session:
        leg = leg_answered(f"{server.endpoint}/cb")
        for _ in range(2):
            await callbacks.Callbacks(session, tokens=tokens).post(leg, callbacks.call_connected(leg))
    key = tokens.key.private.public_key()
    for header, now_s in zip(taken, (1_000.0, 2_000.0), strict=True):
        with pytest.raises(jwt.ExpiredSignatureError):
            jwt.decode(header.removeprefix("Bearer "), key, ["RS256"], audience=tokens.resource_id)
        content = jwt.api_jws.decode(header.removeprefix("Bearer "), key, ["RS256"])
        assert json.loads(content)["exp"] == now_s + 300


async def test_a_server_that_is_gone(unused_tcp_port: int) -> None:
    """The failure names the event."""
    leg = leg_answered(f"http://127.0.0.1:{unused_tcp_port}/cb")
    async with aiohttp.ClientSession() as session:
        with pytest.raises(DeliveryFailed, match="callback CallDisconnected"):
            await callbacks.Callbacks(session).post(leg, callbacks.call_disconnected(leg))


async def test_a_call_that_rings_has_nobody_to_tell() -> None:
    """It would be a bug of the emulator."""
    leg = Switchboard().ring(Numbers(caller="+12025550143", callee="+12025550100"))
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ValueError, match="callbackUri"):
            await callbacks.Callbacks(session).post(leg, {"type": "x"})
