"""What Power Platform imports: OpenAPI 2.0, by its validator and by the platform's own rules."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV2SpecValidator

from web.connector_description import connector_document

DOCUMENT = connector_document(public_url="https://calls.example.com", version="1.2")


def schemas(value: Any) -> Iterator[dict[str, Any]]:
    """Every schema of a field, wherever it stands."""
    if isinstance(value, dict):
        for name, each in value.get("properties", {}).items():
            assert isinstance(each, dict), name
            yield each
        for each in value.values():
            yield from schemas(each)
    elif isinstance(value, list):
        for each in value:
            yield from schemas(each)


def test_it_is_openapi_2() -> None:
    """The whole document."""
    assert list(OpenAPIV2SpecValidator(DOCUMENT).iter_errors()) == []


def test_a_broken_document_is_noticed() -> None:
    """The validator is no yes-man."""
    assert list(OpenAPIV2SpecValidator({**DOCUMENT, "paths": {"/x": {"post": {}}}}).iter_errors()) != []


def test_it_keeps_the_rules_of_the_platform() -> None:
    """Title, host, one lock, one operation with a name, a short summary without a stop."""
    title = DOCUMENT["info"]["title"]
    assert len(title) <= 30
    assert "api" not in title.lower()
    assert (DOCUMENT["host"], DOCUMENT["schemes"], DOCUMENT["basePath"]) == (
        "calls.example.com",
        ["https"],
        "/connector",
    )
    assert list(DOCUMENT["securityDefinitions"]) == ["api_key"]
    assert DOCUMENT["securityDefinitions"]["api_key"] | {"description": ""} == {
        "type": "apiKey",
        "in": "header",
        "name": "api-key",
        "description": "",
    }
    ((path, methods),) = DOCUMENT["paths"].items()
    operation = methods["post"]
    assert (path, operation["operationId"]) == ("/chat/completions", "ChatCompletion")
    assert len(operation["summary"]) <= 80
    assert operation["summary"][-1].isalpha()
    assert "/" not in operation["summary"]


def test_it_is_whole_by_itself() -> None:
    """Small, with no reference to elsewhere, no form and no cookie; every answer has a schema."""
    text = json.dumps(DOCUMENT)
    assert len(text) < 1_000_000
    assert all(found.startswith("#/definitions/") for found in re.findall(r'"\$ref": "([^"]*)"', text))
    operations = [operation for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        assert {each["in"] for each in operation["parameters"]} == {"body"}
        assert all(answer["schema"] and answer["description"] for answer in operation["responses"].values())


def test_what_makers_bind_is_flat_and_comes_first() -> None:
    """Plain values, shown at once; what is a list, or nested, is hidden below "advanced"."""
    answer = DOCUMENT["paths"]["/chat/completions"]["post"]["responses"]["200"]["schema"]["properties"]
    shown = {name for name, field in answer.items() if field.get("x-ms-visibility") == "important"}
    assert shown == {"reply", "is_answered"}
    assert {answer[name]["type"] for name in shown} == {"string", "boolean"}
    assert all(answer[name]["x-ms-visibility"] == "advanced" for name in set(answer) - shown)


def test_every_field_has_a_type_and_a_name_for_people() -> None:
    """And there is no choice between schemas, which the platform cannot show."""
    found = list(schemas(DOCUMENT))
    assert len(found) >= 20
    for schema in found:
        assert schema.get("type")
        assert schema.get("x-ms-summary")
    assert not any(word in repr(DOCUMENT) for word in ("oneOf", "anyOf", "nullable"))


@pytest.mark.parametrize(
    ("url", "host", "base", "scheme"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1:8080", "/connector", "http"),
        ("https://example.com/calls/", "example.com", "/calls/connector", "https"),
    ],
)
def test_it_names_the_server_that_gives_it(url: str, host: str, base: str, scheme: str) -> None:
    """As it is reached, with its port and path."""
    document = connector_document(public_url=url, version="1")
    assert (document["host"], document["basePath"], document["schemes"]) == (host, base, [scheme])
