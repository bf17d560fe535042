"""A custom connector for Power Platform: chat completion, answered by this server's assistant.

    GET  /connector/openapi.json          what the platform imports (see ``web.connector_description``)
    POST /connector/chat/completions      the operation ``ChatCompletion``

Who may use it is decided in front of it. The platform shows a maker nothing of an error but its
``error.message``: each reason stands in it. It sends a request again that was answered by 429, 502,
503 or 504; nothing is changed by an answer, so that is safe.
"""

import asyncio
import re
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent.completing import Completing, Completion, Question
from agent.dialogue import Message, Persona
from web.api.parameters import explained
from web.connector_description import connector_document

HOME: Final = "/connector"
_LONGEST_BODY_BYTES: Final = 128 * 1024
_MOST_AT_ONCE: Final = 16
"""Overflow rule: what is beyond is refused at once, and told when to come back."""
_RETRY_AFTER_S: Final = 5
_TIMEOUT_S: Final = 25.0
"""The platform gives up soon after."""
_NO_MODEL: Final = "documents"
"""Stands for the model where none was asked."""
_NOT_KEPT: Final = {"cache-control": "no-store"}
_MOST_REASONS: Final = 5
"""Told of one request; how many more there are is told as a number."""
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?", re.ASCII)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def _some(messages: "tuple[MessagePost, ...]") -> "tuple[MessagePost, ...]":
    # No min_length: it would count those alone that are right.
    if not messages:
        raise ValueError("there must be at least one message")
    return messages


def _language(tag: str) -> str:
    if len(tag) > 35 or not _LANGUAGE.fullmatch(tag):
        raise ValueError("must be the tag of a language, as en or fr-FR")
    return tag


def _whole(is_stream: bool) -> bool:
    if is_stream:
        raise ValueError("answers come as a whole, and cannot be streamed: leave it out, or send false")
    return is_stream


class MessagePost(BaseModel):
    """One message of the conversation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(max_length=8_000), AfterValidator(_not_blank)]


class CompletionPost(BaseModel):
    """What the operation takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    messages: Annotated[tuple[MessagePost, ...], Field(max_length=64), AfterValidator(_some)]
    language: Annotated[str, AfterValidator(_language)] = ""
    stream: Annotated[bool, AfterValidator(_whole)] = False
    """Known, so that clients of language models learn why it is refused."""


class ConnectorError(Exception):
    """A request that is not answered.

    Attributes:
        status: HTTP.
        code: For programs.
        headers: Of the answer.
    """

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}


def connector_routes(
    completing: Completing, *, public_url: str, version: str, timeout_s: float = _TIMEOUT_S
) -> list[Route]:
    """Both routes.

    Args:
        completing: Answers.
        public_url: http(s) URL under which the platform reaches this server.
        version: Of the program.
        timeout_s: For an answer.
    """
    document = connector_document(public_url=public_url, version=version)
    answering = _Answering(completing, timeout_s)

    async def describe(request: Request) -> Response:
        return JSONResponse(document, headers=_NOT_KEPT)

    async def complete(request: Request) -> Response:
        try:
            return JSONResponse(await answering.answer(request), headers=_NOT_KEPT)
        except ConnectorError as error:
            content = {"error": {"code": error.code, "message": str(error)}}
            return JSONResponse(content, status_code=error.status, headers={**_NOT_KEPT, **error.headers})

    return [
        Route(f"{HOME}/openapi.json", describe, methods=["GET"]),
        Route(f"{HOME}/chat/completions", complete, methods=["POST"]),
    ]


class _Answering:
    """Answers so many at once, and refuses the others."""

    def __init__(self, completing: Completing, timeout_s: float, *, now: Callable[[], float] = time.time) -> None:
        self._completing = completing
        self._timeout_s = timeout_s
        self._now = now
        self._at_once = 0

    async def answer(self, request: Request) -> dict[str, Any]:
        """The answer, as JSON can hold it.

        Raises:
            ConnectorError: It is not answered.
        """
        question = question_of(await _body(request))
        if self._at_once >= _MOST_AT_ONCE:
            wait = {"retry-after": str(_RETRY_AFTER_S)}
            raise ConnectorError(429, "TooManyRequests", "Too many questions are being answered. Try again.", wait)
        self._at_once += 1
        try:
            async with asyncio.timeout(self._timeout_s):
                completion = await self._completing.complete(question)
        except TimeoutError as error:
            raise ConnectorError(504, "Timeout", "The answer took too long. Ask again.") from error
        finally:
            self._at_once -= 1
        return shown(completion, identity=uuid.uuid4().hex, at_s=int(self._now()))


def question_of(body: bytes) -> Question:
    """What is asked.

    Args:
        body: JSON, a ``CompletionPost``.

    Raises:
        ConnectorError: It cannot be taken; the message says why, each reason with its field.
    """
    try:
        asked = CompletionPost.model_validate_json(body)
    except ValidationError as error:
        reasons = explained(error, "there is no such field")
        raise ConnectorError(400, "InvalidRequest", f"The request cannot be taken. {_listed(reasons)}") from error
    spoken = [message for message in asked.messages if message.role != "system"]
    if not spoken or spoken[-1].role != "user":
        raise ConnectorError(400, "InvalidRequest", "The last message must be one of the role user.")
    personas = {"user": Persona.CALLER, "assistant": Persona.ASSISTANT}
    return Question(
        text=spoken[-1].content,
        before=tuple(Message(personas[each.role], each.content) for each in spoken[:-1]),
        instructions="\n".join(each.content for each in asked.messages if each.role == "system"),
        language=asked.language,
    )


def shown(completion: Completion, *, identity: str, at_s: int) -> dict[str, Any]:
    """An answer as the operation gives it.

    Args:
        completion: The answer.
        identity: Nobody else's.
        at_s: Now, in seconds since 1970.
    """
    usages = completion.usages
    prompt, written = sum(each.prompt_tokens for each in usages), sum(each.completion_tokens for each in usages)
    return {
        "id": f"chatcmpl-{identity}",
        "object": "chat.completion",
        "created": at_s,
        "model": usages[-1].model if usages else _NO_MODEL,
        "reply": completion.text,
        "is_answered": completion.is_answered,
        "citations": [{"title": each.title, "source": each.source} for each in completion.citations],
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": completion.text},
                "finish_reason": completion.finish.value,
            }
        ],
        "usage": {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written},
    }


async def _body(request: Request) -> bytes:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ConnectorError(415, "UnsupportedMediaType", "The body must be application/json.")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LONGEST_BODY_BYTES:
                raise ConnectorError(413, "RequestTooLarge", f"The body has at most {_LONGEST_BODY_BYTES} bytes.")
    except ClientDisconnect as error:
        raise ConnectorError(400, "InvalidRequest", "The body is not whole.") from error
    return bytes(body)


def _listed(reasons: Iterable[str]) -> str:
    told = [reason[:1].upper() + reason[1:].rstrip(".") + "." for reason in reasons]
    more = [f"And {len(told) - _MOST_REASONS} more."] if len(told) > _MOST_REASONS else []
    return " ".join([*told[:_MOST_REASONS], *more])
