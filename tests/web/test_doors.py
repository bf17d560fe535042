"""The door of the pages: who comes in, and how."""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from calls.doors import Door, Refusal, Refusals
from calls.errors import Refused
from calls.token_door import TokenDoor
from calls.tokens import TokenRules
from tests.support.signing import claims, signed, signing_key
from web.api_keys import ApiKeys, Sessions, hash_of
from web.doors import COOKIE, PUBLIC, WebDoor, WebRoute, behind, login_routes

KEY = "antiphon_right"
NOW = 1_800_000_000.0
ISSUER, AUDIENCE, TENANT = "https://login.microsoftonline.com/t1/v2.0", "api://antiphon", "t1"
HTML = {"accept": "text/html,*/*"}


class Keys:
    """Of the organisation; ``is_silent`` makes them unavailable."""

    is_silent = False

    async def key(self, key_id: str) -> RSAPublicKey:
        """The key k1."""
        if self.is_silent or key_id != "k1":
            raise Refused(Refusal.KEYS_UNAVAILABLE if self.is_silent else Refusal.UNKNOWN_KEY)
        return signing_key("k1").private.public_key()


async def page(request: Request) -> Response:
    """Something that only its owner may see."""
    return PlainTextResponse(f"{request.method} {request.url.query}")


@dataclass
class Site:
    """Routes behind the door, and a clock."""

    has_tokens: bool = True
    is_https: bool = False
    refusals: Refusals = field(default_factory=Refusals)
    keys: Keys = field(default_factory=Keys)
    now: float = 100.0

    def __post_init__(self) -> None:
        rules = TokenRules(ISSUER, AUDIENCE, tenant=TENANT)
        door = WebDoor(
            ApiKeys([hash_of(KEY)]),
            Sessions(keep_s=60),
            self.refusals,
            lambda: self.now,
            TokenDoor(self.keys, rules, now_s=lambda: NOW) if self.has_tokens else None,
            is_https=self.is_https,
        )
        routes = [Route("/report", page, methods=["GET", "POST"]), Route("/health/liveness", page)]
        self.routes = behind(door, [*routes, *login_routes(door)])

    def client(self, **options: object) -> httpx2.AsyncClient:
        """A browser or a program."""
        transport = httpx2.ASGITransport(Starlette(routes=self.routes))
        return httpx2.AsyncClient(transport=transport, base_url="http://test")

    @property
    def refused(self) -> dict[Refusal, int]:
        """How often for which reason."""
        return {reason: count for (door, reason), count in self.refusals.counts.items() if count and door is Door.WEB}


def token(**changes: object) -> str:
    """Of the organisation."""
    return signed(claims(NOW, **{"iss": ISSUER, "aud": AUDIENCE, "tid": TENANT, **changes}), key=signing_key("k1"))


def test_every_route_but_the_public_ones_has_the_door() -> None:
    """It can be read from the table."""
    without = {route.path for route in Site().routes if not isinstance(route, WebRoute)}
    assert without == PUBLIC


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": f"Bearer {KEY}"},
        {"authorization": f"bearer {KEY}"},
        {"api-key": KEY},
        {"authorization": f"Bearer {token()}"},
    ],
)
async def test_programs_come_in(headers: dict[str, str]) -> None:
    """By key or token, whatever the method."""
    site = Site()
    async with site.client() as client:
        assert (await client.get("/report?a=b", headers=headers)).text == "GET a=b"
        assert (await client.post("/report", headers=headers)).text == "POST "
    assert site.refused == {}


BEARER: list[tuple[Callable[[], list[tuple[str, str]]], Refusal]] = [
    (list, Refusal.MISSING_CREDENTIALS),
    (lambda: [("authorization", "")], Refusal.MISSING_CREDENTIALS),
    (lambda: [("authorization", "Bearer ")], Refusal.MISSING_CREDENTIALS),
    (lambda: [("authorization", f"Basic {KEY}")], Refusal.WRONG_SCHEME),
    (lambda: [("authorization", KEY)], Refusal.WRONG_SCHEME),
    (lambda: [("authorization", f"Bearer {KEY}")] * 2, Refusal.DOUBLED_CREDENTIALS),
    (lambda: [("authorization", f"Bearer {KEY[:-1]}")], Refusal.WRONG_KEY),
    (lambda: [("authorization", f"Bearer {hash_of(KEY)}")], Refusal.WRONG_KEY),
    (lambda: [("authorization", f"Bearer {KEY}" + "a" * 600)], Refusal.TOO_LONG),
    (lambda: [("authorization", "Bearer wrong"), ("api-key", KEY)], Refusal.WRONG_KEY),
    (lambda: [("api-key", "")], Refusal.MISSING_CREDENTIALS),
    (lambda: [("api-key", KEY), ("api-key", KEY)], Refusal.DOUBLED_CREDENTIALS),
    (lambda: [("api-key", KEY.upper())], Refusal.WRONG_KEY),
    (lambda: [("cookie", f"{COOKIE}=invented")], Refusal.UNKNOWN_SESSION),
    (lambda: [("cookie", f"{COOKIE}={KEY}")], Refusal.UNKNOWN_SESSION),
    (lambda: [("authorization", f"Bearer {token(aud='api://other')}")], Refusal.WRONG_AUDIENCE),
    (lambda: [("authorization", f"Bearer {token(iss='https://sts.windows.net/t2/')}")], Refusal.WRONG_ISSUER),
    (lambda: [("authorization", f"Bearer {token(tid='t2')}")], Refusal.WRONG_TENANT),
    (lambda: [("authorization", f"Bearer {token(exp=NOW - 3_600)}")], Refusal.EXPIRED),
    (lambda: [("authorization", "Bearer a.b.c")], Refusal.MALFORMED_TOKEN),
    (lambda: [("api-key", token())], Refusal.TOO_LONG),
]


