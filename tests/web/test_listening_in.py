"""The door for supervisors: what is asked, what is answered, and in which words it is refused."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
from starlette.applications import Starlette

from calls.errors import CannotSupervise
from calls.listening_in import ListeningIn
from media.errors import BadOffer
from stores.records import CallHistory
from tests.support.fake_store import FakeStore
from tests.support.serving import serving
from tests.web.sample_call import CALL
from web.errors import exception_handlers
from web.listening_in import LONGEST_WHISPER, listening_in_routes

OFFER = {"sdp": "v=0", "type": "offer"}
Reason = CannotSupervise.Reason


@dataclass
class Listeners(ListeningIn):
    """Notes what is asked of it; fails as it is told to."""

    asked: list[tuple[str, ...]] = field(default_factory=list)
    failure: Exception | None = None

    async def listen(self, call_id: str, sdp: str, *, address: str = "") -> tuple[str, str]:
        self._note("listen", call_id, sdp, address)
        return "listener-1", "v=1"

    def whisper(self, call_id: str, text: str) -> None:
        self._note("whisper", call_id, text)

    def take_over(self, call_id: str, listener_id: str) -> None:
        self._note("take over", call_id, listener_id)

    def give_back(self, call_id: str) -> None:
        self._note("give back", call_id)

    def end(self, call_id: str, listener_id: str) -> None:
        self._note("end", call_id, listener_id)

    def _note(self, *deed: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.asked.append(deed)


class Store(FakeStore):
    """Knows one call, perhaps."""

    known: CallHistory | None = None

    async def history(self, call_id: str) -> CallHistory | None:
        return self.known


@dataclass
class Door:
    """The routes, and what stands behind them."""

    http: aiohttp.ClientSession
    listeners: Listeners
    store: Store

    async def post(self, path: str, body: object = None) -> tuple[int, object]:
        """The status, and what JSON came back."""
        async with self.http.post(f"/report/call-1/{path}", json=body) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None

    async def told(self, path: str, body: object = None) -> tuple[int, str, list[str]]:
        """How it was refused."""
        status, answer = await self.post(path, body)
        assert isinstance(answer, dict)
        return status, answer["error"]["message"], answer["error"]["details"]


@asynccontextmanager
async def door() -> AsyncIterator[Door]:
    """One of its own for each test."""
    listeners, store = Listeners(), Store()
    app = Starlette(routes=listening_in_routes(listeners, store), exception_handlers=exception_handlers())
    async with serving(app) as address, aiohttp.ClientSession(f"http://{address}") as http:
        yield Door(http, listeners, store)


async def test_what_is_asked_is_done() -> None:
    """Each in its own words."""
    async with door() as here:
        assert await here.post("listen", OFFER) == (201, {"listener_id": "listener-1", "sdp": "v=1", "type": "answer"})
        assert await here.post("whisper", {"text": " Be kind. "}) == (204, None)
        assert await here.post("take-over", {"listener_id": "listener-1"}) == (204, None)
        assert await here.post("give-back") == (204, None)
        assert await here.post("listeners/listener-1/end") == (204, None)
        assert here.listeners.asked == [
            ("listen", "call-1", "v=0", "127.0.0.1"),
            ("whisper", "call-1", "Be kind."),
            ("take over", "call-1", "listener-1"),
            ("give back", "call-1"),
            ("end", "call-1", "listener-1"),
        ]


@pytest.mark.parametrize(
    ("reason", "status", "details"),
    [
        *((each, 409, [each.value]) for each in (Reason.NOT_CONNECTED, Reason.CANNOT_SPEAK, Reason.TAKEN)),
        *((each, 409, [each.value]) for each in (Reason.NOT_TAKEN, Reason.HANDED_OVER)),
        *((each, 503, [each.value]) for each in (Reason.FULL, Reason.BUSY, Reason.CLOSED)),
        (Reason.NOT_LISTENING, 404, []),
    ],
)
async def test_what_cannot_be_done_is_explained(
    reason: CannotSupervise.Reason, status: int, details: list[str]
) -> None:
    """By a status that fits, whichever was asked for."""
    async with door() as here:
        here.listeners.failure = CannotSupervise(reason)
        for path in ("listen", "whisper", "give-back"):
            found, _, why = await here.told(path, OFFER if path == "listen" else {"text": "x"})
            assert (found, why) == (status, details)


async def test_where_a_call_is_that_is_not_up_here() -> None:
    """Nowhere, over, or on another replica, which is named."""
    async with door() as here:
        here.listeners.failure = CannotSupervise(Reason.NOT_UP)
        assert await here.told("listen", OFFER) == (404, "There is no such call", [])
        here.store.known = CallHistory(CALL)
        assert await here.told("listen", OFFER) == (409, "The call is over", [])
        here.store.known = CallHistory(replace(CALL, ended_at=None, replica_id="b"))
        status, message, details = await here.told("whisper", {"text": "x"})
        assert (status, details) == (409, ["replica: b"])
        assert "another replica" in message


async def test_an_offer_that_cannot_be_taken() -> None:
    """Says why."""
    async with door() as here:
        here.listeners.failure = BadOffer("the offer has no audio")
        assert await here.told("listen", OFFER) == (400, "The offer cannot be taken", ["the offer has no audio"])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        *(("listen", body) for body in ({}, {"sdp": "v=0"}, {**OFFER, "type": "answer"}, {**OFFER, "more": "1"})),
        ("listen", []),
        *(("whisper", {"text": text}) for text in ("", "  ", "x" * (LONGEST_WHISPER + 1), 5)),
        *(("take-over", body) for body in ({}, {"listener_id": None}, {"listener_id": "x" * 65})),
    ],
)
async def test_what_cannot_be_read_is_refused(path: str, body: object) -> None:
    """Each field by its name, and nothing is done."""
    async with door() as here:
        status, _, details = await here.told(path, body)
        assert status == 400
        assert details
        assert here.listeners.asked == []


async def test_a_listener_that_has_ended_may_be_ended_again() -> None:
    """A page says so as it goes, and asks nobody whether it is too late."""
    async with door() as here:
        here.listeners.failure = CannotSupervise(Reason.NOT_LISTENING)
        assert await here.post("listeners/gone/end") == (204, None)
