"""The one form in which the API says that something went wrong.

``{"error": {"message": str, "details": [str]}}``, with the HTTP status that fits.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stores.errors import StoreError, StoreUnavailable, UnknownCall

ExceptionHandlers = dict[Any, Callable[[Request, Exception], Awaitable[Response]]]


class RequestRefused(HTTPException):
    """A request that cannot be served, and each reason why."""

    def __init__(
        self, status_code: int, message: str, details: Iterable[str] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status_code, message, headers)
        self.details = tuple(details)


def error_response(
    status_code: int, message: str, details: Iterable[str] = (), headers: dict[str, str] | None = None
) -> JSONResponse:
    """An answer in the envelope."""
    content = {"error": {"message": message, "details": list(details)}}
    return JSONResponse(content, status_code=status_code, headers=headers)


def exception_handlers() -> ExceptionHandlers:
    """Handlers for ``Starlette(exception_handlers=…)``: every error in the envelope.

    An error that nobody expected is answered without a word of its text and then raised
    again by Starlette, so that the server logs it.
    """
    return {HTTPException: _http, StoreError: _store, Exception: _unexpected}


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    details = error.details if isinstance(error, RequestRefused) else ()
    headers = dict(error.headers) if error.headers else None
    return error_response(error.status_code, error.detail, details, headers)


async def _store(request: Request, error: Exception) -> Response:
    if isinstance(error, UnknownCall):
        return error_response(404, "There is no such call")
    if isinstance(error, StoreUnavailable):
        return error_response(503, "The store does not answer", headers={"retry-after": "5"})
    return error_response(500, "The store failed")


async def _unexpected(request: Request, error: Exception) -> Response:
    return error_response(500, "Something went wrong here")
