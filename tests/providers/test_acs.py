"""Call control through Microsoft's client, against a server on loopback that keeps what it gets."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from azure.core.credentials import AccessToken

from calls.errors import CallControlError, CallGone
from calls.ports import AnsweredCall, CallControl, RejectReason, TransferTarget
from emulators.loopback import free_port
from providers.acs import AcsCallControl

KEY = base64.b64encode(b"not a secret").decode()
ANSWERED = {
    "callConnectionId": "conn",
    "serverCallId": "server",
    "correlationId": "corr",
    "targets": [],
    "callConnectionState": "connecting",
    "callbackUri": "https://bot.example/acs/callback/c/s",
}
TERMINATED = {"error": {"code": "400", "message": "Call already terminated."}}


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    body: bytes
    is_signed: bool


@dataclass
class Service:
    """Answers every request with the next of its replies; the last one stays."""

    replies: list[tuple[int, object]] = field(default_factory=lambda: [(200, ANSWERED)])
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        """Keep the request, give the reply."""
        body = await request.read()
        self.asked.append(Asked(request.method, request.path, body, is_signed(request, body)))
        status, reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if status == 0:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(reply, status=status or 500) if reply is not None else web.Response(status=status)


def is_signed(request: web.Request, body: bytes) -> bool:
    """Whether the request carries the signature that the real service would check."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    date = request.headers.get("x-ms-date", "")
    text = f"{request.method}\n{request.raw_path}\n{date};{request.host};{digest}"
    signature = base64.b64encode(hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()).decode()
    return request.headers["Authorization"].endswith(f"&Signature={signature}")


@asynccontextmanager
async def service(*replies: tuple[int, object]) -> AsyncIterator[Service]:
    """A server on a free port."""
    there = Service(replies=list(replies)) if replies else Service()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", there.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = runner.addresses[0]
    there.url = f"http://{address[0]}:{address[1]}"
    try:
        yield there
    finally:
        await runner.cleanup()


@asynccontextmanager
async def control_of(there: Service, **options: int) -> AsyncIterator[AcsCallControl]:
    """Call control for this server."""
    control = AcsCallControl(there.url, KEY, **options)  # type: ignore[arg-type]
    try:
        yield control
    finally:
        await control.close()


async def answer(control: CallControl) -> AnsweredCall:
    """Answer a call."""
    return await control.answer(
        incoming_call_context="context",
        callback_url="https://bot.example/acs/callback/c/s",
        media_url="wss://bot.example/media/c/s",
        operation_context="c",
    )


async def test_answer() -> None:
    """Answering asks for started, bidirectional 16 kHz streaming, and gives the service's names."""
    async with service() as there, control_of(there) as control:
        assert await answer(control) == AnsweredCall("conn", "server", "corr")
        (asked,) = there.asked
    assert (asked.method, asked.path, asked.is_signed) == ("POST", "/calling/callConnections:answer", True)
    assert json.loads(asked.body) == {
        "incomingCallContext": "context",
        "callbackUri": "https://bot.example/acs/callback/c/s",
        "operationContext": "c",
        "mediaStreamingOptions": {
            "transportType": "websocket",
            "transportUrl": "wss://bot.example/media/c/s",
            "contentType": "audio",
            "audioChannelType": "unmixed",
            "startMediaStreaming": True,
            "enableBidirectional": True,
            "audioFormat": "pcm16KMono",
            "enableDtmfTones": True,
        },
    }


async def test_mixed_audio_can_be_chosen() -> None:
    """The constructor decides between one stream of all and one of each participant."""
    async with service() as there:
        control = AcsCallControl(there.url, KEY, audio_channel="mixed")
        await answer(control)
        await control.close()
        assert json.loads(there.asked[0].body)["mediaStreamingOptions"]["audioChannelType"] == "mixed"


async def test_the_rate_can_be_chosen() -> None:
    """24 kHz is asked for by its own format; another rate is refused before any call."""
    async with service() as there:
        async with control_of(there, sample_rate_hz=24_000) as control:
            await answer(control)
        assert json.loads(there.asked[0].body)["mediaStreamingOptions"]["audioFormat"] == "pcm24KMono"
        with pytest.raises(CallControlError, match="8000 Hz"):
            AcsCallControl(there.url, KEY, sample_rate_hz=8_000)


async def test_hang_up_for_everybody() -> None:
    """Hanging up terminates the call, and does not only leave it."""
    async with service((204, None)) as there, control_of(there) as control:
        await control.hang_up("conn-1")
        (asked,) = there.asked
    assert (asked.method, asked.path) == ("POST", "/calling/callConnections/conn-1:terminate")
    assert asked.is_signed


