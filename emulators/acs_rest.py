"""Call Automation over REST, as the Azure SDKs call it: a Starlette application.

One small handler for each operation, in tables by what they concern. Each takes a
``SignedRequest`` (its signature and its api-version are good) and returns a
``Reply`` or raises ``RequestRefused``. Operations that POST with a
``Repeatability-Request-ID`` take effect once, however often they are sent.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulators.acs_auth import verify
from emulators.acs_call_operations import CallOperations
from emulators.acs_media_operations import MediaOperations
from emulators.acs_operation import Operation, Reply, SignedRequest
from emulators.acs_participant_operations import ParticipantOperations
from emulators.acs_recording_operations import RecordingOperations
from emulators.acs_requests import bad_request
from emulators.acs_sms_operations import SmsOperations
from emulators.errors import RequestRefused
from emulators.network_faults import RestFault as RestFault  # here for whoever scripts the REST side
from emulators.network_script import NetworkScript
from emulators.recordings import Recordings
from emulators.sms_traffic import SmsTraffic
from emulators.switchboard import Switchboard

REMEMBERED_REQUESTS = 10_000
"""How many Repeatability-Request-IDs are kept; the oldest is forgotten."""
REMEMBERED_REFUSALS = 1_000
"""How many refusals are kept for the reader of a result; later ones are dropped."""


class AcsRest:
    """The REST side of the network.

    Args:
        switchboard: The calls.
        access_key: Base64; requests must be signed with it.
        script: What is to happen to whom is called, and to operations.
        recordings: What is recorded.
        sms: What is sent.
        numbers: The numbers of the resource, which messages may come from; empty for any.
        more_routes: What is served beside, unsigned.
        now: The clock, against which signatures are checked.

    Attributes:
        refusals: What was refused, and why, in order: faults of the server under test.
        faults: Scripted failures that have not happened yet; the first that matches is taken.
    """

    def __init__(
        self,
        switchboard: Switchboard,
        *,
        access_key: str,
        script: NetworkScript | None = None,
        recordings: Recordings | None = None,
        sms: SmsTraffic | None = None,
        numbers: frozenset[str] = frozenset(),
        more_routes: Sequence[BaseRoute] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.refusals: list[str] = []
        self.faults: list[RestFault] = []
        self._switchboard = switchboard
        self._access_key = access_key
        self._now = now
        # Bounded by REMEMBERED_REQUESTS: the oldest is forgotten.
        self._replies: OrderedDict[str, Reply] = OrderedDict()
        operations = [
            *self._table(script or NetworkScript(), recordings or Recordings()),
            *SmsOperations(sms or SmsTraffic(), numbers).table(),
        ]
        # The unknown must stay last: whatever has no handler.
        unknown = Route("/{path:path}", self._unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
        self.app = Starlette(routes=[*map(self._route, operations), *more_routes, unknown])

    def _table(self, script: NetworkScript, recordings: Recordings) -> list[Operation]:
        return [
            *CallOperations(self._switchboard, script).table(),
            *ParticipantOperations(self._switchboard, script).table(),
            *MediaOperations(self._switchboard, script).table(),
            *RecordingOperations(self._switchboard, script, recordings).table(),
        ]

    def _route(self, operation: Operation) -> Route:
        method, path = operation.method, operation.path

        async def endpoint(request: Request) -> Response:
            body = await request.body()
            try:
                self._check(operation, request, body)
                reply = self._perform(operation, request, body)
            except RequestRefused as refused:
                # To ask for a call that is gone is a fair question.
                if method != "GET" or refused.status != 404:
                    self._remember_refusal(f"{method} {path}: {refused.status} {refused}")
                reply = Reply(refused.status, _error_body(refused.code, str(refused)))
            return _response(reply)

        return Route(path, endpoint, methods=[method])

    def _check(self, operation: Operation, request: Request, body: bytes) -> None:
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
        if version not in operation.api_versions:
            raise bad_request(f"api-version: {version or 'missing'} is not supported")

    def _perform(self, operation: Operation, request: Request, body: bytes) -> Reply:
        """Do it, unless a fault is due or it was done before under the same repeatability id."""
        fault = self._take_fault(operation.name)
        if fault is not None and not fault.after_effect:
            return _fault_reply(fault)
        repeatability_id = request.headers.get("repeatability-request-id", "") if request.method == "POST" else ""
        reply = self._replies.get(repeatability_id)
        if reply is None:
            reply = operation.handler(SignedRequest(path_parameters=request.path_params, body=body))
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
        _error_body("TooManyRequests" if fault.status == 429 else "ServiceUnavailable", "A scripted failure."),
        {"Retry-After": str(fault.retry_after_s)},
    )


def _response(reply: Reply) -> Response:
    headers = dict(reply.headers)
    if isinstance(reply.body, bytes):
        return Response(reply.body, status_code=reply.status, headers=headers)
    content = b"" if reply.body is None else msgspec.json.encode(reply.body)
    media_type = "application/json; charset=utf-8" if content else None
    return Response(content, status_code=reply.status, media_type=media_type, headers=headers)
