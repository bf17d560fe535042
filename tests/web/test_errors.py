"""Every error has one form."""

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stores.errors import StoreError, StoreUnavailable, UnknownCall
from web.errors import RequestRefused, error_response, exception_handlers


async def answer_to(error: Exception | None, *, method: str = "GET", path: str = "/") -> httpx2.Response:
    """The answer of an application whose one route raises this."""

    async def route(request: Request) -> Response:
        raise error or AssertionError

    app = Starlette(routes=[Route("/", route)], exception_handlers=exception_handlers())
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, path)


@pytest.mark.parametrize(
    ("error", "status", "message", "details"),
    [
        (RequestRefused(422, "No", ["a is missing", "b is odd"]), 422, "No", ["a is missing", "b is odd"]),
        (UnknownCall("call-9"), 404, "There is no such call", []),
        (StoreUnavailable("locked"), 503, "The store does not answer", []),
        (StoreError("odd"), 500, "The store failed", []),
        (ValueError("Dupont said so"), 500, "Something went wrong here", []),
    ],
)
async def test_errors_are_put_into_the_envelope(
    error: Exception, status: int, message: str, details: list[str]
) -> None:
    """Status and message fit the error; the text of an unexpected one stays inside."""
    response = await answer_to(error)
    assert response.status_code == status
    assert response.json() == {"error": {"message": message, "details": details}}


async def test_the_framework_uses_it_too() -> None:
    """An unknown path and a wrong method are no exceptions to the rule."""
    unknown = await answer_to(None, path="/nowhere")
    assert (unknown.status_code, unknown.json()["error"]["message"]) == (404, "Not Found")
    wrong = await answer_to(None, method="DELETE")
    assert (wrong.status_code, wrong.json()["error"]["message"]) == (405, "Method Not Allowed")
    assert "GET" in wrong.headers["allow"]


def test_an_answer_can_be_made_directly() -> None:
    """For routes that do not want to raise."""
    response = error_response(400, "Bad", ["why"], headers={"x-test": "1"})
    assert response.body == b'{"error":{"message":"Bad","details":["why"]}}'
    assert (response.status_code, response.headers["x-test"]) == (400, "1")
