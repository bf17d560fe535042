"""Call Automation over REST, as the Azure SDKs call it: a Starlette application.

One small handler for each operation; ``routes`` lists them. Each takes a
``SignedRequest`` (its signature and its api-version are good) and returns a
``Reply`` or raises ``RequestRefused``. Operations that POST with a
``Repeatability-Request-ID`` take effect once, however often they are sent.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulators.acs_auth import verify
from emulators.acs_requests import bad_request, read_answer
from emulators.errors import RequestRefused
from emulators.switchboard import Switchboard

API_VERSIONS = frozenset(
    {
        "2023-03-06",
        "2023-10-15",
        "2024-04-15",
        "2024-09-15",
        "2025-05-15",
        "2025-06-15",
        "2026-03-12",
    }
)
REMEMBERED_REQUESTS = 10_000
"""How many Repeatability-Request-IDs are kept; the oldest is forgotten."""
REMEMBERED_REFUSALS = 1_000
"""How many refusals are kept for the reader of a result; later ones are dropped."""
_CALLS = "/calling/callConnections"


@dataclass(frozen=True, slots=True)
class Reply:
    """What an operation answers: a status, and a JSON object unless it has no content."""

    status: int
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request whose signature was checked."""

    path_parameters: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class RestFault:
    """A failure to happen once, at the next request for an operation.

    ``after_effect`` tells whether the operation has taken place: the answer was
    lost on the way, and a retry must not do it again.
    """

    operation: str
    status: int = 503
    after_effect: bool = False
    retry_after_s: int = 0


Handler = Callable[[SignedRequest], Reply]


class AcsRest:
    """The REST side of the network.

    Attributes:
        refusals: What was refused, and why, in order: faults of the server under test.
        faults: Scripted failures that have not happened yet; the first that matches is taken.
    """

    def __init__(
        self, switchboard: Switchboard, *, access_key: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.refusals: list[str] = []
        self.faults: list[RestFault] = []
        self._switchboard = switchboard
        self._access_key = access_key
        self._now = now
        # Bounded by REMEMBERED_REQUESTS: the oldest is forgotten.
        self._replies: OrderedDict[str, Reply] = OrderedDict()
        self.app = Starlette(routes=self._routes())

    def _routes(self) -> list[Route]:
        return [
            self._route("POST", f"{_CALLS}:answer", "answer", self._answer),
            self._route("POST", f"{_CALLS}/{{id}}:terminate", "terminate", self._hang_up),
            self._route("GET", f"{_CALLS}/{{id}}", "properties", self._properties),
            self._route("DELETE", f"{_CALLS}/{{id}}", "hang_up", self._hang_up),
            # Must stay last: whatever has no handler.
            Route("/{path:path}", self._unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ]

    def _answer(self, request: SignedRequest) -> Reply:
        answer = read_answer(request.body)
        leg = self._switchboard.ringing(answer.incoming_call_context)
        leg.take_answer(answer)
        return Reply(200, leg.properties())

    def _properties(self, request: SignedRequest) -> Reply:
        return Reply(200, self._switchboard.connection(request.path_parameters["id"]).properties())

    def _hang_up(self, request: SignedRequest) -> Reply:
        # In a call of two, leaving and terminating end it alike.
        self._switchboard.connection(request.path_parameters["id"]).hang_up()
        return Reply(204)

    def _route(self, method: str, path: str, operation: str, handler: Handler) -> Route:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            try:
                self._check(request, body)
                reply = self._perform(operation, handler, request, body)
            except RequestRefused as refused:
                # To ask for a call that is gone is a fair question.
                if method != "GET" or refused.status != 404:
                    self._remember_refusal(f"{method} {path}: {refused.status} {refused}")
                reply = Reply(refused.status, _error_body(refused.code, str(refused)))
            return _response(reply)

        return Route(path, endpoint, methods=[method])

    def _check(self, request: Request, body: bytes) -> None:
        """Refuse what is unsigned or of no known api-version."""
        query = request.url.query
        path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii")
        verify(
            method=request.method,
            path_and_query=f"{path}?{query}" if query else path,
            headers=request.headers,
            body=body,
            access_key=self._access_key,
            now=self._now(),
        )
        version = request.query_params.get("api-version", "")
        if version not in API_VERSIONS:
            raise bad_request(f"api-version: {version or 'missing'} is not supported")

    def _perform(self, operation: str, handler: Handler, request: Request, body: bytes) -> Reply:
        """Do it, unless a fault is due or it was done before under the same repeatability id."""
        fault = self._take_fault(operation)
        if fault is not None and not fault.after_effect:
            return _fault_reply(fault)
        repeatability_id = request.headers.get("repeatability-request-id", "") if request.method == "POST" else ""
        reply = self._replies.get(repeatability_id)
        if reply is None:
            reply = handler(SignedRequest(path_parameters=request.path_params, body=body))
            if repeatability_id:
                reply = Reply(reply.status, reply.body, {"Repeatability-Result": "accepted"})
                self._replies[repeatability_id] = reply
                if len(self._replies) > REMEMBERED_REQUESTS:
                    self._replies.popitem(last=False)
        return reply if fault is None else _fault_reply(fault)

    def _take_fault(self, operation: str) -> RestFault | None:
        for fault in self.faults:
            if fault.operation == operation:
                self.faults.remove(fault)
                return fault
        return None

    async def _unknown(self, request: Request) -> Response:
        what = f"{request.method} {request.url.path}"
        self._remember_refusal(f"{what}: 404, no such operation here")
        return _response(Reply(404, _error_body("NotFound", f"{what} is not an operation of this service.")))

    def _remember_refusal(self, refusal: str) -> None:
        if len(self.refusals) < REMEMBERED_REFUSALS:
            self.refusals.append(refusal)


def _error_body(code: str, message: str) -> dict[str, object]:
    return {"error": {"code": code, "message": message}}


def _fault_reply(fault: RestFault) -> Reply:
    return Reply(
        fault.status,
        _error_body("ServiceUnavailable", "A scripted failure."),
        {"Retry-After": str(fault.retry_after_s)},
    )


def _response(reply: Reply) -> Response:
    content = b"" if reply.body is None else msgspec.json.encode(reply.body)
    media_type = "application/json; charset=utf-8" if content else None
    return Response(content, status_code=reply.status, media_type=media_type, headers=dict(reply.headers))
