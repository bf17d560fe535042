"""What the API can do: each operation is served and described by the same value.

Operation    one method of one path: who serves it, what it takes, what it answers
Answer       what one status means
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.api.parameters import NoQuery, read_query

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one status means."""

    description: str
    model: type[BaseModel] | None = None
    """Of its JSON."""
    schema: Mapping[str, Any] | None = None
    """Of what is no JSON; with neither, there is no body."""
    media_type: str = "application/json"
    example: Any = None
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Those that matter, each with its description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something in the path or in a header."""

    name: str
    description: str
    schema: Mapping[str, Any]
    example: Any = None
    in_header: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    endpoint: Endpoint
    operation_id: str
    tag: str
    summary: str
    description: str = ""
    answers: Mapping[int, Answer]
    """Those of its own: what every operation may answer is added by the document."""
    query: type[BaseModel] = NoQuery
    """Its fields are the parameters; a parameter that is none of them is refused."""
    parameters: Sequence[Parameter] = ()
    """In path and headers."""
    body: type[BaseModel] | None = None
    body_example: Any = None
    is_public: bool = False
    """Anybody may ask."""


def api_routes(operations: Sequence[Operation]) -> list[Route]:
    """One route for each path, with all of its methods: so that 405 names all of them."""
    paths = dict.fromkeys(operation.path for operation in operations)
    return [_route(path, [each for each in operations if each.path == path]) for path in paths]


def _route(path: str, operations: Sequence[Operation]) -> Route:
    by_method = {operation.method: operation for operation in operations}

    async def serve(request: Request) -> Response:
        operation = by_method["GET" if request.method == "HEAD" else request.method]
        if operation.query is NoQuery:
            read_query(request, NoQuery)
        return await operation.endpoint(request)

    return Route(path, serve, methods=list(by_method))
