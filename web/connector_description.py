"""What Power Platform imports to make a custom connector: OpenAPI 2.0, as it takes it. Pure.

Its rules: a title of at most 30 characters without the word API, one host, one security
definition, a summary of at most 80 characters without a stop, every field with a type and an
``x-ms-summary``, no choice between schemas. ``reply`` stands beside the usual ``choices``: a
maker binds a plain text to a variable, and nothing within a list.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

Schema = dict[str, Any]

_IMPORTANT: Final = {"x-ms-visibility": "important"}
_ADVANCED: Final = {"x-ms-visibility": "advanced"}


def connector_document(*, public_url: str, version: str) -> dict[str, Any]:
    """The whole document, as JSON can hold it.

    Args:
        public_url: http(s) URL under which the platform reaches this server.
        version: Of the program.
    """
    parts = urlsplit(public_url)
    return {
        "swagger": "2.0",
        "info": {
            "title": "Antiphon",
            "description": "Answers questions as the assistant does that takes your calls: from your documents, "
            "and by your language model where one is configured.",
            "version": version,
        },
        "host": parts.netloc,
        "basePath": f"{parts.path.rstrip('/')}/connector",
        "schemes": [parts.scheme],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "securityDefinitions": {
            "api_key": {"type": "apiKey", "in": "header", "name": "api-key", "description": "A key of the server."}
        },
        "security": [{"api_key": []}],
        "paths": {"/chat/completions": {"post": _operation()}},
        "definitions": {"Error": _error()},
    }


def _operation() -> dict[str, Any]:
    return {
        "operationId": "ChatCompletion",
        "summary": "Chat completion",
        "description": "Answers the last message of the user, as a whole.",
        **_IMPORTANT,
        "parameters": [{"name": "body", "in": "body", "required": True, "schema": _asked()}],
        "responses": {
            "200": {"description": "The answer.", "schema": _answered()},
            **{
                str(status): {"description": text, "schema": {"$ref": "#/definitions/Error"}}
                for status, text in _errors().items()
            },
        },
    }


def _errors() -> Mapping[int, str]:
    return {
        400: "The request cannot be taken; the message says why.",
        401: "A good key is needed.",
        413: "The body is too long.",
        415: "The body must be application/json.",
        429: "Too many questions are being answered.",
        500: "Something went wrong in the server.",
        504: "The answer took too long.",
    }


def _asked() -> Schema:
    role = _text("Role", "Who says it: system tells who the assistant is to be, for this answer.", **_IMPORTANT)
    role |= {"enum": ["system", "user", "assistant"], "default": "user"}
    content = _text("Content", "What is said.", **_IMPORTANT) | {"maxLength": 8_000, "minLength": 1}
    message = _object({"role": role, "content": content}, "Message", required=("role", "content"))
    messages = {
        "type": "array",
        "x-ms-summary": "Messages",
        "description": "The conversation, oldest first; the last one is the user's.",
        **_IMPORTANT,
        "minItems": 1,
        "maxItems": 64,
        "items": message,
    }
    language = _text("Language", "To answer in, as fr-FR; the server's own where it is empty.", **_ADVANCED)
    return _object({"messages": messages, "language": language}, "Question", required=("messages",))


def _answered() -> Schema:
    message = _object(
        {"role": _text("Role", "Always assistant."), "content": _text("Content", "The answer.")}, "Message"
    )
    choice = _object(
        {
            "index": _number("Index", "Always 0."),
            "message": message,
            "finish_reason": _text("Finish reason", "stop, or content_filter where the answer was declined."),
        },
        "Choice",
    )
    citation = _object(
        {"title": _text("Title", "Of the document."), "source": _text("Source", "File or address, and place.")},
        "Citation",
    )
    usage = _object(
        {
            "prompt_tokens": _number("Prompt tokens", "Of what the model was told."),
            "completion_tokens": _number("Completion tokens", "Of what it has written."),
            "total_tokens": _number("Total tokens", "Both."),
        },
        "Usage",
    )
    return _object(
        {
            "reply": _text("Reply", "The answer.", **_IMPORTANT),
            "is_answered": {
                "type": "boolean",
                "x-ms-summary": "Is answered",
                "description": "False where nothing could be answered; the reply says so.",
                **_IMPORTANT,
            },
            "citations": _list("Citations", "The documents that it rests on.", citation, **_ADVANCED),
            "choices": _list("Choices", "The same answer, as language models give it.", choice, **_ADVANCED),
            "usage": usage | _ADVANCED,
            "id": _text("Id", "Of this answer.", **_ADVANCED),
            "object": _text("Object", "Always chat.completion.", **_ADVANCED),
            "created": _number("Created", "Seconds since 1970.", **_ADVANCED) | {"format": "int64"},
            "model": _text("Model", "Which model has answered; documents, where none was asked.", **_ADVANCED),
        },
        "Answer",
    )


def _error() -> Schema:
    inner = {"code": _text("Code", "For programs."), "message": _text("Message", "What went wrong.")}
    return _object({"error": _object(inner, "Error")}, "Error answer")


def _text(summary: str, description: str, **more: str) -> Schema:
    return {"type": "string", "x-ms-summary": summary, "description": description, **more}


def _number(summary: str, description: str, **more: str) -> Schema:
    return {"type": "integer", "format": "int32", "x-ms-summary": summary, "description": description, **more}


def _list(summary: str, description: str, items: Schema, **more: str) -> Schema:
    return {"type": "array", "x-ms-summary": summary, "description": description, "items": items, **more}


def _object(properties: Mapping[str, Schema], summary: str, *, required: tuple[str, ...] = ()) -> Schema:
    schema: Schema = {"type": "object", "x-ms-summary": summary, "properties": dict(properties)}
    return schema | ({"required": list(required)} if required else {})
