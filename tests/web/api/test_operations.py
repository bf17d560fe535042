"""Operations become routes."""

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.api.operations import Answer, Operation, api_routes
from web.errors import exception_handlers


def operation(method: str, path: str) -> Operation:
    """One that says what it is."""

    async def serve(request: Request) -> Response:
        return PlainTextResponse(f"{method} {path}")

    answers = {200: Answer(description="Yes.")}
    return Operation(
        method=method, path=path, endpoint=serve, operation_id=f"{method}{path}", tag="t", summary="", answers=answers
    )


async def test_one_path_is_one_route() -> None:
    """Each method reaches its own operation, HEAD that of GET, and what is not served is told with all that is."""
    routes = api_routes([operation("GET", "/a"), operation("GET", "/b"), operation("POST", "/a")])
    assert [route.path for route in routes] == ["/a", "/b"]
    app = Starlette(routes=routes, exception_handlers=exception_handlers())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/a")).text == "GET /a"
        assert (await client.post("/a")).text == "POST /a"
        assert (await client.get("/b")).text == "GET /b"
        assert (await client.head("/a")).status_code == 200
        refused = await client.put("/a")
        assert refused.status_code == 405
        assert {each.strip() for each in refused.headers["allow"].split(",")} == {"GET", "HEAD", "POST"}
        unknown = await client.get("/a?b=1")
        assert (unknown.status_code, unknown.json()["error"]["details"]) == (422, ["b: there is no such parameter"])
