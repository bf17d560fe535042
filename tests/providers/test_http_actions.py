"""Services that topics ask, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from agent.topics.errors import ActionFailed
from agent.topics.ports import HttpRequest
from providers.http_actions import MOST_BYTES, HttpActions
from tests.support.serving import serving


@dataclass
class Service:
    """Answers by path, and notes what came."""

    came: list[tuple[str, str, dict[str, str], Any, str]] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        """By the last part of the path."""
        body = await request.json() if await request.body() else None
        path = request.scope["raw_path"].decode().partition("/x/")[2]
        self.came.append((request.method, path, dict(request.headers), body, request.url.query))
        match request.path_params["what"]:
            case "json":
                return JSONResponse({"a": [1, "ü"]})
            case "empty":
                return Response(status_code=204)
            case "text":
                return PlainTextResponse("hello")
            case "long":
                return PlainTextResponse("x" * (MOST_BYTES + 1))
            case "away":
                return RedirectResponse("/x/json")
            case "slow":
                await asyncio.sleep(30)
                return JSONResponse({})
            case what:
                return Response(status_code=int(what) if what.isdecimal() else 204)


@asynccontextmanager
async def asking() -> AsyncIterator[tuple[HttpActions, str, Service]]:
    """Who asks, where, and who answers."""
    service = Service()
    route = Route("/x/{what:path}", service.answer, methods=["GET", "POST", "DELETE"])
    async with serving(Starlette(routes=[route])) as address:
        actions = HttpActions({address: {"X-Key": "s3cret"}})
        try:
            yield actions, f"http://{address}/x", service
        finally:
            await actions.close()


def request(url: str, **changes: Any) -> HttpRequest:
    """A look."""
    asked: dict[str, Any] = {"method": "GET", "query": {}, "body": None, "timeout_s": 20.0, "key": "k"} | changes
    return HttpRequest(url=url, **asked)


async def test_a_service_is_asked_as_it_is_written() -> None:
    """With its headers; what was quoted stays quoted, and the query is quoted here."""
    async with asking() as (actions, url, service):
        assert await actions.call(request(f"{url}/json", query={"q": "a b&c=d/ü"})) == {"a": [1, "ü"]}
        await actions.call(request(f"{url}/..%2Fsecret%3Fa"))
        posted = request(f"{url}/empty", method="POST", body={"a": "ü"}, key="k-1")
        assert await actions.call(posted) is None
    (_, first, headers, _, query), (_, second, _, _, _), (method, _, told, body, _) = service.came
    assert (first, query) == ("json", "q=a+b%26c%3Dd/%C3%BC")
    assert second == "..%2Fsecret%3Fa"
    assert headers["x-key"] == "s3cret"
    assert "idempotency-key" not in headers
    assert (method, body, told["idempotency-key"], told["content-type"]) == (
        "POST",
        {"a": "ü"},
        "k-1",
        "application/json",
    )


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("text", "the answer is no JSON"),
        ("long", "the answer is too long"),
        ("away", "the service refused: 307"),
        ("404", "the service refused: 404"),
        ("500", "the service refused: 500"),
    ],
)
async def test_what_is_no_answer_has_failed(what: str, reason: str) -> None:
    """No redirect is followed; the reason repeats nothing of the answer."""
    async with asking() as (actions, url, service):
        with pytest.raises(ActionFailed, match=f"^{reason}$"):
            await actions.call(request(f"{url}/{what}"))
    assert len(service.came) == 1


async def test_what_takes_too_long_has_failed() -> None:
    """A look is tried twice within its time; what may change something is sent once."""
    async with asking() as (actions, url, service):
        for method, times in (("GET", 2), ("POST", 1)):
            service.came.clear()
            with pytest.raises(ActionFailed, match="could not be reached"):
                await actions.call(request(f"{url}/slow", method=method, timeout_s=0.2))
            assert len(service.came) == times


async def test_no_other_host_is_asked() -> None:
    """Neither another port, nor a name that begins like one."""
    async with asking() as (actions, url, service):
        for other in ("http://127.0.0.1:1/x", "http://localhost/x", url.replace("127.0.0.1", "127.0.0.1.example.com")):
            with pytest.raises(ActionFailed, match="the host is not configured"):
                await actions.call(request(other))
    assert service.came == []


async def test_a_service_that_is_away_has_failed() -> None:
    """Nothing listens there."""
    actions = HttpActions({"127.0.0.1:9": {}})
    with pytest.raises(ActionFailed, match="could not be reached"):
        await actions.call(request("http://127.0.0.1:9/"))
    await actions.close()