async def test_placing_a_call() -> None:
    """The number is called from ours, with the same streaming as in an answer."""
    async with service((201, ANSWERED)) as there, control_of(there) as control:
        placed = await control.place(
            to_number="+12025550143",
            from_number="+15559998888",
            callback_url="https://bot.example/acs/callback/c/s",
            media_url="wss://bot.example/media/c/s",
            operation_context="c",
        )
        (asked,) = there.asked
    assert placed == AnsweredCall("conn", "server", "corr")
    assert (asked.method, asked.path, asked.is_signed) == ("POST", "/calling/callConnections", True)
    body = json.loads(asked.body)
    assert body["targets"] == [{"rawId": "4:+12025550143", "phoneNumber": {"value": "+12025550143"}}]
    assert body["sourceCallerIdNumber"] == {"value": "+15559998888"}
    assert body["operationContext"] == "c"
    streaming = body["mediaStreamingOptions"]
    assert (streaming["startMediaStreaming"], streaming["enableBidirectional"]) == (True, True)


async def test_turning_a_call_away() -> None:
    """The caller hears that we are busy; one who has gone is no error."""
    async with service((204, None), (404, {"error": {"code": "8522"}})) as there, control_of(there) as control:
        for _ in range(2):
            await control.reject(incoming_call_context="context", reason=RejectReason.BUSY)
        asked = there.asked[0]
    assert (asked.method, asked.path) == ("POST", "/calling/callConnections:reject")
    assert json.loads(asked.body) == {"incomingCallContext": "context", "callRejectReason": "busy"}


async def test_handing_over() -> None:
    """The human's phone is given, and the context as headers that a telephone network can carry."""
    async with service((202, {"operationContext": "c"})) as there, control_of(there) as control:
        context = {"reason": "Rechnung für Amélie\r\nEvil: header", "claim": "x" * 200, "empty": ""}
        await control.transfer("conn", TransferTarget("+33612345678", context), operation_context="c")
        (asked,) = there.asked
    assert asked.path == "/calling/callConnections/conn:transferToParticipant"
    body = json.loads(asked.body)
    assert body["targetParticipant"]["phoneNumber"] == {"value": "+33612345678"}
    assert body["operationContext"] == "c"
    assert body["customCallingContext"]["sipHeaders"] == {
        "X-MS-Custom-reason": "Rechnung fur Amelie Evil: header",
        "X-MS-Custom-claim": "x" * 128,
    }


async def test_inviting() -> None:
    """The human's phone is called from our number, with the context."""
    there_is = {"participant": {"identifier": {"rawId": "4:+33612345678"}}, "invitationId": "i"}
    async with service((202, there_is)) as there, control_of(there) as control:
        target = TransferTarget("+33612345678", {"Reason": "billing"})
        await control.invite("conn", target, from_number="+15559998888", operation_context="c")
        (asked,) = there.asked
    assert asked.path == "/calling/callConnections/conn/participants:add"
    body = json.loads(asked.body)
    assert body["participantToAdd"]["phoneNumber"] == {"value": "+33612345678"}
    assert body["sourceCallerIdNumber"] == {"value": "+15559998888"}
    assert body["customCallingContext"]["sipHeaders"] == {"X-MS-Custom-Reason": "billing"}


async def test_recording() -> None:
    """The service is asked for unmixed WAV and says how it calls the recording; stopping twice is no error."""
    started = {"recordingId": "rec-1", "recordingState": "active"}
    async with (
        service((200, started), (204, None), (404, {"error": {"code": "8522"}})) as there,
        control_of(there) as control,
    ):
        recording_id = await control.start_recording("conn", state_callback_url="https://bot.example/acs/callback/c/s")
        assert recording_id == "rec-1"
        await control.stop_recording("rec-1")
        await control.stop_recording("rec-1")
        starting, stopping, _ = there.asked
    assert (starting.method, starting.path) == ("POST", "/calling/recordings")
    body = json.loads(starting.body)
    assert body["callConnectionId"] == "conn"
    assert body["recordingStateCallbackUri"] == "https://bot.example/acs/callback/c/s"
    assert (body["recordingContentType"], body["recordingChannelType"], body["recordingFormatType"]) == (
        *("audio", "unmixed"),
        "wav",
    )
    assert (stopping.method, stopping.path) == ("DELETE", "/calling/recordings/rec-1")


@pytest.mark.parametrize("reply", [(404, {"error": {"code": "8522"}}), (410, None), (400, TERMINATED)])
async def test_a_call_that_has_gone(reply: tuple[int, object]) -> None:
    """Answering a call that has ended says so; hanging it up is no error."""
    async with service(reply) as there, control_of(there) as control:
        with pytest.raises(CallGone) as raised:
            await answer(control)
        assert raised.value.status == reply[0]
        await control.hang_up("conn")
        assert len(there.asked) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 409, 500])
async def test_refusal(status: int) -> None:
    """Other refusals keep their status; the request's contents stay out of the text."""
    reply = (status, {"error": {"code": "Nope", "message": "about +15550001111"}})
    async with service(reply) as there, control_of(there, retries=0) as control:
        with pytest.raises(CallControlError, match=f"{status} Nope") as raised:
            await answer(control)
        with pytest.raises(CallControlError):
            await control.hang_up("conn")
    assert not isinstance(raised.value, CallGone)
    assert raised.value.status == status
    assert "+1555" not in str(raised.value)
    assert raised.value.__cause__ is not None


