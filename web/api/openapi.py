"""The OpenAPI 3.1 document of operations: from the same values that serve them. Pure."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.api.models import ErrorGet
from web.api.operations import Answer, Operation, Parameter

_REF: Final = "#/components/schemas/{model}"
_ERROR_BEGINS: Final = 400
_Mode = Literal["serialization", "validation"]
_SECURITY: Final = ("bearer", "api_key", "session")


def openapi_document(operations: Sequence[Operation], *, version: str, tags: Mapping[str, str]) -> dict[str, Any]:
    """The whole document, as JSON can hold it.

    Args:
        operations: What is described, in this order.
        version: Of the program.
        tags: Each with its description, in the order in which they are shown.
    """
    schemas, references = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        described = _operation(operation, references)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Antiphon",
            "version": version,
            "summary": "Phone calls, answered by an AI assistant.",
            "description": (
                "Calls and what became of them. Names are those of call-center-ai where they mean the same. Every "
                'error has one form: `{"error": {"message": …, "details": […]}}`. A parameter or a field that does '
                "not exist is refused, not ignored."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "This server"}],
        "tags": [{"name": name, "description": description} for name, description in tags.items()],
        "security": [{name: []} for name in _SECURITY],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _security_schemes()},
    }


def _security_schemes() -> dict[str, Any]:
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key (`python server.py key`), or a token of the organisation (Microsoft Entra ID).",
        },
        "api_key": {"type": "apiKey", "in": "header", "name": "api-key", "description": "An API key."},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "antiphon_session",
            "description": "A browser that signed in at `/login`. What changes something must come from our own pages.",
        },
    }


def _schemas(operations: Sequence[Operation]) -> tuple[dict[str, Any], dict[type[BaseModel], dict[str, Any]]]:
    """The schemas by name, and how each model is referred to."""
    shown = [answer.model for each in operations for answer in each.answers.values() if answer.model is not None]
    taken = [each.body for each in operations if each.body is not None]
    models: list[type[BaseModel]] = [ErrorGet, *shown]
    serialized: list[tuple[type[BaseModel], _Mode]] = [(each, "serialization") for each in models]
    validated: list[tuple[type[BaseModel], _Mode]] = [(each, "validation") for each in taken]
    by_model, definitions = models_json_schema(list(dict.fromkeys(serialized + validated)), ref_template=_REF)
    schemas: dict[str, Any] = definitions.get("$defs", {})
    return schemas, {key: by_model[key, mode] for key, mode in dict.fromkeys(serialized + validated)}


def _operation(operation: Operation, references: Mapping[type[BaseModel], Mapping[str, Any]]) -> dict[str, Any]:
    answers = dict(operation.answers)
    for status, answer in _everywhere(operation).items():
        answers.setdefault(status, answer)
    described: dict[str, Any] = {
        "operationId": operation.operation_id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [*map(_parameter, operation.parameters), *_query_parameters(operation.query)],
        "responses": {str(status): _response(status, answers[status], references) for status in sorted(answers)},
    }
    if operation.description:
        described["description"] = operation.description
    if operation.is_public:
        described["security"] = []
    if operation.body is not None:
        content: dict[str, Any] = {"schema": references[operation.body]}
        if operation.body_example is not None:
            content["example"] = operation.body_example
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
    return described


def _everywhere(operation: Operation) -> dict[int, Answer]:
    """What every operation may answer."""
    if operation.is_public:
        return {}
    unavailable = "The store, or who issues tokens, does not answer. Try again after a moment."
    return {
        401: Answer(
            description="A good API key or token is needed.",
            headers={"WWW-Authenticate": "Which scheme is wanted."},
        ),
        422: Answer(description="A parameter is unknown or wrong; each is named."),
        500: Answer(description="Something went wrong here."),
        503: Answer(description=unavailable),
    }


def _response(status: int, answer: Answer, references: Mapping[type[BaseModel], Mapping[str, Any]]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": answer.description}
    if answer.headers:
        described["headers"] = {
            name: {"description": text, "schema": {"type": "string"}} for name, text in answer.headers.items()
        }
    content: dict[str, Any] = {}
    if answer.model is not None:
        content = {"schema": references[answer.model]}
    elif answer.schema is not None:
        content = {"schema": dict(answer.schema)}
    elif status >= _ERROR_BEGINS:
        content = {"schema": references[ErrorGet], "example": _error_example(status, answer)}
    if answer.example is not None:
        content["example"] = answer.example
    if content:
        described["content"] = {answer.media_type: content}
    return described


def _error_example(status: int, answer: Answer) -> dict[str, Any]:
    message = answer.description.partition(".")[0] or HTTPStatus(status).phrase
    return {"error": {"message": message, "details": []}}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    described = {
        "name": parameter.name,
        "in": "header" if parameter.in_header else "path",
        "description": parameter.description,
        "required": not parameter.in_header,
        "schema": dict(parameter.schema),
    }
    return described if parameter.example is None else {**described, "example": parameter.example}


def _query_parameters(query: type[BaseModel]) -> list[dict[str, Any]]:
    schema = query.model_json_schema(mode="validation")
    definitions = schema.get("$defs", {})
    required = schema.get("required", ())
    found = []
    for name, field in schema.get("properties", {}).items():
        own = _plain(field, definitions)
        described = {"name": name, "in": "query", "required": name in required}
        if description := own.pop("description", ""):
            described["description"] = description
        if examples := own.pop("examples", None):
            described["example"] = examples[0]
        found.append({**described, "schema": own})
    return found


def _plain(field: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a parameter: what is not given has no value, and a type stands where it is used."""
    own = {key: value for key, value in field.items() if key != "title"}
    if own.get("default", "") in (None, ""):
        own.pop("default", None)
    choices = [each for each in own.pop("anyOf", ()) if each.get("type") != "null"]
    for choice in choices:
        own |= {key: value for key, value in choice.items() if key != "title"}
    if "$ref" in own:
        definition = definitions[own.pop("$ref").rpartition("/")[2]]
        own |= {key: value for key, value in definition.items() if key not in ("title", "description")}
    return own
