"""Whether the process lives, and whether it may be given calls.

A check's error is not shown, only that it failed: probes are asked by anybody.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Check = Callable[[], Awaitable[object]]
"""Raises when what it looks at does not work."""


def health_routes(*, checks: Mapping[str, Check], ready: Callable[[], bool], timeout_s: float = 2.0) -> list[Route]:
    """``/health/liveness`` and ``/health/readiness``.

    Args:
        checks: By id; run at once, at every request.
        ready: False while starting and draining: then no checks are run.
        timeout_s: A check that takes longer has failed.
    """

    async def liveness(request: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers=_NOT_KEPT)

    async def readiness(request: Request) -> Response:
        if not ready():
            return _answer(False, {"accepting_calls": False})
        async with asyncio.TaskGroup() as group:
            running = {
                check_id: group.create_task(_passes(check, timeout_s), name=f"check {check_id}")
                for check_id, check in checks.items()
            }
        results = {"accepting_calls": True} | {check_id: task.result() for check_id, task in running.items()}
        return _answer(all(results.values()), results)

    return [Route("/health/liveness", liveness), Route("/health/readiness", readiness)]


_NOT_KEPT = {"cache-control": "no-store"}


def _answer(is_ready: bool, results: Mapping[str, bool]) -> Response:
    content = {
        "status": _word(is_ready),
        "checks": [{"id": check_id, "status": _word(passed)} for check_id, passed in results.items()],
    }
    return JSONResponse(content, status_code=200 if is_ready else 503, headers=_NOT_KEPT)


def _word(passed: bool) -> str:
    return "ok" if passed else "fail"


async def _passes(check: Check, timeout_s: float) -> bool:
    try:
        async with asyncio.timeout(timeout_s):
            await check()
    except Exception:  # noqa: BLE001 - the root of a task, and any failure means the same
        return False
    return True
