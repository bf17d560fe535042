"""The addresses that Azure posts to: incoming calls, and what happens in those we answered.

Every request is answered at once; what it sets off is owned by ``LiveCalls`` and does
not depend on the request. A request that may not come in is refused before its body is
read, and told nothing. A body that cannot be read is refused with its reason: an
envelope ``{"error": {"message", "details"}}``. Reasons name keys, never values.
"""

import hmac
import ipaddress
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from calls.admission import Admission
from calls.callbacks import CallbackEvent, Ignored, parse_callbacks
from calls.doors import Door, DoorRoute, Refusal, Refusals
from calls.elsewhere import Elsewhere
from calls.envelopes import Envelope
from calls.errors import MalformedEvent, Refused
from calls.incoming import Delivery, RecordingFile, TextMessage, parse_delivery
from calls.live import LiveCalls
from calls.token_door import TokenDoor
from routing.errors import RouterUnavailable
from stores.errors import StoreError

_LONGEST_BODY_BYTES = 1024 * 1024
"""Event Grid sends at most 1 MB; callbacks are a few kilobytes."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class WebhookCounts:
    """What came in since the start; read by whoever renders metrics."""

    calls_accepted: int = 0
    messages: int = 0
    """Deliveries of text messages."""
    calls_duplicate: int = 0
    calls_turned_away: int = 0
    """Because this replica was full or closed."""
    callbacks: int = 0
    callbacks_sent_on: int = 0
    """Of them, those for calls on other replicas."""
    events_ignored: int = 0
    """Readable events that are none of our business."""
    events_refused: int = 0
    """Bodies or events that could not be read."""
    requests_unauthorized: int = 0
    """That the doors refused."""


async def _nobody(message: object) -> None:
    """Nobody takes such things here."""


class _TooLong(Exception):
    """The body is longer than any that Azure sends."""


def webhook_routes(
    live_calls: LiveCalls,
    *,
    counts: WebhookCounts | None = None,
    event_grid_secret: str = "",
    token_door: TokenDoor | None,
    refusals: Refusals,
    on_message: Callable[[TextMessage], Awaitable[object]] | None = None,
    on_recording: Callable[[RecordingFile], object] | None = None,
    on_router: Callable[[Sequence[Envelope]], Awaitable[object]] | None = None,
    elsewhere: Elsewhere | None = None,
) -> list[Route]:
    """Make the routes ``/eventgrid`` and ``/acs/callback/{call_id}/{secret}``.

    Args:
        live_calls: Takes what comes in; open while requests are served.
        counts: Where to count.
        event_grid_secret: ``/eventgrid`` wants it as ``?secret=``; without one, only this
            machine may post there.
        token_door: Checks the token of each callback, beside its secret; None checks none.
        refusals: Is told who was refused.
        on_message: Takes text messages, each perhaps more than once; may raise ``stores.errors.StoreError``.
        on_recording: Takes the files of recordings, each perhaps more than once; returns at once.
        on_router: Takes the events of Job Router, as ``on_message``, or raises ``routing.errors.RouterUnavailable``.
        elsewhere: Reaches calls on other replicas; None: there are none.
    """
    webhooks = _Webhooks(
        live_calls,
        counts or WebhookCounts(),
        event_grid_secret,
        token_door,
        refusals,
        on_message or _nobody,
        on_recording or (lambda _: None),
        on_router or _nobody,
        elsewhere,
    )
    return [
        DoorRoute("/eventgrid", webhooks.take_delivery, methods=["POST"], door=Door.EVENT_GRID),
        DoorRoute("/eventgrid", webhooks.shake_hands, methods=["OPTIONS"], door=Door.EVENT_GRID),
        DoorRoute("/acs/callback/{call_id}/{secret}", webhooks.take_callback, methods=["POST"], door=Door.CALLBACK),
    ]


class _Webhooks:
    def __init__(
        self,
        live_calls: LiveCalls,
        counts: WebhookCounts,
        event_grid_secret: str,
        token_door: TokenDoor | None,
        refusals: Refusals,
        on_message: Callable[[TextMessage], Awaitable[object]],
        on_recording: Callable[[RecordingFile], object],
        on_router: Callable[[Sequence[Envelope]], Awaitable[object]],
        elsewhere: Elsewhere | None,
    ) -> None:
        self._elsewhere = elsewhere
        self._on_message = on_message
        self._on_recording = on_recording
        self._on_router = on_router
        self._live_calls = live_calls
        self._counts = counts
        self._event_grid_secret = event_grid_secret
        self._token_door = token_door
        self._refusals = refusals

    async def shake_hands(self, request: Request) -> Response:
        """Tell Event Grid, in CloudEvents' way, that this webhook wants its events."""
        try:
            self._check_event_grid(request)
        except Refused as refused:
            return self._unauthorized(Door.EVENT_GRID, refused.reason)
        origin = request.headers.get("webhook-request-origin", "")
        if not origin:
            return self._refuse("the handshake is incomplete", ["WebHook-Request-Origin is missing"])
        return Response(headers={"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"})

    async def take_delivery(self, request: Request) -> Response:
        """Take what Event Grid delivers.

        503 when this replica does not run any more: Event Grid sends it again after some
        seconds, and another replica may take it.
        """
        try:
            self._check_event_grid(request)
        except Refused as refused:
            return self._unauthorized(Door.EVENT_GRID, refused.reason)
        try:
            delivery = parse_delivery(await _body(request))
        except (MalformedEvent, _TooLong, ClientDisconnect) as error:
            return self._refuse_body(error)
        try:
            for message in delivery.messages:
                await self._on_message(message)
            if delivery.router_events:
                await self._on_router(delivery.router_events)
        except (StoreError, RouterUnavailable):
            return _error(503, "the store does not answer", [], headers={"Retry-After": "10"})
        for file in delivery.recordings:
            self._on_recording(file)
        admissions = [self._live_calls.incoming(call) for call in delivery.calls]
        self._count(delivery, admissions)
        if delivery.validation_code:
            return JSONResponse({"validationResponse": delivery.validation_code})
        if Admission.CLOSED in admissions:
            return _error(503, "no call is taken here now", [], headers={"Retry-After": "10"})
        taken = (delivery.calls, delivery.messages, delivery.recordings, delivery.router_events)
        if delivery.refused and not any(taken):
            return _error(400, "no event could be read", list(delivery.refused))
        return Response()

    async def take_callback(self, request: Request) -> Response:
        """Take what the service says about one call."""
        call_id, secret = request.path_params["call_id"], request.path_params["secret"]
        is_here = self._live_calls.knows(call_id, secret)
        if not is_here and (self._elsewhere is None or not self._live_calls.is_address(call_id, secret)):
            return self._unauthorized(Door.CALLBACK, Refusal.UNKNOWN_ADDRESS)
        try:
            if self._token_door is not None:
                await self._token_door.check(request.headers.getlist("authorization"))
            body = await _body(request)
            events = parse_callbacks(body)
        except Refused as refused:
            return self._unauthorized(Door.CALLBACK, refused.reason, call_id=call_id)
        except (MalformedEvent, _TooLong, ClientDisconnect) as error:
            return self._refuse_body(error)
        unreadable = self._count_callback(events)
        if is_here:
            self._live_calls.callback(call_id, secret, events)
        elif self._elsewhere is not None and len(unreadable) < len(events):
            try:
                await self._elsewhere.tell_callback(call_id, body)
            except StoreError:
                return _error(503, "the store does not answer", [], headers={"Retry-After": "10"})
            self._counts.callbacks_sent_on += 1
        if len(unreadable) == len(events):
            return _error(400, "no event could be read", unreadable)
        return Response()

    def _count_callback(self, events: Sequence[CallbackEvent]) -> list[str]:
        """Why those could not be read that could not."""
        unreadable = [event.reason for event in events if isinstance(event, Ignored) and not event.kind]
        self._counts.callbacks += 1
        self._counts.events_ignored += sum(isinstance(event, Ignored) for event in events) - len(unreadable)
        self._note_refused(unreadable)
        return unreadable

    def _check_event_grid(self, request: Request) -> None:
        """Raises ``Refused``. Each secret is compared in constant time."""
        if not self._event_grid_secret:
            if not _is_this_machine(request):
                raise Refused(Refusal.NOT_THIS_MACHINE)
            return
        given = request.query_params.getlist("secret")
        if not given:
            raise Refused(Refusal.MISSING_SECRET)
        if len(given) > 1:
            raise Refused(Refusal.DOUBLED_SECRET)
        if not hmac.compare_digest(given[0].encode(), self._event_grid_secret.encode()):
            raise Refused(Refusal.WRONG_SECRET)

    def _count(self, delivery: Delivery, admissions: list[Admission]) -> None:
        self._counts.calls_accepted += admissions.count(Admission.ACCEPTED)
        self._counts.calls_duplicate += admissions.count(Admission.DUPLICATE)
        self._counts.calls_turned_away += admissions.count(Admission.REJECTED) + admissions.count(Admission.CLOSED)
        self._counts.messages += len(delivery.messages)
        self._counts.events_ignored += len(delivery.ignored)
        self._note_refused(list(delivery.refused))

    def _note_refused(self, reasons: list[str]) -> None:
        self._counts.events_refused += len(reasons)
        for reason in reasons:
            _log.warning("an event was refused: %s", reason)

    def _unauthorized(self, door: Door, reason: Refusal, *, call_id: str = "") -> Response:
        """One answer for every cause: whoever guesses learns nothing."""
        self._counts.requests_unauthorized += 1
        self._refusals.note(door, reason, call_id=call_id)
        match reason:
            case Refusal.UNKNOWN_ADDRESS:
                status = 404
            case Refusal.KEYS_UNAVAILABLE:
                status = 503  # the token may be good: it may be sent again
            case _:
                status = 401
        return _error(status, "there is nothing here for you", [])

    def _refuse_body(self, error: MalformedEvent | _TooLong | ClientDisconnect) -> Response:
        match error:
            case _TooLong():
                self._note_refused([f"the body is longer than {_LONGEST_BODY_BYTES} bytes"])
                return _error(413, "the body is too long", [f"at most {_LONGEST_BODY_BYTES} bytes"])
            case ClientDisconnect():
                return self._refuse("the request broke off", [])  # nobody reads this
            case _:
                return self._refuse("the body cannot be read", [str(error)])

    def _refuse(self, message: str, details: list[str]) -> Response:
        self._note_refused(details or [message])
        return _error(400, message, details)


def _is_this_machine(request: Request) -> bool:
    """Whether the sender is here; a proxy that is here must tell whom it speaks for."""
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


async def _body(request: Request) -> bytes:
    """Read the body, and no more of it than may be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY_BYTES:
            raise _TooLong
    return bytes(body)


def _error(status: int, message: str, details: list[str], headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": {"message": message, "details": details}}, status_code=status, headers=headers)
