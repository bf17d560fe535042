"""What stands elsewhere is described as it is."""

from starlette.requests import Request
from starlette.routing import Route

from web.api.probes import described_operations
from web.doors import PUBLIC
from web.health import health_routes
from web.live import LiveFeed, live_routes


def test_probes_and_live_events_are_described() -> None:
    """With their paths and parameters; what is public is described as public, and what is unknown not at all."""

    async def nothing(request: Request) -> None: ...

    routes = [*live_routes(LiveFeed()), *health_routes(checks={}, ready=lambda: True), Route("/other", nothing)]
    described = {operation.path: operation for operation in described_operations(routes)}
    assert set(described) == {"/live", "/live/{call_id}", "/health/liveness", "/health/readiness"}
    assert [each.name for each in described["/live/{call_id}"].parameters] == ["call_id"]
    assert {path for path, operation in described.items() if operation.is_public} == PUBLIC - {"/login"}
    assert described["/live"].answers[200].media_type == "text/event-stream"
    for route in routes[:-1]:
        assert described[route.path].endpoint is route.endpoint
