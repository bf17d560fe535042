"""A language model service as OpenAI and Azure show it: chat completions, streamed by a script.

Each request takes the next step. A request without a step is refused and remembered,
a step without a request can be asked for with ``unconsumed``: both fail a test.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, assert_never

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route


@dataclass(frozen=True, slots=True)
class Text:
    """A chunk with text."""

    text: str


@dataclass(frozen=True, slots=True)
class CallPiece:
    """A chunk with a piece of a tool call; ``call_id`` and ``name`` come with the first piece of an index."""

    index: int
    arguments: str = ""
    call_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Raw:
    """An event whose data is sent as it is: what only one service does, or what is broken."""

    data: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is sent for so long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing is sent until ``OpenAIEmulator.release``."""


@dataclass(frozen=True, slots=True)
class Break:
    """The connection is lost."""


Part = Text | CallPiece | Raw | Pause | Hold | Break


@dataclass(frozen=True, slots=True)
class Completion:
    """A step: a completion is streamed."""

    parts: tuple[Part, ...]
    finish_reason: str | None = "stop"
    """None: the stream ends without one."""
    prompt_tokens: int = 11
    completion_tokens: int = 7
    cached_tokens: int = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """A step: the request is refused."""

    status: int
    code: str = "error"
    message: str = "scripted failure"
    headers: Mapping[str, str] = field(default_factory=dict)


Step = Completion | Failure

_HEAD: Final = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "emulated"}


class ConnectionBroken(Exception):
    """Ends a response in the middle, on purpose."""


class OpenAIEmulator:
    """The service; serve ``app`` on loopback, the base URL of the API is ``/v1``.

    Args:
        script: What each request for a completion gets, in order.
        api_key: Requests with another one are refused with 401.
    """

    def __init__(self, script: Sequence[Step] = (), *, api_key: str = "test-key") -> None:
        self._steps = list(script)
        self._api_key = api_key
        self._released = asyncio.Event()
        self.requests: list[dict[str, Any]] = []
        """Bodies of the requests for completions, in order."""
        self.unexpected = 0
        """Requests that found no step."""
        self.abandoned = asyncio.Event()
        """A client left before its completion had been sent."""
        self.peers: list[tuple[str, int]] = []
        """Whence each request came: one port is one connection."""
        self.app = Starlette(
            routes=[
                Route("/v1/chat/completions", self._complete, methods=["POST"]),
                Route("/v1/models", self._list_models, methods=["GET"]),
            ]
        )

    def unconsumed(self) -> tuple[Step, ...]:
        """Steps that no request has taken."""
        return tuple(self._steps)

    def release(self) -> None:
        """Let every ``Hold`` go on, now and later."""
        self._released.set()

    async def _list_models(self, request: Request) -> Response:
        return self._refusal(request) or JSONResponse({"object": "list", "data": []})

    async def _complete(self, request: Request) -> Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        body = await request.json()
        self.requests.append(body)
        if not self._steps:
            self.unexpected += 1
            return _error(500, "unexpected_request", "no step of the script is left")
        step = self._steps.pop(0)
        match step:
            case Failure():
                return _error(step.status, step.code, step.message, step.headers)
            case Completion():
                wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))
                return StreamingResponse(self._events(step, wants_usage), media_type="text/event-stream")
            case _:
                assert_never(step)

    def _refusal(self, request: Request) -> Response | None:
        if request.client is not None:
            self.peers.append((request.client.host, request.client.port))
        if request.headers.get("authorization") != f"Bearer {self._api_key}":
            return _error(401, "invalid_api_key", "Incorrect API key provided")
        return None

    async def _events(self, step: Completion, wants_usage: bool) -> AsyncIterator[str]:
        is_whole = False
        try:
            for part in step.parts:
                match part:
                    case Pause(seconds=seconds):
                        await asyncio.sleep(seconds)
                    case Hold():
                        await self._released.wait()
                    case Break():
                        raise ConnectionBroken
                    case Raw(data=data):
                        yield f"data: {data}\n\n"
                    case _:
                        yield _event({"choices": [{"index": 0, "delta": _delta(part), "finish_reason": None}]})
            if step.finish_reason is not None:
                yield _event({"choices": [{"index": 0, "delta": {}, "finish_reason": step.finish_reason}]})
            if wants_usage:
                yield _event({"choices": [], "usage": _usage(step)})
            yield "data: [DONE]\n\n"
            is_whole = True
        finally:
            if not is_whole:
                self.abandoned.set()


def _delta(part: Text | CallPiece) -> dict[str, Any]:
    match part:
        case Text(text=text):
            return {"role": "assistant", "content": text}
        case CallPiece():
            piece: dict[str, Any] = {"index": part.index, "function": {"arguments": part.arguments}}
            if part.call_id:
                piece |= {"id": part.call_id, "type": "function"}
                piece["function"]["name"] = part.name
            return {"tool_calls": [piece]}
        case _:
            assert_never(part)


def _usage(step: Completion) -> dict[str, Any]:
    return {
        "prompt_tokens": step.prompt_tokens,
        "completion_tokens": step.completion_tokens,
        "total_tokens": step.prompt_tokens + step.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": step.cached_tokens},
    }


def _event(fields: Mapping[str, Any]) -> str:
    return f"data: {json.dumps({**_HEAD, **fields})}\n\n"


def _error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    body = {"error": {"message": message, "type": "error", "param": None, "code": code}}
    return JSONResponse(body, status_code=status, headers=dict(headers or {}))
