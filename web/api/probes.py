"""The description of routes that stand elsewhere: probes, and live events."""

from collections.abc import Sequence

from pydantic import BaseModel
from starlette.routing import Route

from web.api.call_path import call_parameter
from web.api.models import LivenessGet, ReadinessGet
from web.api.operations import Answer, Operation, Parameter

_EXAMPLE = (
    'event: CallerHeard\ndata: {"call_id":"5f2b7c0e9d3a4b6c8e1f0a2d4c6b8e0f","at":"2026-11-20T09:30:08Z","turn":1,'
    '"text":"In the kitchen.","is_final":true}\n\n'
)


def described_operations(routes: Sequence[Route]) -> list[Operation]:
    """The operations of the routes ``/health/…`` and ``/live…`` among these."""
    return [operation for route in routes for operation in _described(route)]


def _described(route: Route) -> list[Operation]:
    match route.path:
        case "/health/liveness":
            return [_probe(route, "checkLiveness", "Whether the process lives", LivenessGet, is_public=True)]
        case "/health/readiness":
            return [_probe(route, "checkReadiness", "Whether calls may be sent here", ReadinessGet, is_public=False)]
        case "/live":
            return [_live(route, "followCalls", "Follow all calls", [])]
        case "/live/{call_id}":
            by_id = Parameter(
                name="call_id",
                description="The id of a call, also of one that has not begun yet.",
                schema={"type": "string", "pattern": "^[A-Za-z0-9_-]{1,128}$"},
                example=call_parameter().example,
            )
            return [_live(route, "followCall", "Follow one call", [by_id])]
        case _:
            return []


def _probe(route: Route, operation_id: str, summary: str, model: type[BaseModel], *, is_public: bool) -> Operation:
    checks = [] if is_public else [{"id": "accepting_calls", "status": "ok"}, {"id": "store", "status": "ok"}]
    example = {"status": "ok"} | ({"checks": checks} if checks else {})
    answers = {200: Answer(description="Yes.", model=model, example=example)}
    if not is_public:
        answers[503] = Answer(
            description="No: it starts, stops, or something that it needs does not answer.",
            model=model,
            example={"status": "fail", "checks": [{"id": "accepting_calls", "status": "fail"}]},
        )
    return Operation(
        method="GET",
        path=route.path,
        endpoint=route.endpoint,
        operation_id=operation_id,
        tag="health",
        summary=summary,
        answers=answers,
        is_public=is_public,
    )


def _live(route: Route, operation_id: str, summary: str, parameters: list[Parameter]) -> Operation:
    return Operation(
        method="GET",
        path=route.path,
        endpoint=route.endpoint,
        operation_id=operation_id,
        tag="live",
        summary=summary,
        description=(
            "Server-sent events, from now on and until either side closes. Each event is named for what happened "
            "(`CallerHeard`, `AssistantSaid`, `ClaimValueSet`, `ToolCalled`, `ConversationEnded` …); its data is JSON "
            "with `call_id` and `at`. Every 15 seconds without news there is a comment. Whoever cannot keep up loses "
            'the oldest events and is told how many: `RecordsDropped`, `{"count":3}`.'
        ),
        parameters=parameters,
        answers={
            200: Answer(
                description="What happens, as it happens.",
                schema={"type": "string"},
                media_type="text/event-stream",
                example=_EXAMPLE,
            ),
            503: Answer(description="The server is stopping, or too many are listening."),
        },
    )
