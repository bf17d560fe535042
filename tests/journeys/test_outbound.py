"""Calls that the server places, with the real SDK: taken, declined, busy, not answered."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from assembly.engines import Engines
from emulators.call_result import CallEnd
from emulators.expectation import Expectation, Text
from emulators.network_script import PickUp, Reaction
from emulators.scenario import Line, Scenario
from providers.piper import PiperTextToSpeech
from stores.records import CallHistory, Direction
from tests.support.side_by_side import side_by_side
from tests.support.whole import UNHURRIED, Whole, whole

OURS = "+12025550100"
THEIRS = "+12025550143"
PLACE = {"name": "laptop_location", "description": "Where is the laptop?"}
ORDER = {"phone_number": THEIRS, "bot_company": "Fabrikam", "bot_name": "Robin", "claim": [PLACE]}
AT_HOME = Scenario(
    "at home",
    (Line("It is in Boston."), Line("Yes, that is right.")),
    patience=UNHURRIED,
    expectation=Expectation({"laptop_location": Text("In Boston", 0.5)}),
)
NUMBER = {"phone_number": OURS}


async def order(server: Whole, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    """Order a call over HTTP; the answer."""
    async with (
        aiohttp.ClientSession(server.url, headers=server.headers) as http,
        http.post("/call", json=body, headers=headers) as response,
    ):
        answer: dict[str, Any] = await response.json()
        assert response.status in (200, 201), answer
        return answer


async def kept(server: Whole, call_id: str) -> CallHistory:
    """What is kept of a call, once it has ended."""
    async with asyncio.timeout(30):
        while True:
            await server.built.journal.drained()
            history = await server.built.store.history(call_id)
            if history is not None and history.call.ended_at is not None:
                return history
            await asyncio.sleep(0.05)


async def test_calls_that_are_taken(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """Two at once, of two servers: one is talked to its end, and one is all that its server can take."""
    await side_by_side(
        tmp_path, {"taken": partial(taken, engines, voice), "one too many": partial(one_too_many, engines, voice)}
    )


async def taken(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """Whoever picks up is greeted in the name of the order, asked what it asks, and heard."""
    async with whole(engines, folder, communication_services=NUMBER) as server:
        phone = await server.network.expect_call(THEIRS, AT_HOME, voice=voice, reaction=Reaction(after_s=0.5))
        ordered = await order(server, ORDER, **{"Idempotency-Key": "one"})
        assert (await order(server, ORDER, **{"Idempotency-Key": "one"}))["call_id"] == ordered["call_id"]
        async with asyncio.timeout(120):
            result = await phone.result()
        history = await kept(server, ordered["call_id"])
        assert server.built.live_calls.live_count == 0
    assert result.is_ok, result.protocol_errors
    assert result.ended is CallEnd.SERVER
    call = history.call
    assert (call.direction, call.phone_number, call.end_reason) == (Direction.OUTBOUND, THEIRS, "assistant_hung_up")
    assert call.initiate is not None
    assert (call.initiate.bot_company, call.initiate.bot_name) == ("Fabrikam", "Robin")
    assert [field.name for field in call.claim_fields] == ["laptop_location"]
    assert "Robin from Fabrikam" in history.messages[0].text
    assert "Where is the laptop?" in history.messages[0].text
    assert AT_HOME.expectation.mismatches(history.claim, called_at=call.started_at) == ()


@pytest.mark.parametrize(
    ("pick_up", "reason"),
    [
        (PickUp.DECLINES, "declined"),
        (PickUp.BUSY, "busy"),
        (PickUp.NO_ANSWER, "not_answered"),
        (PickUp.UNKNOWN, "not_answered"),
    ],
)
async def test_a_call_that_is_not_taken(engines: Engines, tmp_path: Path, pick_up: PickUp, reason: str) -> None:
    """The order is kept with what became of it, and nothing of the call is left."""
    async with whole(engines, tmp_path, communication_services=NUMBER) as server:
        phone = await server.network.expect_call(THEIRS, reaction=Reaction(pick_up, after_s=0.2))
        ordered = await order(server, ORDER)
        result = await phone.result()
        history = await kept(server, ordered["call_id"])
        assert server.built.live_calls.live_count == 0
    assert result.protocol_errors == ()
    assert result.ended is CallEnd.NOT_TAKEN
    assert history.call.end_reason == reason
    assert history.messages == ()


async def one_too_many(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """While as many calls are up as may be, whoever calls hears that we are busy at once."""
    waiting = Scenario("waiting", (), max_duration_ms=6_000)
    async with whole(engines, folder, communication_services=NUMBER, server={"max_calls": 1}) as server:
        phone = await server.network.expect_call(THEIRS, waiting)
        ordered = await order(server, ORDER)
        late = await server.network.call(Scenario("late", ()), voice=voice, webhook_url=server.webhook_url)
        await phone.result()
        await kept(server, ordered["call_id"])
    assert late.ended is CallEnd.REFUSED
    assert late.protocol_errors == ()
    assert [event.detail for event in late.events if event.name == "refused"] == ["rejected: busy"]
