"""The speech-to-speech side of OpenAI's service: the Realtime WebSocket, by a script.

    realtime = RealtimeEmulator([Spoken("Hello. Where did it happen?")], heard=["In Rome."])
    async with OpenAIEmulator(routes=realtime.routes) as service, realtime:
        ...

Each ``response.create`` takes the next ``Spoken``, and each ``input_audio_buffer.commit``
the next text of ``heard``. It is as strict as the service: what that would answer with an
error is answered so, and is a violation. Leaving it raises ``ScriptNotFollowed`` where
there was one, and where a step or a text is left.

Event names are those of the general release. Source: OpenAI's API reference of the
Realtime client and server events, and the Python client's types.
"""

import hmac
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from emulators.realtime_conversation import RealtimeConversation
from emulators.realtime_script import RealtimeScript, Spoken

_PATHS: Final = ("/v1/realtime", "/openai/v1/realtime", "/openai/realtime")


class RealtimeEmulator:
    """The service's script and what it has seen; one for any number of sockets.

    Args:
        script: What each ``response.create`` gets.
        heard: What is understood of each commit; None: the transcription fails.
        api_key: Sockets with another one are refused.
        refuses: So many connections are refused first, with 503.
        repeats: Begin the script again at its end, for ever.
    """

    def __init__(
        self,
        script: Sequence[Spoken] = (),
        *,
        heard: Sequence[str | None] = (),
        api_key: str = "test-key",
        refuses: int = 0,
        repeats: bool = False,
    ) -> None:
        self.script = RealtimeScript(script, heard, repeats=repeats)
        self._api_key = api_key
        self._refuses = refuses
        self.paths: list[str] = []
        """Path and query of each socket that was opened."""
        self.conversations: list[RealtimeConversation] = []
        """What happened on each of them."""
        self.routes: list[BaseRoute] = [WebSocketRoute(path, self._serve) for path in _PATHS]

    @property
    def cuts(self) -> list[tuple[str, int]]:
        """Items that were truncated, to how many milliseconds; -1: deleted. In order, over all sockets."""
        return [cut for conversation in self.conversations for cut in conversation.cuts]

    def check(self) -> None:
        """See that the script was followed.

        Raises:
            ScriptNotFollowed: It was not, or something was done that the service refuses.
        """
        self.script.check()

    async def __aenter__(self) -> Self:
        """Begin; the sockets are served by whoever has the routes."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End; an error within comes out as it is.

        Raises:
            ScriptNotFollowed: See ``check``; only if nothing else went wrong.
        """
        if error is None:
            self.check()

    async def _serve(self, socket: WebSocket) -> None:
        key = socket.headers.get("api-key") or socket.headers.get("authorization", "").removeprefix("Bearer ")
        names_model = "model" in socket.query_params or {"deployment", "api-version"} <= set(socket.query_params)
        if self._refuses:
            self._refuses -= 1
            await _refuse(socket, 503)
        elif not hmac.compare_digest(key, self._api_key):
            await _refuse(socket, 401)
        elif not names_model:
            await _refuse(socket, 404)
        else:
            self.paths.append(f"{socket.url.path}?{socket.url.query}")
            await socket.accept()
            conversation = RealtimeConversation(socket, self.script)
            self.conversations.append(conversation)
            await conversation.run()


async def _refuse(socket: WebSocket, status: int) -> None:
    await socket.send({"type": "websocket.http.response.start", "status": status, "headers": []})
    await socket.send({"type": "websocket.http.response.body", "body": b""})
