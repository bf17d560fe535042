"""Liveness and readiness."""

import asyncio
from collections.abc import Mapping

import httpx2
from starlette.applications import Starlette

from web.health import Check, health_routes


async def get(
    path: str, *, checks: Mapping[str, Check], is_ready: bool = True, timeout_s: float = 60
) -> httpx2.Response:
    """The answer of an application with these checks."""
    app = Starlette(routes=health_routes(checks=checks, ready=lambda: is_ready, timeout_s=timeout_s))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        return await client.get(path)


async def passes() -> None:
    """A check of something that works."""


async def fails() -> None:
    """A check of something that does not."""
    raise ConnectionError("password=secret")


async def hangs() -> None:
    """A check that gets no answer."""
    await asyncio.Event().wait()


async def test_liveness_looks_at_nothing() -> None:
    """The process answers: that is all."""
    response = await get("/health/liveness", checks={"store": fails}, is_ready=False)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.headers["cache-control"] == "no-store"


async def test_ready_when_every_check_passes() -> None:
    """Each check is listed with its result."""
    response = await get("/health/readiness", checks={"store": passes, "speech": passes})
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": [
            {"id": "accepting_calls", "status": "ok"},
            {"id": "store", "status": "ok"},
            {"id": "speech", "status": "ok"},
        ],
    }


async def test_not_ready_when_one_check_fails() -> None:
    """The others are still reported, and the reason is not told to strangers."""
    response = await get("/health/readiness", checks={"store": fails, "speech": passes})
    assert response.status_code == 503
    assert response.json()["status"] == "fail"
    assert response.json()["checks"][1:] == [{"id": "store", "status": "fail"}, {"id": "speech", "status": "ok"}]
    assert "secret" not in response.text


async def test_a_check_that_hangs_has_failed() -> None:
    """It is given up after the timeout, and does not take the others with it."""
    response = await get("/health/readiness", checks={"store": hangs, "speech": passes}, timeout_s=0.01)
    assert response.status_code == 503
    assert response.json()["checks"][1:] == [{"id": "store", "status": "fail"}, {"id": "speech", "status": "ok"}]


async def test_not_ready_while_draining() -> None:
    """The checks are left alone."""
    response = await get("/health/readiness", checks={"store": hangs}, is_ready=False)
    assert response.status_code == 503
    assert response.json() == {"status": "fail", "checks": [{"id": "accepting_calls", "status": "fail"}]}
