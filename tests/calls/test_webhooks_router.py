"""What Job Router tells comes in by the same address as calls, and is handed on."""

import asyncio
from collections.abc import Sequence

import httpx2
from starlette.applications import Starlette

from calls.doors import Refusals
from calls.envelopes import Envelope
from calls.live import LiveCalls
from calls.settings import LiveCallsSettings
from calls.webhooks import webhook_routes
from routing.errors import RouterUnavailable
from tests.support.jumping_time import on_jumping_time
from tests.support.telephone import NOW, FakeControl, Notes

QUEUED = {
    "eventType": "Microsoft.Communication.RouterJobQueued",
    "id": "1",
    "data": {"jobId": "job-1"},
    "eventTime": "2026-03-01T09:30:00Z",
}


@on_jumping_time
async def test_what_job_router_tells() -> None:
    """It is handed on with its time; what could not be kept is to be delivered again."""
    taken: list[Envelope] = []
    is_away = False

    async def take(events: Sequence[Envelope]) -> None:
        if is_away:
            raise RouterUnavailable("the store does not answer")
        taken.extend(events)

    notes, clock = Notes(), asyncio.get_running_loop().time
    settings = LiveCallsSettings(public_url="https://bot.example")
    async with LiveCalls(FakeControl(), notes, notes, settings, clock=clock, utc_now=lambda: NOW) as live:
        app = Starlette(routes=webhook_routes(live, token_door=None, refusals=Refusals(), on_router=take))
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
            assert (await client.post("/eventgrid", json=[QUEUED])).status_code == 200
            is_away = True
            answer = await client.post("/eventgrid", json=[QUEUED])
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert [(each.kind, each.data, each.time) for each in taken] == [
        (QUEUED["eventType"], QUEUED["data"], "2026-03-01T09:30:00Z")
    ]
