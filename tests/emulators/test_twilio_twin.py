"""The twin, asked by the real Twilio SDK."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from emulators.errors import DeliveryFailed
from emulators.loopback import LoopbackServer
from emulators.phone import PhoneNetwork
from tests.emulators.controlled_call import PERSON, SERVER


@asynccontextmanager
async def network() -> AsyncIterator[PhoneNetwork]:
    """Up."""
    async with PhoneNetwork(callee_number=SERVER) as up:
        yield up


def client(up: PhoneNetwork, token: str = "") -> Client:
    """The real one, pointed at the twin."""
    made = Client(up.twilio.account_sid, token or up.twilio.auth_token)
    made.api.base_url = up.endpoint
    return made


async def test_a_message_is_sent() -> None:
    """It is among those of the network."""
    async with network() as up:
        twilio = client(up)
        message = await asyncio.to_thread(
            lambda: twilio.messages.create(to=PERSON, from_=SERVER, body="Your claim is 42.")
        )
    assert message.status == "queued"
    (sms,) = up.sms.sent
    assert (sms.message_id, sms.recipient, sms.text) == (message.sid, PERSON, "Your claim is 42.")


@pytest.mark.parametrize(
    ("to", "body", "code"), [("143", "Hi.", 21211), (PERSON, "", 21602), (PERSON, "x" * 1601, 21617)]
)
async def test_a_message_that_is_refused(to: str, body: str, code: int) -> None:
    """With Twilio's own code."""
    async with network() as up:
        twilio = client(up)
        with pytest.raises(TwilioRestException) as caught:
            await asyncio.to_thread(lambda: twilio.messages.create(to=to, from_=SERVER, body=body))
    assert (caught.value.status, caught.value.code) == (400, code)
    assert up.sms.sent == ()


async def test_a_wrong_token() -> None:
    """401."""
    async with network() as up:
        twilio = client(up, "another")
        with pytest.raises(TwilioRestException) as caught:
            await asyncio.to_thread(lambda: twilio.messages.create(to=PERSON, from_=SERVER, body="Hi."))
    assert caught.value.status == 401
    assert up.twilio.refusals == ["401: Authenticate"]


async def test_a_message_comes_in_signed() -> None:
    """Twilio's own validator takes it; a server that refuses is told of."""
    seen: list[tuple[str, str, dict[str, str]]] = []

    async def take(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        seen.append((str(request.url), request.headers["x-twilio-signature"], form))
        return Response(status_code=200 if len(seen) == 1 else 403)

    app = Starlette(routes=[Route("/twilio", take, methods=["POST"])])
    async with network() as up, LoopbackServer(app) as own:
        await up.send_twilio_sms(f"{own.endpoint}/twilio?a=1", PERSON, "It is number 12 & more.")
        with pytest.raises(DeliveryFailed, match="403"):
            await up.send_twilio_sms(f"{own.endpoint}/twilio", PERSON, "Again.")
    url, signature, form = seen[0]
    assert RequestValidator(up.twilio.auth_token).validate(url, form, signature)
    assert not RequestValidator("another").validate(url, form, signature)
    assert (form["Body"], form["From"]) == ("It is number 12 & more.", PERSON)


async def test_the_account_can_be_asked_for() -> None:
    """By its owner alone."""
    async with network() as up:
        account = await asyncio.to_thread(client(up).api.accounts(up.twilio.account_sid).fetch)
        assert (account.sid, account.status) == (up.twilio.account_sid, "active")
        with pytest.raises(TwilioRestException) as refused:
            await asyncio.to_thread(client(up, "wrong").api.accounts(up.twilio.account_sid).fetch)
        assert refused.value.status == 401
