"""A language model service as OpenAI and Azure show it: chat completions, streamed by a script.

    async with OpenAIEmulator([says("Good morning.")]) as service:
        # configure the client under test with service.base_url (or service.endpoint for Azure) and service.api_key

Each request takes the next step. A request without a step is refused, and leaving the
service raises ``ScriptNotFollowed`` then, and also where a step is left.

It answers on three kinds of paths, as the clients build them: ``/v1/…``, Azure's
``/openai/v1/…`` and ``/openai/deployments/{deployment}/…?api-version=…``.
``python -m emulators.openai`` serves it alone; ``emulators.openai_realtime`` is its
speech-to-speech side.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, assert_never

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from emulators import openai_events as wire
from emulators.errors import ScriptNotFollowed
from emulators.loopback import LoopbackServer
from emulators.openai_script import (
    AsyncFilter,
    Break,
    Completion,
    Failure,
    Hold,
    Pause,
    PromptBlocked,
    PromptFilter,
    Raw,
    Silence,
    Step,
)


class ConnectionBroken(Exception):
    """Ends a response in the middle, on purpose."""


class OpenAIEmulator:
    """The service, up within ``async with`` (or serve ``app`` on loopback).

    Args:
        script: What each request for a completion gets, in order.
        answer: Instead of a script: what a request gets, by its body.
        api_key: Requests with another one are refused with 401; as a bearer token, or in Azure's header.
        repeats: Begin the script again at its end, for ever.
        routes: What else is served at the same address.
        port: 0 lets the system choose.
    """

    def __init__(
        self,
        script: Sequence[Step] = (),
        *,
        answer: Callable[[Mapping[str, Any]], Step] | None = None,
        api_key: str = "test-key",
        repeats: bool = False,
        routes: Sequence[BaseRoute] = (),
        port: int = 0,
    ) -> None:
        self._script = tuple(script)
        self._steps = list(script)
        self._answer = answer
        self._repeats = repeats
        self.api_key = api_key
        self._released = asyncio.Event()
        self.requests: list[dict[str, Any]] = []
        """Bodies of the requests for completions, in order."""
        self.paths: list[str] = []
        """Path and query of each of these."""
        self.unexpected = 0
        """Requests that found no step."""
        self.abandoned = asyncio.Event()
        """A client left before its completion had been sent."""
        self.abandoned_count = 0
        self.peers: list[tuple[str, int]] = []
        """Whence each request came: one port is one connection."""
        azure, models = "/openai/deployments/{deployment}/chat/completions", ("/v1/models", "/openai/v1/models")
        completions = ("/v1/chat/completions", "/openai/v1/chat/completions", azure)
        self.app = Starlette(
            routes=[
                *(Route(path, self._complete, methods=["POST"]) for path in completions),
                *(Route(path, self._list_models, methods=["GET"]) for path in (*models, "/openai/models")),
                *routes,
            ]
        )
        self._server = LoopbackServer(self.app, port=port)

    @property
    def endpoint(self) -> str:
        """What Azure calls the resource's endpoint: no slash at the end."""
        return self._server.endpoint

    @property
    def base_url(self) -> str:
        """What OpenAI's clients take."""
        return f"{self._server.endpoint}/v1"

    def unconsumed(self) -> tuple[Step, ...]:
        """Steps that no request has taken."""
        return () if self._repeats else tuple(self._steps)

    def release(self) -> None:
        """Let every ``Hold`` and ``Silence`` go on, now and later."""
        self._released.set()

    def check(self) -> None:
        """See that the script was followed.

        Raises:
            ScriptNotFollowed: A step is left, or a request found none.
        """
        if self.unexpected:
            raise ScriptNotFollowed(f"{self.unexpected} requests found no step")
        if self.unconsumed():
            raise ScriptNotFollowed(f"never asked for: {self.unconsumed()}")

    async def __aenter__(self) -> Self:
        """Listen."""
        await self._server.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close; an error within comes out as it is.

        Raises:
            ScriptNotFollowed: See ``check``; only if nothing else went wrong.
        """
        self.release()
        await self._server.__aexit__(kind, error, trace)
        if error is None:
            self.check()

    async def _list_models(self, request: Request) -> Response:
        return self._refusal(request) or JSONResponse({"object": "list", "data": []})

    async def _complete(self, request: Request) -> Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        body = await request.json()
        self.requests.append(body)
        self.paths.append(f"{request.url.path}?{request.url.query}".rstrip("?"))
        is_azure = "deployment" in request.path_params
        if is_azure and not request.query_params.get("api-version"):
            return wire.error(404, "404", "Resource not found")
        step = self._next_step() if self._answer is None else self._answer(body)
        match step:
            case None:
                self.unexpected += 1
                return wire.error(500, "unexpected_request", "no step of the script is left")
            case Failure():
                await asyncio.sleep(step.delay_s)
                return wire.error(step.status, step.code, step.message, step.headers)
            case PromptBlocked():
                return wire.prompt_blocked(step)
            case Silence():
                await self._released.wait()
                return wire.error(503, "released", "the silence is over")
            case Completion():
                wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))
                events = self._events(step, wants_usage=wants_usage, is_azure=is_azure)
                return StreamingResponse(events, media_type="text/event-stream")
            case _:
                assert_never(step)

    def _next_step(self) -> Step | None:
        if not self._steps:
            return None
        step = self._steps.pop(0)
        if self._repeats and not self._steps:
            self._steps = list(self._script)
        return step

    def _refusal(self, request: Request) -> Response | None:
        if request.client is not None:
            self.peers.append((request.client.host, request.client.port))
        keys = (request.headers.get("authorization", "").removeprefix("Bearer "), request.headers.get("api-key"))
        if self.api_key not in keys:
            return wire.error(401, "invalid_api_key", "Incorrect API key provided")
        return None

    async def _events(self, step: Completion, *, wants_usage: bool, is_azure: bool) -> AsyncIterator[str]:
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
                        yield wire.event(data)
                    case PromptFilter():
                        yield wire.prompt_filter()
                    case AsyncFilter():
                        yield wire.async_filter(part)
                    case _:
                        yield wire.chunk(part, is_azure=is_azure)
            if step.finish_reason is not None:
                yield wire.last_chunk(step.finish_reason, is_azure=is_azure)
            if wants_usage:
                yield wire.usage(step)
            if not step.is_closed:
                await self._released.wait()
            yield wire.DONE
            is_whole = True
        finally:
            if not is_whole:
                self.abandoned_count += 1
                self.abandoned.set()


if __name__ == "__main__":
    from emulators.openai_cli import main

    raise SystemExit(main())