async def test_throttled_request_is_sent_again() -> None:
    """A service that is busy for a moment is asked again, as often as allowed."""
    async with service((503, None), (200, ANSWERED)) as there, control_of(there, retries=2) as control:
        assert (await answer(control)).call_connection_id == "conn"
        assert len(there.asked) == 2
        assert there.asked[0].body == there.asked[1].body


async def test_retries_end() -> None:
    """A service that stays busy is given up after the chosen number of retries."""
    async with service((503, None)) as there, control_of(there, retries=1) as control:
        with pytest.raises(CallControlError) as raised:
            await answer(control)
        assert (raised.value.status, len(there.asked)) == (503, 2)


async def test_unreachable_service() -> None:
    """When nobody listens or the connection breaks, the status is 0."""
    control = AcsCallControl(f"http://127.0.0.1:{free_port()}", KEY, retries=0)
    with pytest.raises(CallControlError, match="could not be reached") as raised:
        await answer(control)
    assert raised.value.status == 0
    await control.close()
    async with service((0, None)) as there, control_of(there, retries=0) as control:
        with pytest.raises(CallControlError) as raised:
            await answer(control)
        assert raised.value.status == 0


async def test_slow_service_is_left() -> None:
    """Cancelling an answer leaves the client ready for the next request."""
    async with service() as there, control_of(there) as control:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await answer(control)
        assert (await answer(control)).call_connection_id == "conn"


async def test_ping() -> None:
    """A service that knows no such call has let us in; any other error is one."""
    async with service((404, {"error": {"code": "8522"}})) as there, control_of(there) as control:
        await control.ping()
        assert there.asked[0].method == "GET"
    async with service((401, {"error": {"code": "Denied"}})) as there, control_of(there) as control:
        with pytest.raises(CallControlError, match="401 Denied"):
            await control.ping()
    async with service((503, None)) as there, control_of(there) as control:
        with pytest.raises(CallControlError):
            await control.ping()
        assert len(there.asked) == 1, "a probe does not try again"


async def test_log_stays_quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Azure's own lines about every request do not come into our log."""
    caplog.set_level(logging.INFO)
    async with service((204, None)) as there, control_of(there) as control:
        await control.hang_up("conn")
    assert [record for record in caplog.records if record.name.startswith("azure")] == []


@pytest.mark.parametrize("form", ["endpoint={url}/;accesskey={key}", "AccessKey={key} ; Endpoint={url};"])
async def test_connection_string(form: str) -> None:
    """A connection string reaches an http endpoint, and is signed for the right host."""
    async with service((204, None)) as there:
        control = AcsCallControl.from_connection_string(form.format(url=there.url, key=KEY))
        await control.hang_up("conn")
        await control.close()
        await control.close()
        assert there.asked[0].is_signed


@pytest.mark.parametrize(
    ("connection_string", "reason"),
    [
        ("", "no endpoint"),
        ("endpoint=https://x.example", "no accesskey"),
        (f"accesskey={KEY}", "no endpoint"),
        ("endpoint=;accesskey=abcd", "no endpoint"),
        ("endpoint=https://x.example;accesskey=not base64", "not base64"),
        ("endpoint=https://x.example;accesskey=abc", "not base64"),
        (f"endpoint=ftp://x.example;accesskey={KEY}", "not of the form"),
        (f"endpoint=https://x.example/path;accesskey={KEY}", "not of the form"),
        (f"endpoint=https://;accesskey={KEY}", "not of the form"),
        (f"endpoint=http://[::1;accesskey={KEY}", "not of the form"),
        (f"endpoint=http://x.example:port;accesskey={KEY}", "not of the form"),
    ],
)
def test_bad_connection_strings(connection_string: str, reason: str) -> None:
    """What cannot work is refused at the start, and the key is not repeated in the error."""
    with pytest.raises(CallControlError, match=reason) as raised:
        AcsCallControl.from_connection_string(connection_string)
    assert KEY not in str(raised.value)


async def test_without_a_key_the_identity_of_the_machine_is_asked() -> None:
    """Its token is asked for, for this service; it is never sent over plain http, which the client itself refuses."""

    class Identity:
        scopes: tuple[str, ...] = ()

        async def get_token(self, *scopes: str, **options: object) -> AccessToken:
            """A token that is good for ever."""
            self.scopes += scopes
            return AccessToken("of-us", 4_102_444_800)

        async def close(self) -> None:
            """Nothing is open."""

        async def __aenter__(self) -> "Identity":
            return self

        async def __aexit__(self, *_: object) -> None:
            pass

    identity = Identity()
    async with service() as there:
        control = AcsCallControl(there.url.replace("http", "https"), "", credential=identity, retries=0)
        with pytest.raises(CallControlError):  # nobody speaks TLS there
            await control.ping()
        assert there.asked == []
        await control.close()
    assert set(identity.scopes) == {"https://communication.azure.com//.default"}  # sic


def test_without_key_and_identity_there_is_nothing_to_sign_with() -> None:
    """That is said at the start, not at the first call."""
    with pytest.raises(CallControlError, match="access key is empty"):
        AcsCallControl("https://x.communication.azure.com", "")
