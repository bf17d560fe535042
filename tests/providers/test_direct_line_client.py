"""Tokens, conversations and activities over HTTP, against the emulator; failures are told apart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent.errors import AssistantError, ModelBrokeOff, ModelOverloaded, ModelRefused, ModelTimedOut, ModelUnavailable
from emulators.direct_line import DirectLineEmulator
from emulators.direct_line_script import Refusal, answers
from emulators.loopback import free_port
from providers.direct_line_activities import message
from providers.direct_line_client import DirectLineAccess, DirectLineClient, NotConnected, Opened

USER = {"id": "dl_caller"}


@asynccontextmanager
async def client_of(access: DirectLineAccess) -> AsyncIterator[DirectLineClient]:
    """A client, closed."""
    client = DirectLineClient(access)
    try:
        yield client
    finally:
        await client.close()


def by_secret(service: DirectLineEmulator) -> DirectLineAccess:
    """Access by the bot's secret."""
    return DirectLineAccess(endpoint=service.endpoint, secret=service.secret)


async def test_a_conversation_by_a_secret() -> None:
    """Token, conversation, message, what was answered, a fresh token and a new stream."""
    async with DirectLineEmulator(answers("Hello.")) as service, client_of(by_secret(service)) as client:
        await client.warm_up()
        opened = await client.start(await client.new_token(USER))
        activity_id = await client.post(opened, message(USER, "Hi", locale="en-US", client_id="1"))
        received = await client.activities(opened, None)
        assert received.activities[0].activity_id == activity_id
        assert [each.text for each in received.activities] == ["Hi", "Hello."]
        assert (await client.activities(opened, received.watermark)).activities == ()
        refreshed = await client.refresh(opened)
        assert refreshed.conversation_id == opened.conversation_id
        assert refreshed.token != opened.token
        resumed = await client.resume(refreshed, "1")
        assert resumed.stream_url.endswith("watermark=1")
        async with await client.connect(resumed) as socket:
            assert "Hello." in (await socket.receive()).data


async def test_a_conversation_by_a_token_endpoint() -> None:
    """Copilot Studio says where its region is; nothing secret is sent to it."""
    async with DirectLineEmulator() as service:
        async with client_of(DirectLineAccess(token_endpoint=service.token_endpoint)) as client:
            opened = await client.start(await client.new_token(USER))
            assert opened.stream_url.startswith(service.endpoint.replace("http", "ws"))
        assert not client.has_secret
        assert service.requests == ["token", "region", "start"]


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (Refusal("start", 401), ModelRefused),
        (Refusal("start", 403), ModelRefused),
        (Refusal("start", 404), ModelRefused),
        (Refusal("start", 429, {"Retry-After": "2"}), ModelOverloaded),
        (Refusal("start", 500), ModelUnavailable),
        (Refusal("start", 504), ModelTimedOut),
    ],
    ids=lambda each: str(getattr(each, "status", "")),
)
async def test_refusals(refusal: Refusal, kind: type[AssistantError]) -> None:
    """Each by its class; no text holds the secret or the token."""
    async with DirectLineEmulator(refusals=[refusal]) as service, client_of(by_secret(service)) as client:
        token = await client.new_token(USER)
        with pytest.raises(kind) as raised:
            await client.start(token)
    assert str(refusal.status) in str(raised.value)
    assert token not in f"{raised.value!r} {client!r} {Opened('c', token)!r} {by_secret(service)!r}"
    if isinstance(raised.value, ModelOverloaded):
        assert raised.value.retry_after_s == 2.0


async def test_a_wrong_secret() -> None:
    """It is refused, and not repeated."""
    async with DirectLineEmulator() as service:
        access = DirectLineAccess(endpoint=service.endpoint, secret="wrong-secret")
        async with client_of(access) as client:
            with pytest.raises(ModelRefused) as raised:
                await client.warm_up()
    assert "wrong-secret" not in f"{raised.value} {access!r}"


async def test_nobody_is_there() -> None:
    """What was to be sent was certainly not taken; the stream has an address that is none, or where nobody is."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    async with client_of(DirectLineAccess(endpoint=nowhere, secret="s")) as client:
        with pytest.raises(NotConnected):
            await client.warm_up()
        with pytest.raises(ModelUnavailable):
            await client.connect(Opened("c", "t", stream_url=nowhere.replace("http", "ws")))


@pytest.mark.parametrize(
    ("endpoint", "stream"),
    [
        ("https://directline.example", "ws://directline.example/stream?t=token"),
        ("http://127.0.0.1:1", "file:///etc/passwd"),
    ],
)
async def test_a_stream_that_is_not_safe(endpoint: str, stream: str) -> None:
    """What a caller says goes over no open line, and nowhere but over a socket."""
    async with client_of(DirectLineAccess(endpoint=endpoint, secret="s")) as client:
        with pytest.raises(ModelBrokeOff, match="none that is safe"):
            await client.connect(Opened("c", "t", stream_url=stream))
