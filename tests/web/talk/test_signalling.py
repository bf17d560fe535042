"""The routes of a call from a browser: what is taken, what is refused, and what the call is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette

from calls.errors import CannotPlace
from calls.initiate import CallInitiate
from calls.peer_calls import PeerCalls
from calls.session import CallSession, HandOverAsked, KeyPressed, LanguageChosen, Notice
from media.errors import BadOffer
from media.webrtc_peer import IceServer
from tests.support.serving import serving
from web.api.operations import api_routes
from web.errors import exception_handlers
from web.talk.assistants import Assistants
from web.talk.signalling import Signalling, talk_operations

AMELIA = CallInitiate("Contoso", "Amelia", language="en-US", languages=("en-US", "fr-FR"))
GLASS = CallInitiate("Contoso Glass", "Gina", language="en-US", languages=("en-US",))
ASSISTANTS = Assistants(MappingProxyType({"Amelia": AMELIA, "Glass": GLASS}), "Amelia")
OFFER = {"sdp": "v=0", "type": "offer"}


class TakesAll(PeerCalls):
    """Takes every offer without a connection; the real one is in tests/calls/test_peer_calls.py."""

    def __init__(self) -> None:
        self.taken: list[CallInitiate] = []
        self.fails: Exception | None = None
        self.sessions: dict[str, CallSession] = {}

    async def take(self, sdp: str, initiate: CallInitiate) -> tuple[str, str]:
        if self.fails is not None:
            raise self.fails
        self.taken.append(initiate)
        return "c1", "v=0 answer"

    def session(self, call_id: str) -> CallSession | None:
        return self.sessions.get(call_id)

    def end(self, call_id: str) -> bool:
        return call_id in ("c1", "ended")


@dataclass
class Site:
    """The routes, and who is behind them."""

    http: aiohttp.ClientSession
    calls: TakesAll
    session: CallSession = field(
        default_factory=lambda: CallSession(
            call_id="c1",
            caller_number="",
            called_number="",
            deeds=None,  # type: ignore[arg-type]
            initiate=AMELIA,
        )
    )

    async def post(self, path: str, body: object = None, **options: Any) -> tuple[int, Any, Mapping[str, str]]:
        """Status, JSON and headers."""
        async with self.http.post(path, json=body, **options) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else await response.text(), response.headers

    async def told(self) -> list[Notice]:
        """What the call was told."""
        found = []
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(0.01):
                    found.append(await self.session.next_notice())
        return found


@contextlib.asynccontextmanager
async def site() -> AsyncIterator[Site]:
    """The routes on a real server; one call is up."""
    calls = TakesAll()
    servers = (IceServer(("turn:turn.example.com",), "u", "secret"),)
    operations = talk_operations(Signalling(calls, ASSISTANTS, servers))
    app = Starlette(routes=api_routes(operations), exception_handlers=exception_handlers())
    async with serving(app) as address, aiohttp.ClientSession(f"http://{address}") as http:
        here = Site(http, calls)
        calls.sessions["c1"] = here.session
        yield here


async def test_settings() -> None:
    """What a page needs before it calls."""
    async with site() as here, here.http.get("/talk/settings") as response:
        assert response.headers["cache-control"] == "no-store"
        assert await response.json() == {
            "ice_servers": [{"urls": ["turn:turn.example.com"], "username": "u", "credential": "secret"}],
            "assistants": [
                {
                    "name": "Amelia",
                    "company": "Contoso",
                    "languages": [{"tag": "en-US", "name": "English"}, {"tag": "fr-FR", "name": "French"}],
                },
                {"name": "Glass", "company": "Contoso Glass", "languages": [{"tag": "en-US", "name": "English"}]},
            ],
            "default": "Amelia",
        }


async def test_an_offer_is_answered() -> None:
    """By the default assistant, or by the one that is named, in the language that is chosen."""
    async with site() as here:
        status, answer, _ = await here.post("/talk/calls", OFFER)
        assert (status, answer) == (201, {"call_id": "c1", "sdp": "v=0 answer", "type": "answer"})
        await here.post("/talk/calls", {**OFFER, "assistant": "Glass"})
        await here.post("/talk/calls", {**OFFER, "language": "fr-FR"})
    assert here.calls.taken[:2] == [AMELIA, GLASS]
    assert (here.calls.taken[2].language, here.calls.taken[2].is_language_ordered) == ("fr-FR", True)


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({"sdp": "v=0"}, 400, "type"),
        ({"sdp": "v=0", "type": "answer"}, 400, "type"),
        ({"sdp": 1, "type": "offer"}, 400, "sdp"),
        ({**OFFER, "sdp": "x" * 70_000}, 400, "sdp"),
        ({**OFFER, "volume": 11}, 400, "no such field"),
        ({**OFFER, "language": "de-DE"}, 400, "language"),
        ({**OFFER, "assistant": "Nobody"}, 404, "assistant"),
        ([], 400, "body"),
        ({**OFFER, "sdp": "x" * 140_000}, 413, "long"),
    ],
)
async def test_what_cannot_be_taken_is_explained(body: object, status: int, text: str) -> None:
    """And nobody is called."""
    async with site() as here:
        refused, error, _ = await here.post("/talk/calls", body)
        assert refused == status
        assert text in str(error["error"])
        assert here.calls.taken == []


async def test_an_offer_that_the_connection_refuses() -> None:
    """With its reason; a full server says when to come again."""
    async with site() as here:
        here.calls.fails = BadOffer("the offer has no audio")
        assert (await here.post("/talk/calls", OFFER))[:2] == (
            400,
            {"error": {"message": "The offer cannot be taken", "details": ["the offer has no audio"]}},
        )
        for reason in (CannotPlace.Reason.FULL, CannotPlace.Reason.CLOSED):
            here.calls.fails = CannotPlace(reason)
            status, error, headers = await here.post("/talk/calls", OFFER)
            assert (status, error["error"]["details"], headers["retry-after"]) == (503, [reason.value], "5")


async def test_what_is_no_json() -> None:
    """By its own word, or by its look."""
    async with site() as here:
        as_json = {"content-type": "application/json"}
        assert (await here.post("/talk/calls", data=b"{", headers=as_json))[0] == 400
        assert (await here.post("/talk/calls", data=b"{}", headers={"content-type": "text/plain"}))[0] == 415


async def test_a_call_is_ended() -> None:
    """Also one that has ended, and by a page that is left: its beacon has any body, or none."""
    async with site() as here:
        for call_id, body in (("c1", b""), ("ended", b""), ("c1", b"whatever")):
            async with here.http.post(f"/talk/calls/{call_id}/end", data=body) as response:
                assert response.status == 204
        async with here.http.post("/talk/calls/unknown/end") as response:
            assert response.status == 404


async def test_a_call_is_steered() -> None:
    """Keys, language and a human: the call is told, in order."""
    async with site() as here:
        assert (await here.post("/talk/calls/c1/keys", {"digits": "12#"}))[0] == 204
        assert (await here.post("/talk/calls/c1/language", {"language": "fr"}))[0] == 204
        assert (await here.post("/talk/calls/c1/hand-over"))[0] == 204
        keys = [KeyPressed(digit) for digit in "12#"]
        assert await here.told() == [*keys, LanguageChosen("fr-FR"), HandOverAsked()]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("keys", {"digits": ""}, 400),
        ("keys", {"digits": "12x"}, 400),
        ("keys", {"digits": "1" * 33}, 400),
        ("language", {"language": "de-DE"}, 400),
        ("language", {}, 400),
    ],
)
async def test_what_a_call_cannot_be_told(path: str, body: object, status: int) -> None:
    """It is refused, and the call hears nothing of it; a call that is not up here is not found."""
    async with site() as here:
        assert (await here.post(f"/talk/calls/c1/{path}", body))[0] == status
        assert (await here.post(f"/talk/calls/unknown/{path}", body))[0] == 404
        assert await here.told() == []


async def test_who_asks_for_too_much_at_once_waits() -> None:
    """What a call has not yet heard of is bounded."""
    async with site() as here:
        assert (await here.post("/talk/calls/c1/keys", {"digits": "1" * 32}))[0] == 204
        status, _, headers = await here.post("/talk/calls/c1/hand-over")
        assert (status, headers["retry-after"]) == (503, "5")
