"""The OpenAPI document."""

import re
from typing import Annotated, Any

import jsonschema_rs
import msgspec
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from stores.records import Satisfaction
from web.api.models import LivenessGet
from web.api.openapi import openapi_document
from web.api.operations import Answer, Operation, Parameter
from web.api.parameters import Flag, PageSize


class Query(BaseModel):
    """Of each kind of field."""

    model_config = ConfigDict(extra="forbid")

    needed: str
    flag: Annotated[Flag | None, Field(description="Or not.")] = None
    how: Satisfaction | None = None
    limit: PageSize = 50


class Body(BaseModel):
    """What is sent."""

    name: Annotated[str, Field(max_length=5)]


async def serve(request: Request) -> Response:
    """Nothing."""
    raise AssertionError


POST = Operation(
    method="POST",
    path="/thing/{id}",
    endpoint=serve,
    operation_id="makeThing",
    tag="things",
    summary="Make it",
    query=Query,
    parameters=[
        Parameter(name="id", description="Which.", schema={"type": "string"}, example="a"),
        Parameter(name="X-Key", description="Once.", schema={"type": "string"}, in_header=True),
    ],
    body=Body,
    body_example={"name": "a"},
    answers={
        201: Answer(description="Made.", model=LivenessGet, example={"status": "ok"}, headers={"Location": "Where."}),
        409: Answer(description="It is there. Look."),
    },
)
GET = Operation(
    method="GET",
    path="/thing/{id}",
    endpoint=serve,
    operation_id="getThing",
    tag="things",
    summary="Get it",
    answers={200: Answer(description="Sound.", schema={"type": "string"}, media_type="audio/wav")},
    is_public=True,
)


def document() -> dict[str, Any]:
    """Of both."""
    made = openapi_document([POST, GET], version="1.2.3", tags={"things": "Things."})
    decoded: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(made))
    return decoded


def test_operations_stand_under_their_paths() -> None:
    """With what they take and answer, their own and what every operation may."""
    described = document()["paths"]["/thing/{id}"]
    post = described["post"]
    assert [(each["name"], each["in"], each["required"]) for each in post["parameters"]] == [
        ("id", "path", True),
        ("X-Key", "header", False),
        ("needed", "query", True),
        ("flag", "query", False),
        ("how", "query", False),
        ("limit", "query", False),
    ]
    assert set(post["responses"]) == {"201", "401", "409", "422", "500", "503"}
    assert post["responses"]["409"]["content"]["application/json"]["example"] == {
        "error": {"message": "It is there", "details": []}
    }
    assert post["responses"]["201"]["headers"]["Location"]["description"] == "Where."
    assert post["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Body"}
    get = described["get"]
    assert (get["security"], set(get["responses"])) == ([], {"200"})
    assert get["responses"]["200"]["content"] == {"audio/wav": {"schema": {"type": "string"}}}


def test_parameters_have_plain_schemas() -> None:
    """What is not given has no value: a query knows no null; types stand where they are used."""
    found = {each["name"]: each["schema"] for each in document()["paths"]["/thing/{id}"]["post"]["parameters"]}
    assert found["flag"] == {"type": "boolean"}
    assert found["limit"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
    assert found["how"] == {"type": "string", "enum": [each.value for each in Satisfaction]}


def test_references_lead_somewhere() -> None:
    """And what they lead to takes the examples."""
    made = document()
    text = msgspec.json.encode(made).decode()
    names = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert names
    assert names <= made["components"]["schemas"].keys()
    schema = made["components"]["schemas"]["LivenessGet"]
    assert jsonschema_rs.is_valid(schema, {"status": "ok"})
    assert not jsonschema_rs.is_valid(schema, {"status": "bad"})


def test_who_may_ask_is_told() -> None:
    """By a key, a token, or a session."""
    made = document()
    assert [*made["security"]] == [{"bearer": []}, {"api_key": []}, {"session": []}]
    assert made["components"]["securitySchemes"]["api_key"]["name"] == "api-key"
    assert (made["openapi"], made["info"]["version"]) == ("3.1.0", "1.2.3")
