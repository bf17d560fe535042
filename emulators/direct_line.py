"""A Copilot Studio bot as Direct Line 3.0 shows it: tokens, conversations, activities, the stream, by a script.

    async with DirectLineEmulator([*answers("Hello."), Answer((Says("Goodbye."), Ends()))]) as service:
        # configure the client under test with service.endpoint and service.secret, or service.token_endpoint

Each message of a user, and each ``startConversation``, takes the next answer, whatever conversation it is
of. It is as strict as the service: a request that this would refuse is refused. Leaving it raises
``ScriptNotFollowed`` where an answer or a refusal is left, where a message found none, and where another
text came than the script says. ``python -m emulators.direct_line`` serves it alone.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from emulators.direct_line_conversation import BotLog
from emulators.direct_line_script import Answer, Expires, Refusal, Waits
from emulators.errors import ScriptNotFollowed
from emulators.loopback import LoopbackServer

_API: Final = "/v3/directline"
_PVA: Final = "/powervirtualagents"
_VERSION: Final = "2022-03-01-preview"


_Handler = Callable[[Request], Awaitable[dict[str, Any]]]


class _Refused(Exception):
    """The service does not take a request."""

    def __init__(self, status: int, code: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = headers


class DirectLineEmulator:
    """The service, up within ``async with``.

    Args:
        script: What each message is answered with, in order.
        refusals: Requests that are refused, each the first of its kind.
        secret: Of the bot.
        has_stream: False: conversations have no socket.
        expires_in: What tokens are said to be good for; they expire by ``Expires`` alone.
        keep_alive_s: Between two empty messages of a socket.
        repeats: Each conversation follows the whole script, time and again.
        port: 0 lets the system choose.
    """

    def __init__(
        self,
        script: Sequence[Answer] = (),
        *,
        refusals: Sequence[Refusal] = (),
        secret: str = "direct-line-secret",
        has_stream: bool = True,
        expires_in: float = 1_800,
        keep_alive_s: float = 10.0,
        repeats: bool = False,
        port: int = 0,
    ) -> None:
        self._script = list(script)
        self._repeats = repeats
        self._refusals = list(refusals)
        self.secret = secret
        self._has_stream = has_stream
        self._expires_in = expires_in
        self._keep_alive_s = keep_alive_s
        self._tokens: dict[str, str] = {}
        """What they are good for: a conversation, by id."""
        self._stream_keys: dict[str, str] = {}
        self.logs: dict[str, BotLog] = {}
        """Conversations by id, also those that only have a token."""
        self.requests: list[str] = []
        """Of which kind, in order: as in ``Refusal.operation``."""
        self.texts: list[str] = []
        """What users have said, in order."""
        self.received: list[dict[str, Any]] = []
        """All activities of users, in order."""
        self._faults: list[str] = []
        self.left = asyncio.Event()
        """A user has ended a conversation."""
        one = f"{_API}/conversations/{{conversation_id}}"
        routes = [
            Route(f"{_PVA}/botsbyschema/contoso/directline/token", self._answering("token", self._pva_token)),
            Route(f"{_PVA}/regionalchannelsettings", self._answering("region", self._region)),
            Route(f"{_API}/tokens/generate", self._answering("token", self._generate), methods=["POST"]),
            Route(f"{_API}/tokens/refresh", self._answering("refresh", self._refresh), methods=["POST"]),
            Route(f"{_API}/conversations", self._answering("start", self._start), methods=["POST"]),
            Route(one, self._answering("resume", self._resume)),
            Route(f"{one}/activities", self._answering("poll", self._poll)),
            Route(f"{one}/activities", self._answering("post", self._post), methods=["POST"]),
            WebSocketRoute(f"{one}/stream", self._stream),
        ]
        self._server = LoopbackServer(Starlette(routes=routes), port=port)

    @property
    def endpoint(self) -> str:
        """Of Direct Line, without a path."""
        return self._server.endpoint

    @property
    def token_endpoint(self) -> str:
        """As Copilot Studio shows it."""
        return f"{self.endpoint}{_PVA}/botsbyschema/contoso/directline/token?api-version={_VERSION}"

    def say_unasked(self, answer: Answer) -> None:
        """Let the bot begin by itself, in each conversation."""
        for log in self.logs.values():
            for part in answer.parts:
                log.do(part, "")

    def check(self) -> None:
        """See that the script was followed.

        Raises:
            ScriptNotFollowed: It was not.
        """
        script = () if self._repeats else self._script
        left = [*self._faults, *(f"never happened: {each}" for each in (*script, *self._refusals))]
        if left:
            raise ScriptNotFollowed("; ".join(left))

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
        for log in self.logs.values():
            log.close(1_001)
        await self._server.__aexit__(kind, error, trace)
        if error is None:
            self.check()

    # -- requests ------------------------------------------------------------------------

    def _answering(self, operation: str, answer: _Handler) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            try:
                self._take(operation)
                return JSONResponse(await answer(request), 201 if operation == "start" else 200)
            except _Refused as refused:
                told = {"error": {"code": refused.code, "message": refused.code}}
                return JSONResponse(told, refused.status, refused.headers)

        return handle

    def _take(self, operation: str) -> None:
        self.requests.append(operation)
        for refusal in self._refusals:
            if refusal.operation == operation:
                self._refusals.remove(refusal)
                raise _Refused(refusal.status, "Scripted", refusal.headers)

    async def _pva_token(self, request: Request) -> dict[str, Any]:
        if request.query_params.get("api-version") != _VERSION:
            raise _Refused(400, "ApiVersionUnknown")
        return self._granted(self._log(""))

    async def _region(self, request: Request) -> dict[str, Any]:
        if request.query_params.get("api-version") != _VERSION:
            raise _Refused(400, "ApiVersionUnknown")
        return {"channelUrlsById": {"directline": f"{self.endpoint}/"}}

    async def _generate(self, request: Request) -> dict[str, Any]:
        if _bearer(request) != self.secret:
            raise _Refused(403, "BadArgument")
        user = (await request.json()).get("user", {}).get("id", "")
        if user and not user.startswith("dl_"):
            raise _Refused(400, "BadArgument")
        return self._granted(self._log(user))

    async def _refresh(self, request: Request) -> dict[str, Any]:
        return self._granted(self.logs[self._conversation_of(request)])

    async def _start(self, request: Request) -> dict[str, Any]:
        bearer = _bearer(request)
        log = self._log("") if bearer == self.secret else self.logs[self._conversation_of(request)]
        return self._granted(log) | self._stream_url(log, None)

    async def _resume(self, request: Request) -> dict[str, Any]:
        log, watermark = self._opened(request), _watermark(request)
        return self._granted(log) | self._stream_url(log, watermark)

    async def _poll(self, request: Request) -> dict[str, Any]:
        log = self._opened(request)
        position = _watermark(request) or 0
        return {"activities": log.activities[position:], "watermark": str(len(log.activities))}

    async def _post(self, request: Request) -> dict[str, Any]:
        log, activity = self._opened(request), await request.json()
        sender = activity.get("from", {}).get("id", "")
        if not sender or (log.user_id and sender != log.user_id):
            raise _Refused(403, "BadArgument")
        self.received.append(activity)
        activity_id = log.add(activity)
        if activity["type"] == "endOfConversation":
            self.left.set()
        elif activity["type"] == "message" or activity.get("name") == "startConversation":
            await self._answer(log, activity, activity_id)
        return {"id": activity_id}

    async def _answer(self, log: BotLog, activity: dict[str, Any], activity_id: str) -> None:
        text = activity.get("text", "")
        if activity["type"] == "message":
            self.texts.append(text)
        if not self._script:
            self._faults.append(f"found no answer: {text!r}")
            raise _Refused(502, "BotError")
        step = self._script[log.answered % len(self._script)] if self._repeats else self._script.pop(0)
        log.answered += 1
        if step.to and step.to != text:
            self._faults.append(f"was told {text!r} instead of {step.to!r}")
        for part in step.parts:
            if isinstance(part, Waits):
                await asyncio.sleep(part.seconds)
            elif isinstance(part, Expires):
                self._tokens.clear()
            else:
                log.do(part, activity_id)
        if step.status != 200:
            raise _Refused(step.status, "BotError")

    # -- the stream ----------------------------------------------------------------------

    async def _stream(self, socket: WebSocket) -> None:
        conversation_id = socket.path_params["conversation_id"]
        try:
            self._take("stream")
            if self._stream_keys.pop(socket.query_params.get("t", ""), None) != conversation_id:
                raise _Refused(403, "TokenExpired")  # each address opens one socket
        except _Refused as refused:
            await socket.send({"type": "websocket.http.response.start", "status": refused.status, "headers": []})
            await socket.send({"type": "websocket.http.response.body", "body": b""})
            return
        await socket.accept()
        position = int(socket.query_params.get("watermark", "0"))
        await self.logs[conversation_id].stream(socket, position, keep_alive_s=self._keep_alive_s)

    # -- what is known -------------------------------------------------------------------

    def _log(self, user_id: str) -> BotLog:
        log = BotLog(secrets.token_hex(8), user_id)
        self.logs[log.conversation_id] = log
        return log

    def _granted(self, log: BotLog) -> dict[str, Any]:
        token = secrets.token_urlsafe(16)
        self._tokens[token] = log.conversation_id
        return {"conversationId": log.conversation_id, "token": token, "expires_in": self._expires_in}

    def _stream_url(self, log: BotLog, watermark: int | None) -> dict[str, str]:
        if not self._has_stream:
            return {}
        key = secrets.token_urlsafe(8)
        self._stream_keys[key] = log.conversation_id
        since = "" if watermark is None else f"&watermark={watermark}"
        base = self.endpoint.replace("http", "ws", 1)
        return {"streamUrl": f"{base}{_API}/conversations/{log.conversation_id}/stream?t={key}{since}"}

    def _conversation_of(self, request: Request) -> str:
        found = self._tokens.get(_bearer(request))
        if found is None:
            raise _Refused(403, "TokenExpired")
        return found

    def _opened(self, request: Request) -> BotLog:
        wanted = request.path_params["conversation_id"]
        if _bearer(request) != self.secret and self._conversation_of(request) != wanted:
            raise _Refused(403, "BadArgument")
        if wanted not in self.logs:
            raise _Refused(404, "ConversationNotFound")
        return self.logs[wanted]


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _watermark(request: Request) -> int | None:
    told = request.query_params.get("watermark")
    if told is not None and not told.isdecimal():
        raise _Refused(400, "BadArgument")
    return None if told is None else int(told)


if __name__ == "__main__":
    from emulators.direct_line_cli import main

    raise SystemExit(main())
