"""``/report/{call_id}/listen`` and what follows it: how a supervisor listens to a call, whispers, and takes it over.

The sound itself goes by WebRTC. As with ``/talk/calls`` one request begins it: the offer holds all
candidates, and so does the answer.
"""

import contextlib
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from calls.errors import CannotSupervise
from calls.listening_in import ListeningIn
from media.errors import BadOffer
from media.webrtc_offer import LONGEST_SDP
from stores.store import Store
from web.api.parameters import explained
from web.bodies import json_body
from web.errors import RequestRefused

LONGEST_WHISPER: Final = 500
_LONGEST_BODY_BYTES: Final = 2 * LONGEST_SDP
_RETRY_AFTER: Final = {"retry-after": "5"}
_HEADERS: Final = {"cache-control": "no-store"}

_Body = TypeVar("_Body", bound=BaseModel)


class _Post(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ListenPost(_Post):
    """An offer of somebody who wants to listen, and to speak perhaps."""

    sdp: Annotated[str, Field(max_length=LONGEST_SDP)]
    type: Literal["offer"]


class WhisperPost(_Post):
    """What the assistant is told."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_WHISPER)]


class TakeOverPost(_Post):
    """Who speaks from now on."""

    listener_id: Annotated[str, Field(max_length=64)]


class _Supervising:
    """What the routes do."""

    def __init__(self, listening_in: ListeningIn, store: Store) -> None:
        self._listening_in = listening_in
        self._store = store

    async def listen(self, request: Request) -> Response:
        """``POST /report/{call_id}/listen``."""
        offer = await _read(request, ListenPost)
        call_id, address = request.path_params["call"], request.client.host if request.client else ""
        try:
            listener_id, answer = await self._listening_in.listen(call_id, offer.sdp, address=address)
        except BadOffer as error:
            raise RequestRefused(400, "The offer cannot be taken", [str(error)]) from error
        except CannotSupervise as error:
            raise await self._refused(request, error) from error
        shown = {"listener_id": listener_id, "sdp": answer, "type": "answer"}
        return JSONResponse(shown, status_code=201, headers=_HEADERS)

    async def whisper(self, request: Request) -> Response:
        """``POST /report/{call_id}/whisper``."""
        told = await _read(request, WhisperPost)
        return await self._done(request, lambda call_id: self._listening_in.whisper(call_id, told.text))

    async def take_over(self, request: Request) -> Response:
        """``POST /report/{call_id}/take-over``."""
        who = await _read(request, TakeOverPost)
        return await self._done(request, lambda call_id: self._listening_in.take_over(call_id, who.listener_id))

    async def give_back(self, request: Request) -> Response:
        """``POST /report/{call_id}/give-back``."""
        return await self._done(request, self._listening_in.give_back)

    async def end(self, request: Request) -> Response:
        """``POST /report/{call_id}/listeners/{id}/end``; also of one that has ended: a page says so as it goes."""
        with contextlib.suppress(CannotSupervise):
            self._listening_in.end(request.path_params["call"], request.path_params["listener"])
        return Response(status_code=204)

    async def _done(self, request: Request, do: Callable[[str], None]) -> Response:
        try:
            do(request.path_params["call"])
        except CannotSupervise as error:
            raise await self._refused(request, error) from error
        return Response(status_code=204)

    async def _refused(self, request: Request, error: CannotSupervise) -> RequestRefused:
        """What to say. Where a call is that is not up here, the store knows."""
        reason, told = error.reason, CannotSupervise.Reason
        match reason:
            case told.NOT_UP:
                return await self._not_up(request.path_params["call"])
            case told.NOT_LISTENING:
                return RequestRefused(HTTPStatus.NOT_FOUND, "There is no such listener to this call")
            case told.FULL | told.BUSY | told.CLOSED:
                return RequestRefused(503, "Not now", [reason.value], _RETRY_AFTER)
            case told.NOT_CONNECTED | told.CANNOT_SPEAK | told.TAKEN | told.NOT_TAKEN | told.HANDED_OVER:
                return RequestRefused(409, "That cannot be done now", [reason.value])

    async def _not_up(self, call_id: str) -> RequestRefused:
        history = await self._store.history(call_id) if call_id.isprintable() else None
        if history is None:
            return RequestRefused(404, "There is no such call")
        if not history.call.is_live:
            return RequestRefused(409, "The call is over")
        text = "The call is up on another replica, and can be listened to there alone"
        return RequestRefused(409, text, [f"replica: {history.call.replica_id}"] if history.call.replica_id else [])


def listening_in_routes(listening_in: ListeningIn, store: Store) -> list[Route]:
    """The routes below ``/report/{call_id}``. Who may use them is decided in front of them."""
    supervising, home = _Supervising(listening_in, store), "/report/{call}"
    return [
        Route(f"{home}/listen", supervising.listen, methods=["POST"]),
        Route(f"{home}/whisper", supervising.whisper, methods=["POST"]),
        Route(f"{home}/take-over", supervising.take_over, methods=["POST"]),
        Route(f"{home}/give-back", supervising.give_back, methods=["POST"]),
        Route(f"{home}/listeners/{{listener}}/end", supervising.end, methods=["POST"]),
    ]


async def _read(request: Request, model: type[_Body]) -> _Body:
    """The body as this model.

    Raises:
        RequestRefused: 400 when it is no JSON or a field is wrong; each is named. What ``json_body`` raises.
    """
    body = await json_body(request, longest_bytes=_LONGEST_BODY_BYTES)
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise RequestRefused(400, "The body cannot be taken", explained(error, "there is no such field")) from error
