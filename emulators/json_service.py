"""What pretended services have in common that take JSON by POST: a server, faults on order, refusals."""

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulators.loopback import LoopbackServer


@dataclass(frozen=True, slots=True)
class JsonFault:
    """What a request gets instead of its answer."""

    status: int = 500
    body: str = '{"error": {"code": "", "message": "scripted"}}'
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class JsonRefusal(Exception):
    """The service does not take a request."""

    status: int
    message: str


@dataclass(kw_only=True)
class JsonService(ABC):
    """The service, up within ``async with``."""

    port: int = 0
    faults: list[JsonFault] = field(default_factory=list)
    """One for each of the next requests."""
    delay_s: float = 0.0
    """Before each answer."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    """Their bodies, in order."""
    refused: list[JsonRefusal] = field(default_factory=list)
    """Why requests were refused, in order."""

    def __post_init__(self) -> None:
        self.app = Starlette(routes=[Route("/{path:path}", self._answer, methods=["POST"])])
        self._server = LoopbackServer(self.app, port=self.port)

    @property
    def endpoint(self) -> str:
        """Of the service, without a slash."""
        return self._server.endpoint

    async def __aenter__(self) -> Self:
        """Listen."""
        await self._server.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close; an error within comes out as it is."""
        await self._server.__aexit__(kind, error, trace)

    @abstractmethod
    async def checked(self, request: Request) -> dict[str, Any]:
        """The body of a request that the service would take.

        Raises:
            JsonRefusal: It would not.
        """

    def code(self, status: int) -> int | str:
        """What a refusal with this status is called, beside its text."""
        del status
        return ""

    @abstractmethod
    def value(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """What is answered."""

    async def _answer(self, request: Request) -> Response:
        try:
            body = await self.checked(request)
        except JsonRefusal as refusal:
            self.refused.append(refusal)
            told = {"code": self.code(refusal.status), "message": refusal.message}
            return JSONResponse({"error": told}, refusal.status)
        self.requests.append(body)
        await asyncio.sleep(self.delay_s)
        if self.faults:
            fault = self.faults.pop(0)
            return Response(fault.body, fault.status, media_type=fault.media_type)
        return JSONResponse({"value": self.value(body)})
