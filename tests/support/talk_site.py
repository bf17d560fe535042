"""The page where one talks, and a server that takes its calls by the same addresses but holds no conversation."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.serving import serving
from web.assets import Assets
from web.errors import RequestRefused, exception_handlers
from web.live import LiveFeed, live_routes
from web.talk.page import talk_page_routes

CALL_ID = "call-from-a-browser"
SETTINGS: dict[str, Any] = {
    "ice_servers": [],
    "assistants": [
        {"name": "Amelia", "company": "Contoso Insurance", "languages": [{"tag": "en-US", "name": "English"}]},
        {
            "name": "Hugo",
            "company": "Contoso Help",
            "languages": [{"tag": "fr-FR", "name": "French"}, {"tag": "de-DE", "name": "German"}],
        },
    ],
    "default": "Amelia",
}
FIELDS = [
    {"name": "incident_location", "type": "text", "description": "Where did it happen?", "required": True},
    {"name": "incident_datetime", "type": "datetime", "description": "When did it happen?", "required": True},
    {"name": "phone_number", "type": "phone_number", "description": "", "required": False},
]


@dataclass(slots=True)
class TalkSite:
    """What is up, what it was asked, and what it answers."""

    url: str
    feed: LiveFeed
    asked: list[tuple[str, Any]] = field(default_factory=list)
    """Path below ``/talk/calls`` and body of every POST, in order."""
    keys: list[str] = field(default_factory=list)
    """What came over the data channel."""
    refusal: Response | None = None
    """Instead of taking a call."""
    history: dict[str, Any] = field(default_factory=dict)
    """Of the call; empty: it is not written yet."""
    peers: list[RTCPeerConnection] = field(default_factory=list)

    async def hang_up(self) -> None:
        """The other side closes every connection, without a word."""
        for peer in self.peers:
            await peer.close()

    async def settings(self, request: Request) -> Response:
        """``GET /talk/settings``."""
        return JSONResponse(SETTINGS)

    async def begin(self, request: Request) -> Response:
        """``POST /talk/calls``."""
        offer = await request.json()
        self.asked.append(("", {name: value for name, value in offer.items() if name != "sdp"}))
        if self.refusal is not None:
            return self.refusal
        peer = RTCPeerConnection()
        self.peers.append(peer)

        @peer.on("datachannel")
        def opened(channel: Any) -> None:
            channel.on("message", self.keys.append)

        peer.addTrack(AudioStreamTrack())
        await peer.setRemoteDescription(RTCSessionDescription(offer["sdp"], offer["type"]))
        await peer.setLocalDescription(await peer.createAnswer())
        answer = peer.localDescription
        return JSONResponse({"call_id": CALL_ID, "sdp": answer.sdp, "type": answer.type}, status_code=201)

    async def ask(self, request: Request) -> Response:
        """Whatever else is asked of a call."""
        body = await request.body()
        self.asked.append((request.path_params["what"], msgspec.json.decode(body) if body else None))
        return Response(status_code=204)

    async def call(self, request: Request) -> Response:
        """``GET /call/{call_id}``."""
        if not self.history:
            raise RequestRefused(404, "There is no such call")
        return JSONResponse(self.history)


def history(**known: Any) -> dict[str, Any]:
    """A call as the API shows it, as far as the page looks at it."""
    nothing: dict[str, Any] = {
        "in_progress": True,
        "end_reason": "",
        "initiate": {"claim": FIELDS},
        "claims": [{}],
        "messages": [],
        "turns": [],
    }
    return nothing | known


@contextlib.asynccontextmanager
async def talk_site() -> AsyncIterator[TalkSite]:
    """Serve it, without a door."""
    site = TalkSite("", LiveFeed(), history=history())
    routes = [
        Route("/talk/settings", site.settings),
        Route("/talk/calls", site.begin, methods=["POST"]),
        Route(f"/talk/calls/{CALL_ID}/{{what}}", site.ask, methods=["POST"]),
        Route("/call/{call_id}", site.call),
        *talk_page_routes(),
        *live_routes(site.feed),
        *Assets().routes(),
    ]
    app = Starlette(routes=routes, exception_handlers=exception_handlers())
    try:
        async with serving(app) as address:
            site.url = f"http://{address}"
            yield site
            site.feed.close()
    finally:
        await site.hang_up()
        await asyncio.sleep(0)  # what they have called back
