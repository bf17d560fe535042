"""A service that is called for help: checks who calls, and answers by a script."""

import asyncio
import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FRESH_S = 300


class EmergencyService:
    """Takes notices at ``/help``; ``answers`` are statuses, or pauses in seconds, of the first requests.

    Written by what ``providers.emergency_webhook`` documents, not with its code.
    """

    def __init__(self, secret: str, *, now_s: float, answers: Sequence[int | float] = ()) -> None:
        self._secret = secret.encode()
        self._now_s = now_s
        self._answers = list(answers)
        self.notices: list[dict[str, Any]] = []
        """Of good requests, those that were refused by the script too."""
        self.refusals: list[str] = []
        """Of bad ones: why."""
        self.keys: list[str] = []
        self.app = Starlette(routes=[Route("/help", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        problem = self._problem(request.headers.get("antiphon-signature", ""), body)
        if request.headers.get("content-type") != "application/json":
            problem = "no JSON"
        if problem:
            self.refusals.append(problem)
            return Response(status_code=401)
        self.keys.append(request.headers["idempotency-key"])
        self.notices.append(msgspec.json.decode(body))
        answer = self._answers.pop(0) if self._answers else 202
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            return Response(status_code=202)
        headers = {"Location": "/help"} if 300 <= answer < 400 else {}
        return Response(status_code=answer, headers=headers)

    def _problem(self, header: str, body: bytes) -> str:
        parts = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", header)
        if parts is None:
            return "no signature"
        if abs(self._now_s - int(parts[1])) > _FRESH_S:
            return "stale"
        expected = hmac.new(self._secret, parts[1].encode() + b"." + body, hashlib.sha256).hexdigest()
        return "" if hmac.compare_digest(expected, parts[2]) else "wrong signature"
