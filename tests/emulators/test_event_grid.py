"""Events, posted to a webhook that may refuse them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulators.errors import DeliveryFailed, HandshakeFailed
from emulators.event_grid import Delivery, EventGrid, incoming_call_event
from emulators.loopback import LoopbackServer
from emulators.switchboard import Numbers, Switchboard

LEG = Switchboard().ring(Numbers(caller="+12025550143", callee="+12025550100"))


@dataclass
class Webhook:
    """A server that answers with scripted statuses, then 200."""

    statuses: list[int] = field(default_factory=list)
    returns_code: bool = True
    seen: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    url: str = ""

    async def take(self, request: Request) -> Response:
        """Remember the request."""
        body = await request.json()
        self.seen.append((dict(request.headers), body))
        status = self.statuses.pop(0) if self.statuses else 200
        code = body[0]["data"].get("validationCode", "")
        return JSONResponse({"validationResponse": code if self.returns_code else "x"}, status_code=status)


@asynccontextmanager
async def webhook(*statuses: int, returns_code: bool = True) -> AsyncIterator[tuple[Webhook, EventGrid]]:
    """A webhook and the service that posts to it."""
    hook = Webhook(list(statuses), returns_code)
    app = Starlette(routes=[Route("/eventgrid", hook.take, methods=["POST"])])
    async with LoopbackServer(app) as server, aiohttp.ClientSession() as session:
        hook.url = f"{server.endpoint}/eventgrid?secret=s%2F1"
        yield hook, EventGrid(session)


async def test_the_handshake() -> None:
    """The code goes out in an array of one event, and must come back."""
    async with webhook() as (hook, grid):
        await grid.validate(hook.url)
        ((headers, (event,)),) = hook.seen
        assert headers["aeg-event-type"] == "SubscriptionValidation"
        assert event["eventType"] == "Microsoft.EventGrid.SubscriptionValidationEvent"
        assert event["data"]["validationCode"] in event["data"]["validationUrl"]


async def test_a_webhook_that_does_not_know_the_code() -> None:
    """It gets no events."""
    async with webhook(returns_code=False) as (hook, grid):
        with pytest.raises(HandshakeFailed, match="validation code"):
            await grid.validate(hook.url)


async def test_a_handshake_wants_200() -> None:
    """202 is not enough."""
    async with webhook(202) as (hook, grid):
        with pytest.raises(HandshakeFailed, match="202"):
            await grid.validate(hook.url)


async def test_a_server_that_is_not_there(unused_tcp_port: int) -> None:
    """The reason is told."""
    async with aiohttp.ClientSession() as session:
        grid = EventGrid(session)
        with pytest.raises(HandshakeFailed, match="no answer"):
            await grid.validate(f"http://127.0.0.1:{unused_tcp_port}/eventgrid")
        with pytest.raises(DeliveryFailed, match="not taken"):
            await grid.deliver(f"http://127.0.0.1:{unused_tcp_port}/eventgrid", incoming_call_event(LEG))


async def test_an_incoming_call() -> None:
    """The documented event, with the identifiers of the call."""
    async with webhook(204) as (hook, grid):
        assert await grid.deliver(hook.url, incoming_call_event(LEG)) == Delivery(status=204, attempts=1)
        ((headers, (event,)),) = hook.seen
        assert headers["aeg-event-type"] == "Notification"
        assert headers["content-type"] == "application/json; charset=utf-8"
        assert event["eventType"] == "Microsoft.Communication.IncomingCall"
        assert event["subject"] == "/caller/4:+12025550143/recipient/4:+12025550100"
        assert event["data"] == {
            "to": {"kind": "phoneNumber", "rawId": "4:+12025550100", "phoneNumber": {"value": "+12025550100"}},
            "from": {"kind": "phoneNumber", "rawId": "4:+12025550143", "phoneNumber": {"value": "+12025550143"}},
            "serverCallId": LEG.server_call_id,
            "callerDisplayName": "",
            "incomingCallContext": LEG.incoming_call_context,
            "customContext": {"sipHeaders": {}, "voipHeaders": {}},
            "correlationId": LEG.correlation_id,
        }


async def test_a_refused_event_is_posted_again() -> None:
    """The same event, with its count, until it is taken."""
    async with webhook(500, 503) as (hook, grid):
        delivery = await grid.deliver(hook.url, incoming_call_event(LEG), retry_delays_s=(0.0, 0.0, 0.0))
        assert delivery == Delivery(status=200, attempts=3)
        assert [headers["aeg-delivery-count"] for headers, _ in hook.seen] == ["0", "1", "2"]
        assert len({event["id"] for _, (event,) in hook.seen}) == 1


async def test_an_event_that_is_never_taken() -> None:
    """Without retries, one refusal is the end."""
    async with webhook(500) as (hook, grid):
        with pytest.raises(DeliveryFailed, match="answered 500"):
            await grid.deliver(hook.url, incoming_call_event(LEG))
        assert len(hook.seen) == 1
