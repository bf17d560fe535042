"""Several webhooks, each with its own wishes."""

from dataclasses import replace

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulators.errors import HandshakeFailed
from emulators.event_grid import VALIDATION_ORIGIN, EventGrid, Schema, grid_event
from emulators.grid_subscriptions import GridSubscriptions, Subscription
from emulators.loopback import LoopbackServer
from tests.emulators.test_event_grid import webhook

CALL = grid_event("Microsoft.Communication.IncomingCall", subject="s", data={})
SMS = grid_event("Microsoft.Communication.SMSReceived", subject="s", data={})


async def test_each_gets_what_it_wants() -> None:
    """As often as it is to get it."""
    async with webhook() as (one, grid), webhook(500) as (two, _):
        subscriptions = GridSubscriptions()
        await subscriptions.subscribe(
            grid, Subscription(one.url, event_types=frozenset({"Microsoft.Communication.SMSReceived"}))
        )
        two.statuses.insert(0, 200)
        await subscriptions.subscribe(grid, Subscription(two.url, retry_delays_s=(0.0,), deliveries=2))
        assert [delivery.attempts for delivery in await subscriptions.publish(grid, CALL)] == [2, 1]
        assert len(await subscriptions.publish(grid, SMS)) == 3
    assert [body[0]["eventType"].rpartition(".")[2] for _, body in one.seen[1:]] == ["SMSReceived"]
    assert [body[0]["eventType"].rpartition(".")[2] for _, body in two.seen[1:]] == [
        *["IncomingCall"] * 3,
        *["SMSReceived"] * 2,
    ]


async def test_a_webhook_is_asked_once() -> None:
    """The second subscription is the first."""
    async with webhook() as (hook, grid):
        subscriptions = GridSubscriptions()
        first = Subscription(hook.url)
        await subscriptions.subscribe(grid, first)
        await subscriptions.subscribe(grid, replace(first, deliveries=9))
        assert subscriptions.of(hook.url) is first
        assert len(hook.seen) == 1


async def test_what_is_not_taken_is_remembered() -> None:
    """And some answers are never repeated."""
    async with webhook(200, 403) as (hook, grid):
        subscriptions = GridSubscriptions()
        await subscriptions.subscribe(grid, Subscription(hook.url, retry_delays_s=(0.0, 0.0)))
        assert await subscriptions.publish(grid, CALL) == []
        assert "answered 403" in subscriptions.undelivered[0]
        assert len(hook.seen) == 2


@pytest.mark.parametrize("allowed", [VALIDATION_ORIGIN, "*", "example.com", None])
async def test_cloud_events(allowed: str | None) -> None:
    """OPTIONS must allow us; then one CloudEvent comes, not in an array."""
    seen: list[tuple[str, object]] = []

    async def take(request: Request) -> Response:
        if request.method == "OPTIONS":
            assert request.headers["webhook-request-origin"] == VALIDATION_ORIGIN
            return Response(headers={"WebHook-Allowed-Origin": allowed} if allowed else {})
        seen.append((request.headers["content-type"], await request.json()))
        return Response()

    app = Starlette(routes=[Route("/grid", take, methods=["POST", "OPTIONS"])])
    async with LoopbackServer(app) as server, aiohttp.ClientSession() as session:
        grid, subscriptions = EventGrid(session), GridSubscriptions()
        subscription = Subscription(f"{server.endpoint}/grid", Schema.CLOUD_EVENTS)
        if allowed not in (VALIDATION_ORIGIN, "*"):
            with pytest.raises(HandshakeFailed, match="WebHook-Allowed-Origin"):
                await subscriptions.subscribe(grid, subscription)
            return
        await subscriptions.subscribe(grid, subscription)
        await subscriptions.publish(grid, SMS)
    ((content_type, event),) = seen
    assert content_type == "application/cloudevents+json; charset=utf-8"
    assert isinstance(event, dict)
    assert (event["type"], event["specversion"]) == ("Microsoft.Communication.SMSReceived", "1.0")
