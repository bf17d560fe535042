"""Twilio's webhook, with messages that Twilio's twin has signed, over real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from starlette.applications import Starlette

from calls.doors import Refusals
from calls.messages import Messages
from calls.twilio_door import TwilioDoor
from calls.twilio_webhook import twilio_routes
from emulators.phone import PhoneNetwork
from stores.errors import StoreUnavailable
from stores.records import CallHistory
from tests.calls.test_live import live_calls
from tests.calls.test_opening import Kept, earlier
from tests.support.serving import serving
from tests.support.telephone import NOW, FakeControl, Notes

SENDER = "+15550001111"


@asynccontextmanager
async def site(network: PhoneNetwork, notes: Notes, store: Kept) -> AsyncIterator[str]:
    """The route; its URL."""
    messages = Messages(live_calls(FakeControl(), notes), notes, store, clock=lambda: 0.0, utc_now=lambda: NOW)
    app = Starlette()
    async with serving(app) as address:
        door = TwilioDoor(network.twilio.auth_token, f"http://{address}")
        app.router.routes.extend(twilio_routes(messages, door, Refusals()))
        yield f"http://{address}/twilio/sms"


async def test_a_signed_message_is_taken() -> None:
    """It is kept, and Twilio gets an answer that says nothing to the sender."""
    notes = Notes()
    async with PhoneNetwork() as network, site(network, notes, Kept(earlier("c7"))) as url:
        await network.send_twilio_sms(url, SENDER, "AB 12 é")
    assert notes.messages == [("c7", "caller", "AB 12 é")]


async def test_what_is_not_signed_is_refused() -> None:
    """Nothing of it is read, and the answer says nothing."""
    notes = Notes()
    async with (
        PhoneNetwork() as network,
        site(network, notes, Kept(earlier("c7"))) as url,
        aiohttp.ClientSession() as http,
    ):
        form = {"MessageSid": "SM1", "From": SENDER, "Body": "AB 12"}
        for headers in ({}, {"X-Twilio-Signature": "d3Jvbmc="}):
            async with http.post(url, data=form, headers=headers) as response:
                assert response.status == 403
        async with http.post(url, data=b"x" * 100_000) as response:
            assert response.status == 413
    assert notes.messages == []


async def test_a_store_that_is_away() -> None:
    """Twilio is told to try again."""

    class Away(Kept):
        async def latest_calls(self, *, limit: int = 50, phone_number: str | None = None) -> list[CallHistory]:
            raise StoreUnavailable("away")

    async with PhoneNetwork() as network, site(network, Notes(), Away()) as url:
        with pytest.raises(Exception, match="503"):
            await network.send_twilio_sms(url, SENDER, "AB 12")