@pytest.mark.parametrize(("headers", "reason"), BEARER)
async def test_programs_that_stay_outside(headers: Callable[[], list[tuple[str, str]]], reason: Refusal) -> None:
    """In the one form of errors, without a word about the cause, which is counted."""
    site = Site()
    async with site.client() as client:
        response = await client.get("/report", headers=headers())
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["error"] == {"message": "A good API key or token is needed", "details": []}
    assert site.refused == {reason: 1}


async def test_without_an_organisation_no_token_opens() -> None:
    """It is looked at as a key, and is none."""
    site = Site(has_tokens=False)
    async with site.client() as client:
        assert (await client.get("/report", headers={"authorization": "Bearer a.b.c"})).status_code == 401
    assert site.refused == {Refusal.WRONG_KEY: 1}


async def test_an_issuer_that_is_silent() -> None:
    """The token may be good: come again."""
    site = Site()
    site.keys.is_silent = True
    async with site.client() as client:
        response = await client.get("/report", headers={"authorization": f"Bearer {token()}"})
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")


async def test_a_link_with_the_key_begins_a_session() -> None:
    """The key leaves the address bar; the cookie cannot be read by scripts nor sent by other sites."""
    site = Site()
    async with site.client() as client:
        led = await client.get(f"/report?a=b&key={KEY}&c=%2B1", headers=HTML)
        assert (led.status_code, led.headers["location"]) == (303, "/report?a=b&c=%2B1")
        cookie = led.headers["set-cookie"]
        assert cookie.startswith(f"{COOKIE}=")
        assert {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=60"} <= set(cookie.split("; "))
        assert KEY not in cookie
        assert (await client.get("/report?a=b")).text == "GET a=b"
        site.now += 60
        assert (await client.get("/report", headers=HTML)).status_code == 401
    assert site.refused == {Refusal.UNKNOWN_SESSION: 1}


@pytest.mark.parametrize(("site", "scheme"), [(Site(is_https=True), "http"), (Site(), "https")])
async def test_over_https_the_cookie_stays_there(site: Site, scheme: str) -> None:
    """Also when it is a proxy that speaks it."""
    async with site.client() as client:
        led = await client.get(f"{scheme}://test/report?key={KEY}")
    assert "; Secure" in led.headers["set-cookie"]


async def test_a_browser_without_a_key_is_asked_for_it() -> None:
    """The form stands where the page would be, and leads back to it; no wrong key is repeated in it."""
    site = Site()
    async with site.client() as client:
        asked = await client.get("/report?a=b&key=wrong-key", headers=HTML)
        assert asked.status_code == 401
        assert 'name="next" value="/report?a=b"' in asked.text
        assert "That was not accepted." in asked.text
        assert "wrong-key" not in asked.text
        assert "default-src 'none'" in asked.headers["content-security-policy"]
        assert asked.headers["cache-control"] == "no-store"
        plain = await client.get("/report", headers=HTML)
        assert "That was not accepted." not in plain.text
    assert site.refused == {Refusal.WRONG_KEY: 1, Refusal.MISSING_CREDENTIALS: 1}


async def test_the_form_begins_a_session() -> None:
    """A good key leads on; nobody is led to another site."""
    site = Site()
    async with site.client() as client:
        assert (await client.get("/login?next=/report?a=b")).status_code == 200
        led = await client.post("/login", data={"key": KEY, "next": "/report?a=b"})
        assert (led.status_code, led.headers["location"]) == (303, "/report?a=b")
        assert (await client.get("/report")).status_code == 200
        led = await client.post("/login", data={"key": KEY, "next": "//evil.example"})
        assert led.headers["location"] == "/report"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Refusal.MISSING_CREDENTIALS),
        (b"key=", Refusal.MISSING_CREDENTIALS),
        (b"key=wrong&next=/report", Refusal.WRONG_KEY),
        (f"key={KEY}&key={KEY}".encode(), Refusal.DOUBLED_CREDENTIALS),
        (b"\xff\xfe", Refusal.MISSING_CREDENTIALS),
        (b"&".join([b"a=b"] * 50), Refusal.MISSING_CREDENTIALS),
        (b"key=" + b"a" * 10_000, Refusal.TOO_LONG),
        (b"key=" + b"a" * 600, Refusal.TOO_LONG),
    ],
)
async def test_a_form_that_is_not_accepted(body: bytes, reason: Refusal) -> None:
    """The form again, no session, and the reason is counted."""
    site = Site()
    async with site.client() as client:
        response = await client.post("/login", content=body)
    assert response.status_code == 401
    assert "set-cookie" not in response.headers
    assert site.refused == {reason: 1}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://test"}, 200),
        ({}, 401),
        ({"origin": "http://evil.example"}, 401),
        ({"origin": "null"}, 401),
        ({"sec-fetch-site": "cross-site"}, 401),
        ({"sec-fetch-site": "same-site", "origin": "http://test"}, 401),
        ({"sec-fetch-site": "none"}, 401),
    ],
)
async def test_a_session_alone_changes_nothing_for_other_sites(headers: dict[str, str], status: int) -> None:
    """A form of another site that posts here with the browser's cookie is refused."""
    site = Site()
    async with site.client() as client:
        await client.get(f"/report?key={KEY}")
        assert (await client.post("/report", headers=headers)).status_code == status
    assert site.refused == ({} if status == 200 else {Refusal.CROSS_SITE: 1})


async def test_a_link_changes_nothing() -> None:
    """A key in the address opens pages, and posts nothing."""
    site = Site()
    async with site.client() as client:
        assert (await client.post(f"/report?key={KEY}")).status_code == 401
    assert site.refused == {Refusal.MISSING_CREDENTIALS: 1}
