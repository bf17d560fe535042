"""The description of the API: ``/openapi.json`` for programs, ``/docs`` for people. Both are made once."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from web.api.openapi import openapi_document
from web.api.operations import Operation

_HEADERS = {
    "cache-control": "no-store",
    # The page has neither scripts nor anything from elsewhere.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def tags() -> dict[str, str]:
    """What operations are grouped by."""
    return {
        "calls": "Calls: find them, read them, place them.",
        "reminders": "What is to be done after calls.",
        "recordings": "What was heard and said.",
        "live": "What happens in calls, as it happens.",
        "talk": "Calls from a browser, by WebRTC.",
        "agents": "What human agents do: sign in, take calls, be done with them.",
        "export": "Conversations for fine-tuning, without personal data.",
        "costs": "What calls cost.",
        "health": "Probes.",
    }


def description_routes(operations: Sequence[Operation], *, version: str) -> list[Route]:
    """``/openapi.json`` and ``/docs`` of these operations."""
    document = openapi_document(operations, version=version, tags=tags())
    as_json, page = msgspec.json.encode(document), docs_page(document)

    async def openapi(request: Request) -> Response:
        return Response(as_json, media_type="application/json")

    async def docs(request: Request) -> Response:
        return HTMLResponse(page, headers=_HEADERS)

    return [Route("/openapi.json", openapi), Route("/docs", docs)]


def docs_page(document: Mapping[str, Any]) -> str:
    """An OpenAPI document as a page that needs nothing else, no script either."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent.with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["pretty"] = _pretty
    environment.filters["kind"] = _kind
    environment.filters["ticked"] = _ticked
    operations = [
        {"method": method.upper(), "path": path, **described}
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]
    return environment.get_template("docs.html").render(
        info=document["info"],
        tags=[
            {**tag, "operations": [each for each in operations if each["tags"] == [tag["name"]]]}
            for tag in document["tags"]
        ],
        schemas=document["components"]["schemas"],
        security=document["components"]["securitySchemes"],
    )


def _pretty(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _ticked(text: str) -> Markup:
    """Text in which backticks stand around code."""
    pieces = (Markup("<code>{}</code>") if place % 2 else Markup("{}") for place in range(len(text.split("`"))))
    return Markup("").join(piece.format(part) for piece, part in zip(pieces, text.split("`"), strict=True))


def _kind(schema: Mapping[str, Any]) -> str:
    """A schema in a few words: ``list of CallSummaryGet``, ``text, or none``."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return ", or ".join("none" if each.get("type") == "null" else _kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(str(each) for each in schema["enum"])
    if "const" in schema:
        return f"always {schema['const']}"
    name = {"string": "text", "integer": "whole number", "array": "list", "boolean": "true or false"}.get(
        schema.get("type", "anything"), str(schema.get("type", "anything"))
    )
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    limits = [str(schema["format"])] if "format" in schema else []
    limits += [f"{word} {schema[key]}" for key, word in _LIMITS if key in schema]
    return f"{name} ({', '.join(limits)})" if limits else name


_LIMITS = (
    ("minimum", "from"),
    ("maximum", "to"),
    ("minItems", "at least"),
    ("maxItems", "at most"),
    ("maxLength", "at most"),
    ("default", "default"),
)
