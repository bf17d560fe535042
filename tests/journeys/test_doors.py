"""Everybody who may not come in, at every door, over real sockets.

Each is refused before anything is accepted, with its reason in the log and in the counts,
and nothing of what was shown stands in the log.
"""

import functools
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from calls.doors import Door, Refusal
from emulators.acs_tokens import ISSUER
from tests.support.house import API_KEY, AUTH_TOKEN, EVENT_GRID_SECRET, SCORING_KEY, SMS, Headers, House, house
from tests.support.signing import (
    base64url,
    claims,
    signed,
    signed_with_public_key,
    signing_key,
    tampered,
    unsigned,
)
from web.api_keys import hash_of
from web.doors import COOKIE

Knock = Callable[[House], Awaitable[tuple[int, str]]]
CALL_ENDED = json.dumps([{"type": "Microsoft.Communication.CallDisconnected", "id": "1", "data": {}}]).encode()
INCOMING = json.dumps(
    [
        {
            "id": "e9",
            "eventType": "Microsoft.Communication.IncomingCall",
            "data": {"correlationId": "c9", "incomingCallContext": "x", "from": {"rawId": "4:+15550001111"}},
        }
    ]
).encode()
VALIDATION = json.dumps(
    [{"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {"validationCode": "c"}}]
).encode()


TokenRow = tuple[str, Callable[[], Headers], Refusal]
KEY, OTHER = signing_key("k1"), signing_key("k2")


def good_token(lifetime_s: int = 300, **changes: object) -> str:
    """One that opens, but for these claims."""
    now = time.time()
    return signed(claims(now, **{"exp": int(now) + lifetime_s, **changes}), key=KEY)


def bearer(make: Callable[[], str]) -> Callable[[], Headers]:
    """A header with a token that is made when it is needed."""
    return lambda: [("Authorization", f"Bearer {make()}")]


def long_ago() -> str:
    """Issued ten minutes and a second ago, for five minutes."""
    past = int(time.time()) - 601
    return good_token(iat=past, nbf=past, exp=past + 300)


def bad_claims(lifetime_s: int) -> list[TokenRow]:
    """Headers without a token, and tokens that say the wrong thing; a good one would live so long."""

    def made(**changes: object) -> Callable[[], Headers]:
        return bearer(lambda: good_token(lifetime_s, **changes))

    def doubled() -> Headers:
        return [("Authorization", f"Bearer {good_token(lifetime_s)}")] * 2

    soon = bearer(lambda: good_token(lifetime_s, nbf=int(time.time()) + 400))
    return [
        ("no header", list, Refusal.MISSING_CREDENTIALS),
        ("an empty header", lambda: [("Authorization", "")], Refusal.MISSING_CREDENTIALS),
        ("a scheme alone", lambda: [("Authorization", "Bearer")], Refusal.MISSING_CREDENTIALS),
        ("another scheme", lambda: [("Authorization", f"Basic {good_token()}")], Refusal.WRONG_SCHEME),
        ("no scheme", lambda: [("Authorization", good_token())], Refusal.WRONG_SCHEME),
        ("the header twice", doubled, Refusal.DOUBLED_CREDENTIALS),
        ("expired beyond the skew", bearer(long_ago), Refusal.EXPIRED),
        ("not yet valid beyond the skew", soon, Refusal.NOT_YET_VALID),
        ("another issuer", made(iss="https://evil.example"), Refusal.WRONG_ISSUER),
        ("the issuer with a slash", made(iss=ISSUER + "/"), Refusal.WRONG_ISSUER),
        ("of another resource", made(aud="11111111-2222-3333-4444-555555555555"), Refusal.WRONG_AUDIENCE),
        ("of many other resources", made(aud=["a", "b"]), Refusal.WRONG_AUDIENCE),
        ("without an audience", made(aud=None), Refusal.MISSING_CLAIM),
        ("without an expiry", made(exp=None), Refusal.MISSING_CLAIM),
        ("with an expiry that is no number", made(exp="never"), Refusal.MALFORMED_TOKEN),
    ]


def forged_tokens() -> list[TokenRow]:
    """Tokens that the service has not signed."""

    def now() -> dict[str, object]:
        return claims(time.time())

    known_id = {"kid": "k1"}
    brings_key = {"kid": "k1", "jwk": OTHER.published}
    made: list[tuple[str, Callable[[], str], Refusal]] = [
        ("alg none", lambda: unsigned(now(), KEY), Refusal.WRONG_ALGORITHM),
        ("alg NONE", lambda: unsigned(now(), KEY, alg="NONE"), Refusal.WRONG_ALGORITHM),
        ("HS256 by the public key", lambda: signed_with_public_key(now(), KEY), Refusal.WRONG_ALGORITHM),
        ("RS512 by the right key", lambda: signed(now(), key=KEY, alg="RS512"), Refusal.WRONG_ALGORITHM),
        ("RS256 without a signature", lambda: unsigned(now(), KEY, alg="RS256"), Refusal.WRONG_SIGNATURE),
        ("an unknown key", lambda: signed(now(), key=OTHER), Refusal.UNKNOWN_KEY),
        ("no key id", lambda: signed(now(), key=KEY, header={"kid": None}), Refusal.MISSING_KEY_ID),
        ("another key under a known id", lambda: signed(now(), key=OTHER, header=known_id), Refusal.WRONG_SIGNATURE),
        ("a key brought along", lambda: signed(now(), key=OTHER, header=brings_key), Refusal.WRONG_SIGNATURE),
        ("a payload that was changed", lambda: tampered(good_token(), aud="x"), Refusal.WRONG_SIGNATURE),
        ("cut off", lambda: good_token()[:-2], Refusal.WRONG_SIGNATURE),
        ("two parts of three", lambda: good_token().rpartition(".")[0], Refusal.MALFORMED_TOKEN),
        ("no token at all", lambda: "hello", Refusal.MALFORMED_TOKEN),
        ("nested too deeply", lambda: base64url(b"[" * 4_000) + ".e30.e30", Refusal.MALFORMED_TOKEN),
    ]
    return [(name, bearer(make), reason) for name, make, reason in made]


@dataclass(frozen=True)
class Row:
    """Somebody at a door."""

    door: Door
    name: str
    reason: Refusal
    knock: Knock
    status: int = 401


def callback_with(headers: Callable[[], Headers]) -> Knock:
    async def knock(here: House) -> tuple[int, str]:
        shown = headers()
        return await here.http(
            "POST", f"/acs/callback/{here.paths[0]}", shown, CALL_ENDED, sent=" ".join(v for _, v in shown)
        )

    return knock


def socket_with(headers: Callable[[], Headers]) -> Knock:
    async def knock(here: House) -> tuple[int, str]:
        shown = headers()
        return (await here.socket(here.paths[0], shown))[0], " ".join(value for _, value in shown)

    return knock


def at_address(kind: str, change: Callable[[House], str]) -> Knock:
    """With a good token at an address that is no call's."""

    async def knock(here: House) -> tuple[int, str]:
        path = change(here)
        headers = [("Authorization", f"Bearer {here.tokens.media_token()}")]
        if kind == "media":
            return (await here.socket(path, headers))[0], path
        return await here.http("POST", f"/acs/callback/{path}", headers, CALL_ENDED, sent=path)

    return knock


def crossed(here: House) -> str:
    """The id of one call with the secret of the other."""
    return f"{here.paths[0].split('/')[0]}/{here.paths[1].split('/')[1]}"


ADDRESSES: list[tuple[str, Callable[[House], str]]] = [
    ("a wrong secret", lambda here: here.paths[0].split("/")[0] + "/guessed"),
    ("the beginning of the secret", lambda here: here.paths[0][:-1]),
    ("the secret of another call", crossed),
    ("a call that there is not", lambda here: "no-such-call/" + here.paths[0].split("/")[1]),
    ("a secret that is not ASCII", lambda here: here.paths[0].split("/")[0] + "/%C3%A9"),
]


def knocking(method: str, path: str, headers: Headers = (), body: bytes = b"") -> Knock:
    """A request that is the same in every house."""

    async def knock(here: House) -> tuple[int, str]:
        return await here.http(method, path, headers, body, sent=" ".join((path, *(value for _, value in headers))))

    return knock


def signature(url: str = "https://bot.example/twilio/sms", token: str = AUTH_TOKEN, **form: str) -> str:
    """As Twilio's own library computes it."""
    computed: str = RequestValidator(token).compute_signature(url, {**SMS, **form})
    return computed


def sms(*signatures: str, path: str = "/twilio/sms", **form: str) -> Knock:
    headers = [("X-Twilio-Signature", each) for each in signatures]
    return knocking("POST", path, headers, urlencode({**SMS, **form}).encode())


CALLBACK_TOKENS, MEDIA_TOKENS = bad_claims(300) + forged_tokens(), bad_claims(86_400) + forged_tokens()
SCORE = b'{"worker": {"Id": "w-1"}}'
ORIGIN = [("WebHook-Request-Origin", "eventgrid.azure.net")]
ROWS: list[Row] = [
    *(Row(Door.CALLBACK, name, reason, callback_with(shown)) for name, shown, reason in CALLBACK_TOKENS),
    *(Row(Door.MEDIA_SOCKET, name, reason, socket_with(shown), 403) for name, shown, reason in MEDIA_TOKENS),
    Row(
        Door.CALLBACK,
        "not ASCII",
        Refusal.MALFORMED_TOKEN,
        callback_with(lambda: [("Authorization", "Bearer é.é.é")]),
    ),
    Row(Door.CALLBACK, "huge", Refusal.TOO_LONG, callback_with(lambda: [("Authorization", "Bearer " + "a" * 20_000)])),
    *(
        Row(Door.CALLBACK, name, Refusal.UNKNOWN_ADDRESS, at_address("callback", change), 404)
        for name, change in ADDRESSES
    ),
    *(
        Row(Door.MEDIA_SOCKET, name, Refusal.UNKNOWN_ADDRESS, at_address("media", change), 403)
        for name, change in ADDRESSES
    ),
    *(
        Row(Door.EVENT_GRID, f"{what} {name}", reason, knocking(method, f"/eventgrid{query}", headers, body))
        for what, method, headers, body in (
            ("a call", "POST", [], INCOMING),
            ("the handshake of Event Grid", "POST", [], VALIDATION),
            ("the handshake of CloudEvents", "OPTIONS", ORIGIN, b""),
        )
        for name, query, reason in (
            ("without a secret", "", Refusal.MISSING_SECRET),
            ("with an empty secret", "?secret=", Refusal.WRONG_SECRET),
            ("with a wrong secret", "?secret=guessed", Refusal.WRONG_SECRET),
            ("with the beginning of the secret", f"?secret={EVENT_GRID_SECRET[:-1]}", Refusal.WRONG_SECRET),
            ("with the secret twice", f"?secret={EVENT_GRID_SECRET}&secret=x", Refusal.DOUBLED_SECRET),
            ("with a secret that is not ASCII", "?secret=%C3%A9", Refusal.WRONG_SECRET),
        )
    ),
    Row(Door.TWILIO, "no signature", Refusal.MISSING_SIGNATURE, sms(), 403),
    Row(Door.TWILIO, "two signatures", Refusal.DOUBLED_SIGNATURE, sms(signature(), signature()), 403),
    Row(Door.TWILIO, "by another account", Refusal.WRONG_SIGNATURE, sms(signature(token="other")), 403),
    Row(Door.TWILIO, "for another URL", Refusal.WRONG_SIGNATURE, sms(signature("https://bot.example/sms")), 403),
    Row(Door.TWILIO, "with a query", Refusal.WRONG_SIGNATURE, sms(signature(), path="/twilio/sms?a=b"), 403),
    Row(Door.TWILIO, "another text", Refusal.WRONG_SIGNATURE, sms(signature(), Body="Pay me."), 403),
    Row(Door.TWILIO, "one parameter more", Refusal.WRONG_SIGNATURE, sms(signature(), Extra="1"), 403),
    Row(Door.TWILIO, "cut off", Refusal.WRONG_SIGNATURE, sms(signature()[:-2]), 403),
    *(
        Row(Door.SCORING, name, reason, knocking("POST", f"/router/score{query}", headers, SCORE))
        for name, query, headers, reason in (
            ("no key", "", [], Refusal.MISSING_SECRET),
            ("a wrong key", "", [("x-functions-key", "guessed-scoring-key")], Refusal.WRONG_SECRET),
            ("the beginning of the key", f"?code={SCORING_KEY[:-1]}", [], Refusal.WRONG_SECRET),
            ("two keys", f"?code={SCORING_KEY}&code={SCORING_KEY}", [], Refusal.DOUBLED_SECRET),
        )
    ),
    Row(Door.WEB, "no key", Refusal.MISSING_CREDENTIALS, knocking("GET", "/report")),
    Row(Door.WEB, "an empty key", Refusal.MISSING_CREDENTIALS, knocking("GET", "/report?key=")),
    Row(Door.WEB, "a wrong key", Refusal.WRONG_KEY, knocking("GET", "/report", [("api-key", "antiphon_guessed")])),
    Row(Door.WEB, "the beginning of the key", Refusal.WRONG_KEY, knocking("GET", f"/report?key={API_KEY[:-1]}")),
    Row(Door.WEB, "the hash of the key", Refusal.WRONG_KEY, knocking("GET", f"/report?key={hash_of(API_KEY)}")),
    Row(Door.WEB, "two keys", Refusal.DOUBLED_CREDENTIALS, knocking("GET", f"/report?key={API_KEY}&key={API_KEY}")),
    Row(
        Door.WEB, "a key in a link that posts", Refusal.MISSING_CREDENTIALS, knocking("POST", f"/report?key={API_KEY}")
    ),
    Row(
        Door.WEB, "another scheme", Refusal.WRONG_SCHEME, knocking("GET", "/report", [("Authorization", "Basic YTpi")])
    ),
    Row(
        Door.WEB,
        "a session that was invented",
        Refusal.UNKNOWN_SESSION,
        knocking("GET", "/report", [("Cookie", f"{COOKIE}=invented-session")]),
    ),
]


def test_the_table_is_long_enough() -> None:
    """At least forty, at every door, each of its own."""
    assert len(ROWS) >= 40
    assert {row.door for row in ROWS} == set(Door)
    assert len({(row.door, row.name) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.door}: {row.name}")
async def test_they_stay_outside(row: Row, caplog: pytest.LogCaptureFixture) -> None:
    """Refused before anything was accepted; the reason stands in the log and in the counts, and no secret does."""
    caplog.set_level(logging.INFO)
    async with house() as here:
        status, shown = await row.knock(here)
        counted = {pair: count for pair, count in here.refusals.counts.items() if count}
        assert here.came_in == []
        assert here.live.live_count == 2
        assert (here.counts.callbacks, here.counts.calls_accepted) == (0, 0)
        secrets = {path.split("/")[1] for path in here.paths}
    assert status == row.status
    assert counted == {(row.door, row.reason): 1}
    (line,) = [message for message in caplog.messages if message.startswith("event=refused ")]
    assert line.startswith(f"event=refused door={row.door} reason={row.reason}")
    for word in (*shown.replace("/", " ").replace("=", " ").split(), *secrets):
        assert len(word) < 12 or word not in caplog.text


HANDSHAKE = "Microsoft.EventGrid.SubscriptionValidationEvent"
BROKEN: list[tuple[str, str, bytes, int, str]] = [
    ("no body", "POST", b"", 400, "the body is not JSON"),
    ("no events", "POST", b"[]", 400, "the body holds no event"),
    ("no kind", "POST", b'[{"data":{"validationCode":"c"}}]', 400, "type (or eventType) is missing"),
    ("no code", "POST", json.dumps([{"eventType": HANDSHAKE, "data": {}}]).encode(), 400, "validationCode is missing"),
    ("no data", "POST", json.dumps([{"eventType": HANDSHAKE}]).encode(), 400, "validationCode is missing"),
    ("odd data", "POST", json.dumps([{"eventType": HANDSHAKE, "data": "c"}]).encode(), 400, "data is not an object"),
    ("no origin", "OPTIONS", b"", 400, "WebHook-Request-Origin is missing"),
    ("as a page", "GET", b"", 405, ""),
    ("as a file", "PUT", VALIDATION, 405, ""),
]


@pytest.mark.parametrize(
    ("method", "body", "status", "reason"), [row[1:] for row in BROKEN], ids=[b[0] for b in BROKEN]
)
async def test_handshakes_that_are_none(
    method: str, body: bytes, status: int, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """With the right secret and in another form than Event Grid's: refused, with its reason in the log."""
    async with house() as here:
        assert (await here.http(method, f"/eventgrid?secret={EVENT_GRID_SECRET}", (), body))[0] == status
        assert here.live.live_count == 2
    assert [reason in line for line in caplog.messages] == ([True] if reason else [])
    assert EVENT_GRID_SECRET not in caplog.text


async def test_those_who_may_come_in_do() -> None:
    """With good tokens, secrets, signatures and keys each of these doors opens: the table fails for its reasons."""
    async with house() as here:
        callback_token = [("Authorization", f"Bearer {here.tokens.callback_token()}")]
        media_token = [("Authorization", f"Bearer {here.tokens.media_token()}")]
        participants = json.dumps([{"type": "Microsoft.Communication.ParticipantsUpdated", "id": "1"}]).encode()
        callback = functools.partial(here.http, "POST", f"/acs/callback/{here.paths[0]}")
        assert (await callback(callback_token, participants))[0] == 200
        assert (await here.socket(here.paths[0], media_token))[0] == 101
        assert (await here.http("POST", f"/eventgrid?secret={EVENT_GRID_SECRET}", (), VALIDATION))[0] == 200
        assert (await here.http("OPTIONS", f"/eventgrid?secret={EVENT_GRID_SECRET}", ORIGIN))[0] == 200
        assert (await sms(signature())(here))[0] == 200
        assert (await here.http("POST", f"/router/score?code={SCORING_KEY}", (), SCORE))[0] == 200
        assert (await here.http("GET", "/report", [("api-key", API_KEY)]))[0] == 200
        assert (await here.http("GET", f"/report?key={API_KEY}"))[0] == 303
        assert here.came_in == ["media", "Hello.", "page"]
        assert here.refusals.counts.total() == 0


async def test_a_rotation_in_mid_call_is_noticed() -> None:
    """The first token of a new key opens; those of a key that was withdrawn do not any more."""
    async with house() as here:
        participants = json.dumps([{"type": "Microsoft.Communication.ParticipantsUpdated", "id": "1"}]).encode()
        old = here.tokens.callback_token()
        here.tokens.rotate(withdraw_old=True)
        for token, status in ((old, 200), (here.tokens.callback_token(), 200), (old, 401)):
            headers = [("Authorization", f"Bearer {token}")]
            assert (await here.http("POST", f"/acs/callback/{here.paths[0]}", headers, participants))[0] == status
        assert here.refusals.counts[Door.CALLBACK, Refusal.UNKNOWN_KEY] == 1
