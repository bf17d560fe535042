"""Answers of the API."""

from collections.abc import Mapping

from pydantic import BaseModel
from starlette.responses import Response


def json_response(model: BaseModel, *, status_code: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A model as JSON. What calls hold is kept by nobody on the way."""
    return Response(
        model.model_dump_json(),
        status_code=status_code,
        media_type="application/json",
        headers={"cache-control": "no-store", **(headers or {})},
    )
