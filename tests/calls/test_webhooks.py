"""The addresses that Azure posts to, called as a server calls them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from starlette.applications import Starlette
from starlette.types import Message

from calls.doors import Door, Refusal, Refusals
from calls.elsewhere import Elsewhere
from calls.errors import Refused
from calls.live import LiveCalls
from calls.settings import LiveCallsSettings
from calls.token_door import SigningKeys, TokenDoor
from calls.tokens import TokenRules
from calls.webhooks import WebhookCounts, webhook_routes
from tests.support.jumping_time import on_jumping_time
from tests.support.signing import part
from tests.support.telephone import NOW, FakeControl, Notes


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def details(self) -> list[str]:
        error = json.loads(self.body)["error"]
        assert error["message"]
        assert isinstance(error["details"], list)
        return error["details"]


class Web:
    """The routes with live calls behind them, and somebody who posts."""

    def __init__(
        self,
        live: LiveCalls,
        control: FakeControl,
        secret: str,
        keys: SigningKeys | None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self.live = live
        self.control = control
        self.counts = WebhookCounts()
        self.refusals = Refusals()
        door = TokenDoor(keys, TokenRules("issuer", "audience"), now_s=lambda: 0.0) if keys else None
        self._app = Starlette(
            routes=webhook_routes(
                live,
                counts=self.counts,
                event_grid_secret=secret,
                token_door=door,
                refusals=self.refusals,
                elsewhere=elsewhere,
            )
        )

    async def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        pieces: int = 1,
        client: tuple[str, int] | None = ("127.0.0.1", 1),
    ) -> Answer:
        """Send one request in so many pieces; no pieces: the sender goes away."""
        url, _, query = path.partition("?")
        size = -(-len(body) // pieces) if pieces else 0
        incoming: list[Message] = [
            {"type": "http.request", "body": body[at * size : (at + 1) * size], "more_body": at + 1 < pieces}
            for at in range(pieces)
        ]
        outgoing: list[Message] = []

        async def receive() -> Message:
            return incoming.pop(0) if incoming else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            outgoing.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": url,
            "raw_path": url.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
            "server": ("127.0.0.1", 80),
            "client": client,
        }
        await self._app(scope, receive, send)
        start = outgoing[0]
        answered = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], answered, b"".join(message.get("body", b"") for message in outgoing[1:]))

    async def post(self, path: str, value: object) -> Answer:
        """Post JSON."""
        return await self.send("POST", path, json.dumps(value).encode())

    async def talking(self) -> str:
        """Bring one call up; gives the path of its callbacks."""
        assert (await self.post("/eventgrid", [incoming()])).status == 200
        await asyncio.sleep(0.2)
        call_id, secret = self.control.address()
        assert self.live.open_media(call_id, secret) is not None
        return f"/acs/callback/{call_id}/{secret}"


@asynccontextmanager
async def web(*, secret: str = "", max_calls: int = 2, keys: SigningKeys | None = None) -> AsyncIterator[Web]:
    """Live calls and their routes on a jumping clock."""
    control, notes = FakeControl(), Notes()
    settings = LiveCallsSettings(public_url="https://bot.example", max_calls=max_calls)
    clock = asyncio.get_running_loop().time
    async with LiveCalls(control, notes, notes, settings, clock=clock, utc_now=lambda: NOW) as live:
        yield Web(live, control, secret, keys)


def incoming(number: int = 1, **data: object) -> dict[str, object]:
    """An incoming call as Event Grid delivers it."""
    plain = {"correlationId": f"corr-{number}", "incomingCallContext": "ctx", "from": {"rawId": "4:+15550001111"}}
    return {"id": f"e-{number}", "eventType": "Microsoft.Communication.IncomingCall", "data": {**plain, **data}}


def callback(name: str, **data: object) -> dict[str, object]:
    """An event of an answered call."""
    return {"id": "e", "type": f"Microsoft.Communication.{name}", "data": {"callConnectionId": "conn", **data}}


@on_jumping_time
async def test_event_grid_handshake() -> None:
    """Event Grid's own handshake gets its code back, with 200 as it demands."""
    event = {"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {"validationCode": "abc"}}
    async with web() as site:
        answer = await site.post("/eventgrid", [event])
        assert (answer.status, json.loads(answer.body)) == (200, {"validationResponse": "abc"})


@on_jumping_time
async def test_cloud_events_handshake() -> None:
    """CloudEvents' handshake gets its origin back; without one it is refused."""
    async with web() as site:
        answer = await site.send("OPTIONS", "/eventgrid", headers={"WebHook-Request-Origin": "eventgrid.azure.net"})
        assert answer.status == 200
        assert answer.headers["webhook-allowed-origin"] == "eventgrid.azure.net"
        refused = await site.send("OPTIONS", "/eventgrid")
        assert (refused.status, refused.details) == (400, ["WebHook-Request-Origin is missing"])


@on_jumping_time
async def test_incoming_call_is_answered_once() -> None:
    """A call is answered after the request was, and a resent event changes nothing."""
    async with web() as site:
        assert (await site.post("/eventgrid", [incoming()])).status == 200
        assert site.control.answers == [], "the request does not wait for the telephone service"
        assert (await site.post("/eventgrid", incoming())).status == 200
        await asyncio.sleep(1)
        assert len(site.control.answers) == 1
        assert (site.counts.calls_accepted, site.counts.calls_duplicate) == (1, 1)


@on_jumping_time
async def test_full_replica_is_busy() -> None:
    """A call that is turned away hears so at once; Event Grid need not send it again."""
    async with web(max_calls=1) as site:
        path = await site.talking()
        assert (await site.post("/eventgrid", [incoming(2)])).status == 200
        assert site.counts.calls_turned_away == 1
        await asyncio.sleep(1)
        assert site.control.rejected == [("ctx", "busy")]
        await site.post(path, [callback("CallDisconnected")])
        assert (await site.post("/eventgrid", [incoming(3)])).status == 200
        await asyncio.sleep(1)
        assert len(site.control.answers) == 2


@on_jumping_time
async def test_draining_replica_takes_no_call() -> None:
    """A replica that drains turns calls away; one that has stopped lets Event Grid try another."""
    async with web() as site:
        await site.live.drain(0.0)
        assert (await site.post("/eventgrid", [incoming()])).status == 200
        await asyncio.sleep(1)
        assert site.control.rejected == [("ctx", "busy")]
        await site.live.close()
        answer = await site.post("/eventgrid", [incoming(2)])
        assert (answer.status, answer.headers["retry-after"]) == (503, "10")


@on_jumping_time
async def test_callbacks_reach_their_call() -> None:
    """The end of a call, posted by the service, ends it; late events are still answered with 200."""
    async with web() as site:
        path = await site.talking()
        posted = [callback("CallConnected"), callback("PlayCompleted")]
        assert (await site.post(path, posted)).status == 200
        assert (await site.post(path, callback("CallDisconnected"))).status == 200
        assert site.live.live_count == 0
        assert (await site.post(path, [callback("CallDisconnected")])).status == 200
        assert (site.counts.callbacks, site.counts.events_ignored) == (3, 1)


@on_jumping_time
async def test_wrong_secret_tells_nothing() -> None:
    """A wrong secret and an unknown call are answered alike, whatever the body."""
    async with web() as site:
        path = await site.talking()
        call_id, right = path.split("/")[-2:]
        answers = [
            await site.post(f"/acs/callback/{call_id}/wrong", [callback("CallDisconnected")]),
            await site.post(f"/acs/callback/unknown/{right}", [callback("CallDisconnected")]),
            await site.send("POST", f"/acs/callback/{call_id}/wrong", b"not json"),
        ]
        assert {answer.status for answer in answers} == {404}
        assert len({answer.body for answer in answers}) == 1
        assert site.live.live_count == 1
        assert site.counts.requests_unauthorized == 3


@pytest.mark.parametrize("query", ["", "?secret=", "?secret=wrong", "?secret=%C3%A4", "?other=right"])
@on_jumping_time
async def test_event_grid_secret(query: str) -> None:
    """When Event Grid has a secret, deliveries and handshakes without it are refused."""
    async with web(secret="right") as site:
        assert (await site.post(f"/eventgrid{query}", [incoming()])).status == 401
        headers = {"WebHook-Request-Origin": "x"}
        assert (await site.send("OPTIONS", f"/eventgrid{query}", headers=headers)).status == 401
        assert site.live.live_count == 0
        assert (await site.post("/eventgrid?secret=right", [incoming()])).status == 200
        assert (await site.send("OPTIONS", "/eventgrid?secret=right", headers=headers)).status == 200


@pytest.mark.parametrize(
    ("client", "status"),
    [
        (("127.0.0.1", 1), 200),
        (("127.9.9.9", 1), 200),
        (("::1", 1), 200),
        (("::ffff:127.0.0.1", 1), 200),
        (("10.0.0.7", 1), 401),
        (("203.0.113.5", 1), 401),
        (("::ffff:10.0.0.7", 1), 401),
        (("2001:db8::1", 1), 401),
        (("localhost.evil.example", 1), 401),
        (None, 401),
    ],
)
@on_jumping_time
async def test_without_a_secret_this_machine_alone(client: tuple[str, int] | None, status: int) -> None:
    """Nobody else can announce calls or shake hands as long as no secret is configured."""
    async with web() as site:
        body = json.dumps([incoming()]).encode()
        assert (await site.send("POST", "/eventgrid", body, client=client)).status == status
        headers = {"WebHook-Request-Origin": "x"}
        assert (await site.send("OPTIONS", "/eventgrid", headers=headers, client=client)).status == status
        assert site.live.live_count == (1 if status == 200 else 0)


class NoKeys:
    """An issuer that cannot be reached."""

    async def key(self, key_id: str) -> RSAPublicKey:
        """None."""
        raise Refused(Refusal.KEYS_UNAVAILABLE)


@on_jumping_time
async def test_a_token_that_cannot_be_checked_may_come_again() -> None:
    """503 while the issuer's keys are out of reach; a callback without a token is refused for good; nothing happens."""
    async with web(keys=NoKeys()) as site:
        path = await site.talking()
        body = json.dumps([callback("CallDisconnected")]).encode()
        token = f"Bearer {part({'alg': 'RS256', 'kid': 'k1'})}.e30.e30"
        assert (await site.send("POST", path, body, headers={"authorization": token})).status == 503
        assert (await site.send("POST", path, body)).status == 401
        assert (site.live.live_count, site.counts.callbacks, site.counts.requests_unauthorized) == (1, 0, 2)
        assert +site.refusals.counts == {
            (Door.CALLBACK, Refusal.KEYS_UNAVAILABLE): 1,
            (Door.CALLBACK, Refusal.MISSING_CREDENTIALS): 1,
        }


UNREADABLE = [
    (b"", "not JSON"),
    (b"hello", "not JSON"),
    (b"{", "not JSON"),
    (b"\xff\xfe\x00", "not JSON"),
    (b"[1,", "not JSON"),
    (b"NaN", "not JSON"),
    (b"[" * 50_000, "too deeply"),
    (b'{"a":' * 50_000, "too deeply"),
    (b"[]", "no event"),
    (b"null", "neither"),
    (b"true", "neither"),
    (b'"IncomingCall"', "neither"),
    (b"[[]]", "neither"),
    (b"{}", "type (or eventType) is missing"),
    (b'[{"type":5}]', "type is not a string"),
    (b'{"type":"Microsoft.Communication.IncomingCall","id":"1","data":"x"}', "data is not an object"),
    (b'{"type":"Microsoft.Communication.CallConnected","id":1}', "id is not a string"),
]


@pytest.mark.parametrize(("body", "reason"), UNREADABLE)
@on_jumping_time
async def test_unreadable_bodies(body: bytes, reason: str) -> None:
    """A body that holds nothing readable gets 400, its reason, and a count; at both addresses."""
    async with web() as site:
        path = await site.talking()
        for address in ("/eventgrid", path):
            answer = await site.send("POST", address, body)
            assert answer.status == 400
            assert reason in " ".join(answer.details)
        assert site.counts.events_refused == 2
        assert site.live.live_count == 1, "the call survives"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (incoming(3, correlationId=None), "correlationId is missing"),
        (incoming(3, incomingCallContext=""), "incomingCallContext is missing"),
        (incoming(3, **{"from": "+1"}), "from is not an object"),
        ({**incoming(3), "id": None}, "id is missing"),
        ({"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {}}, "validationCode is missing"),
    ],
)
@on_jumping_time
async def test_incomplete_events(event: object, reason: str) -> None:
    """An event without what is needed is refused by its key; beside a good one the good one is taken."""
    async with web() as site:
        answer = await site.post("/eventgrid", [event])
        assert answer.status == 400
        assert answer.details[0].endswith(reason)
        assert (await site.post("/eventgrid", [event, incoming()])).status == 200
        assert (site.counts.events_refused, site.counts.calls_accepted) == (2, 1)


@on_jumping_time
async def test_foreign_events_are_ignored() -> None:
    """Events of other kinds are answered with 200, so that they are not sent again, and counted."""
    async with web() as site:
        assert (await site.post("/eventgrid", [{"type": "Other.Thing", "id": "1"}])).status == 200
        assert site.counts.events_ignored == 1


@on_jumping_time
async def test_long_bodies() -> None:
    """A body of more than 1 MiB is refused, one of 1 MiB is read; pieces do not matter."""
    async with web() as site:
        fits = json.dumps([incoming()]).encode()
        fits += b" " * (1024 * 1024 - len(fits))
        assert (await site.send("POST", "/eventgrid", fits, pieces=7)).status == 200
        too_long = await site.send("POST", "/eventgrid", fits + b" ", pieces=3)
        assert (too_long.status, too_long.details) == (413, ["at most 1048576 bytes"])
        assert site.counts.events_refused == 1


@on_jumping_time
async def test_sender_that_goes_away() -> None:
    """A request that breaks off is counted and does nothing."""
    async with web() as site:
        assert (await site.send("POST", "/eventgrid", pieces=0)).status == 400
        assert site.counts.events_refused == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@on_jumping_time
async def test_other_methods(method: str) -> None:
    """Only the documented methods are there."""
    async with web() as site:
        assert (await site.send(method, "/eventgrid")).status == 405
