"""The addresses that Azure posts to: incoming calls, and what happens in those we answered.

Every request is answered at once; what it sets off is owned by ``LiveCalls`` and does
not depend on the request. A body that cannot be read is refused with its reason: an
envelope ``{"error": {"message", "details"}}``. Reasons name keys, never values.
"""

import hmac
import logging
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from calls.callbacks import Ignored, parse_callbacks
from calls.errors import MalformedEvent
from calls.incoming import Delivery, parse_delivery
from calls.live import Admission, LiveCalls

_LONGEST_BODY_BYTES = 1024 * 1024
"""Event Grid sends at most 1 MB; callbacks are a few kilobytes."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class WebhookCounts:
    """What came in since the start; read by whoever renders metrics."""

    calls_accepted: int = 0
    calls_duplicate: int = 0
    calls_turned_away: int = 0
    """Because this replica was full or closed."""
    callbacks: int = 0
    events_ignored: int = 0
    """Readable events that are none of our business."""
    events_refused: int = 0
    """Bodies or events that could not be read."""
    requests_unauthorized: int = 0
    """With a wrong secret, or for a call that we do not know."""


class _TooLong(Exception):
    """The body is longer than any that Azure sends."""


def webhook_routes(
    live_calls: LiveCalls, *, counts: WebhookCounts | None = None, event_grid_secret: str = ""
) -> list[Route]:
    """Make the routes ``/eventgrid`` and ``/acs/callback/{call_id}/{secret}``.

    Args:
        live_calls: Takes what comes in; open while requests are served.
        counts: Where to count.
        event_grid_secret: When not empty, ``/eventgrid`` wants it as ``?secret=``.
    """
    webhooks = _Webhooks(live_calls, counts or WebhookCounts(), event_grid_secret)
    return [
        Route("/eventgrid", webhooks.take_delivery, methods=["POST"]),
        Route("/eventgrid", webhooks.shake_hands, methods=["OPTIONS"]),
        Route("/acs/callback/{call_id}/{secret}", webhooks.take_callback, methods=["POST"]),
    ]


class _Webhooks:
    def __init__(self, live_calls: LiveCalls, counts: WebhookCounts, event_grid_secret: str) -> None:
        self._live_calls = live_calls
        self._counts = counts
        self._event_grid_secret = event_grid_secret

    async def shake_hands(self, request: Request) -> Response:
        """Tell Event Grid, in CloudEvents' way, that this webhook wants its events."""
        if not self._is_event_grid(request):
            return self._unauthorized(401)
        origin = request.headers.get("webhook-request-origin", "")
        if not origin:
            return self._refuse("the handshake is incomplete", ["WebHook-Request-Origin is missing"])
        return Response(headers={"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"})

    async def take_delivery(self, request: Request) -> Response:
        """Take what Event Grid delivers.

        503 when this replica does not run any more: Event Grid sends it again after some
        seconds, and another replica may take it.
        """
        if not self._is_event_grid(request):
            return self._unauthorized(401)
        try:
            delivery = parse_delivery(await _body(request))
        except (MalformedEvent, _TooLong, ClientDisconnect) as error:
            return self._refuse_body(error)
        admissions = [self._live_calls.incoming(call) for call in delivery.calls]
        self._count(delivery, admissions)
        if delivery.validation_code:
            return JSONResponse({"validationResponse": delivery.validation_code})
        if Admission.CLOSED in admissions:
            return _error(503, "no call is taken here now", [], headers={"Retry-After": "10"})
        if delivery.refused and not delivery.calls:
            return _error(400, "no event could be read", list(delivery.refused))
        return Response()

    async def take_callback(self, request: Request) -> Response:
        """Take what the service says about one call."""
        call_id, secret = request.path_params["call_id"], request.path_params["secret"]
        if not self._live_calls.knows(call_id, secret):
            return self._unauthorized(404)
        try:
            events = parse_callbacks(await _body(request))
        except (MalformedEvent, _TooLong, ClientDisconnect) as error:
            return self._refuse_body(error)
        unreadable = [event.reason for event in events if isinstance(event, Ignored) and not event.kind]
        self._counts.callbacks += 1
        self._counts.events_ignored += sum(isinstance(event, Ignored) for event in events) - len(unreadable)
        self._note_refused(unreadable)
        self._live_calls.callback(call_id, secret, events)
        if len(unreadable) == len(events):
            return _error(400, "no event could be read", unreadable)
        return Response()

    def _is_event_grid(self, request: Request) -> bool:
        given = request.query_params.get("secret", "")
        return not self._event_grid_secret or hmac.compare_digest(given.encode(), self._event_grid_secret.encode())

    def _count(self, delivery: Delivery, admissions: list[Admission]) -> None:
        self._counts.calls_accepted += admissions.count(Admission.ACCEPTED)
        self._counts.calls_duplicate += admissions.count(Admission.DUPLICATE)
        self._counts.calls_turned_away += admissions.count(Admission.REJECTED) + admissions.count(Admission.CLOSED)
        self._counts.events_ignored += len(delivery.ignored)
        self._note_refused(list(delivery.refused))

    def _note_refused(self, reasons: list[str]) -> None:
        self._counts.events_refused += len(reasons)
        for reason in reasons:
            _log.warning("an event was refused: %s", reason)

    def _unauthorized(self, status: int) -> Response:
        """One answer for every cause: whoever guesses learns nothing."""
        self._counts.requests_unauthorized += 1
        _log.warning("a request was refused: its secret is wrong, or its call is not known here")
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
