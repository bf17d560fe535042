"""All doors on real servers, two calls that are up behind them, and a note of whoever comes in."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

import aiohttp
from multidict import CIMultiDict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from calls.doors import Door, DoorRoute, Refusals
from calls.errors import Refused
from calls.lifecycle import Deadlines
from calls.live import LiveCalls
from calls.media_socket import media_routes
from calls.session import CallSession
from calls.settings import LiveCallsSettings
from calls.token_door import TokenDoor
from calls.tokens import TokenRules
from calls.twilio_door import TwilioDoor
from calls.webhooks import WebhookCounts, webhook_routes
from emulators.acs_tokens import DEVELOPMENT_RESOURCE_ID, ISSUER, KEYS_PATH, AcsTokens
from media.line import Line
from pipeline.conversation import Conversation
from providers.jwks import JwksKeys
from routing.model_scorer import FormulaScorer
from tests.support.serving import serving
from tests.support.signing import (
    signing_key,
)
from tests.support.telephone import NOW, FakeControl, Notes, ringing
from web.api_keys import ApiKeys, Sessions, hash_of
from web.doors import WebDoor, behind
from web.router_score import score_routes

EVENT_GRID_SECRET = "event-grid-right-secret"
SCORING_KEY = "scoring-function-right-key"
API_KEY = "antiphon_right-key"
AUTH_TOKEN = "twilio-right-token"
SMS = {"From": "+12025550143", "Body": "Hello."}
Headers = Sequence[tuple[str, str]]


@dataclass
class House:
    """All doors, and what has come in."""

    url: str
    live: LiveCalls
    paths: tuple[str, str]
    """``call id/secret`` of two calls that are up."""
    tokens: AcsTokens
    counts: WebhookCounts
    refusals: Refusals
    came_in: list[str] = field(default_factory=list)

    async def http(
        self, method: str, path: str, headers: Headers = (), body: bytes = b"", *, sent: str = ""
    ) -> tuple[int, str]:
        """Send a request; its status, and all that was shown."""
        async with aiohttp.ClientSession() as session:
            url = f"{self.url}{path}"
            async with session.request(
                method, url, headers=CIMultiDict(headers), data=body, allow_redirects=False
            ) as response:
                await response.read()
                return response.status, sent

    async def socket(self, path: str, headers: Headers) -> tuple[int, str]:
        """Open a media socket: the status of the answer, 101 when it was accepted."""
        url = f"ws{self.url.removeprefix('http')}/media/{path}"
        try:
            async with connect(url, additional_headers=headers, proxy=None, compression=None) as socket:
                with suppress(ConnectionClosed):
                    await socket.recv()
            return 101, ""
        except InvalidStatus as refused:
            return refused.response.status_code, ""


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    """Everything up; two calls ring and are answered."""
    tokens, control, notes, refusals, counts = (
        AcsTokens(key=signing_key("k1")),
        FakeControl(answer_takes_s=0.0),
        Notes(),
        Refusals(),
        WebhookCounts(),
    )
    came_in: list[str] = []

    def converse(session: CallSession, line: Line) -> Conversation:
        came_in.append("media")
        raise RuntimeError("nobody talks here")

    async def page(request: Request) -> Response:
        came_in.append("page")
        return PlainTextResponse("what was said")

    async with AsyncExitStack() as stack:
        issuer = await stack.enter_async_context(serving(Starlette(routes=tokens.routes())))
        keys = await stack.enter_async_context(JwksKeys(f"http://{issuer}{KEYS_PATH}"))
        door = TokenDoor(keys, TokenRules(ISSUER, DEVELOPMENT_RESOURCE_ID), now_s=time.time)
        # Nobody here plays the service that would say CallDisconnected: calls end without it.
        settings = LiveCallsSettings(public_url="http://bot.example", deadlines=Deadlines(disconnect_s=0.0))
        live = await stack.enter_async_context(
            LiveCalls(control, notes, notes, settings, clock=time.monotonic, utc_now=lambda: NOW)
        )
        web = WebDoor(ApiKeys([hash_of(API_KEY)]), Sessions(keep_s=60), refusals, time.monotonic)
        routes = [
            *webhook_routes(
                live, counts=counts, event_grid_secret=EVENT_GRID_SECRET, token_door=door, refusals=refusals
            ),
            *media_routes(live, converse, token_door=door, refusals=refusals),
            DoorRoute("/twilio/sms", twilio_endpoint(refusals, came_in), door=Door.TWILIO, methods=["POST"]),
            *score_routes(FormulaScorer(), key=SCORING_KEY, refusals=refusals),
            *behind(web, [Route("/report", page, methods=["GET", "POST"])]),
        ]
        address = await stack.enter_async_context(serving(Starlette(routes=routes)))
        live.incoming(ringing(1))
        live.incoming(ringing(2))
        while len(control.answers) < 2:
            await asyncio.sleep(0.001)
        paths = ("/".join(control.address(0)), "/".join(control.address(1)))
        yield House(f"http://{address}", live, paths, tokens, counts, refusals, came_in)


def twilio_endpoint(refusals: Refusals, came_in: list[str]) -> Callable[[Request], Awaitable[Response]]:
    """A webhook of Twilio, as a route uses the door."""
    door = TwilioDoor(AUTH_TOKEN, "https://bot.example")

    async def take_sms(request: Request) -> Response:
        try:
            form = door.check(request, await request.body())
        except Refused as refused:
            refusals.note(Door.TWILIO, refused.reason)
            return Response(status_code=403)
        came_in.append(form["Body"])
        return Response()

    return take_sms
