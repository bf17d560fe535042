"""What the control refuses, and with which words; what it does is seen in test_acs_service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from emulators.acs_control import AcsControl
from emulators.grid_subscriptions import Subscription
from emulators.phone import PhoneNetwork
from tests.emulators.test_event_grid import Webhook, webhook
from tests.emulators.tone_voice import ToneVoice


@asynccontextmanager
async def control() -> AsyncIterator[tuple[PhoneNetwork, Webhook, aiohttp.ClientSession]]:
    """A network with its control, and a webhook."""
    async with webhook() as (hook, _), aiohttp.ClientSession() as session:
        handle = AcsControl(
            voice=ToneVoice(),
            subscription=Subscription(hook.url),
            told=lambda number, event: None,
            ended=lambda number, result: None,
        )
        async with PhoneNetwork(more_routes=handle.routes()) as network:
            handle.network = network
            yield network, hook, session


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "reason"),
    [
        ("POST", "calls", {"scenario": "none_of_this_name"}, 400, "there is no sample scenario"),
        ("POST", "calls", {"wav": "/nowhere.wav"}, 400, "there is no file"),
        ("POST", "calls", {"senario": "water_damage"}, 400, "unknown field `senario`"),
        ("POST", "faults", {"call": "none", "drop_media_at_ms": 0}, 404, "Call not found"),
        ("POST", "faults", {"drop_media_at_ms": 0}, 400, "0 calls are up"),
        ("POST", "faults", [], 400, "Expected `object`"),
        ("PUT", "numbers/+12025550143", {"pick_up": "sings"}, 400, "Invalid enum value"),
        ("POST", "webhooks", {"url": "http://127.0.0.1:9/none"}, 400, "no answer"),
        ("POST", "messages", {"from": "+1", "text": "x", "twilio_webhook": "http://127.0.0.1:9/"}, 502, "Twilio"),
    ],
)
async def test_what_is_refused(method: str, path: str, body: Any, status: int, reason: str) -> None:
    """With the reason, as JSON."""
    async with (
        control() as (network, _, session),
        session.request(method, f"{network.endpoint}/emulator/{path}", json=body) as response,
    ):
        assert response.status == status
        assert reason in (await response.json())["error"]


async def test_pages_of_others_cannot_post() -> None:
    """A form of theirs is not JSON."""
    async with (
        control() as (network, _, session),
        session.post(f"{network.endpoint}/emulator/calls", data={"scenario": "x"}) as response,
    ):
        assert response.status == 415


async def test_a_webhook_for_some_events() -> None:
    """It is asked first."""
    async with control() as (network, hook, session):
        body = {"url": hook.url, "event_types": ["Microsoft.Communication.SMSReceived"], "retry_delays_s": [0.5]}
        async with session.post(f"{network.endpoint}/emulator/webhooks", json=body) as response:
            assert response.status == 204
        assert len(hook.seen) == 1
        assert network.grid.of(hook.url).retry_delays_s == (0.5,)
