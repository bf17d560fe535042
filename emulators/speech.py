"""The Azure Speech service on loopback: recognition and synthesis for the service's own SDK.

``SpeechConfig(host=emulator.endpoint)`` is all that a client needs. Recognition hears
through any engine that satisfies our port, our local one or a script; synthesis speaks
through any voice. What the service would refuse is refused and remembered: leaving the
``async with`` raises what a client did wrong and what the script has left.

Alone: ``python -m emulators.speech --help``.
"""

import asyncio
import http
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qsl, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as Upgrade
from websockets.http11 import Response

from emulators.errors import ProtocolViolation, UnconsumedFault
from emulators.speech_recognition import PRE_ROLL_MS, Heard, RecognitionSocket
from emulators.speech_script import Fault, Faults, Lost, ScriptedSpeechToText
from emulators.speech_synthesis import Request, SynthesisSocket
from emulators.speech_usp import RECOGNITION_PATHS, SYNTHESIS_PATHS, read_frame
from pipeline.ports import SpeechToText, TextToSpeech

_RECOGNITION: Final = frozenset(
    f"{prefix}/speech/recognition/{mode}/cognitiveservices/v1"
    for prefix in ("", "/stt")
    for mode in ("conversation", "interactive", "dictation")
) | {"/stt/speech/universal/v2", "/speech/universal/v2"}
_SYNTHESIS: Final = frozenset(
    f"{prefix}/cognitiveservices/websocket/{version}" for prefix in ("", "/tts") for version in ("v1", "v2")
)
_HEADERS: Final = frozenset(
    {
        *("host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol"),
        *("x-connectionid", "user-agent", "ocp-apim-subscription-key", "authorization", "origin"),
    }
)
_QUERY: Final = frozenset(
    {
        *("language", "format", "wordleveltimestamps", "wordlevelconfidence", "initialsilencetimeoutms", "cid"),
        *("endsilencetimeoutms", "stableintermediatethreshold", "profanity", "postprocessing", "lidenabled"),
        *("deploymentid", "lidmode"),
    }
)


class SpeechEmulator:
    """The service, up within ``async with``. Enter and leave it in the same task.

    Args:
        ears: What hears; None refuses recognition.
        voice: What speaks; None refuses synthesis.
        key: Upgrades must carry it, or a token among ``tokens``; empty takes everybody.
        tokens: What ``Authorization: Bearer`` may carry.
        port: 0 lets the system choose.
        recognition_faults: For connections of recognition, in order.
        synthesis_faults: For upgrades and requests of synthesis, in order.
        spoken_language: Told to clients that let the language be found among several.
    """

    def __init__(
        self,
        *,
        ears: SpeechToText | None = None,
        voice: TextToSpeech | None = None,
        key: str = "",
        tokens: frozenset[str] = frozenset(),
        port: int = 0,
        recognition_faults: Sequence[Fault] = (),
        synthesis_faults: Sequence[Fault] = (),
        spoken_language: str = "en-US",
    ) -> None:
        self._ears = ears
        self._voice = voice
        self._key = key
        self.tokens = tokens
        self._port = port
        self.recognition_faults = Faults(recognition_faults)
        self.synthesis_faults = Faults(synthesis_faults)
        self.spoken_language = spoken_language
        self.heard: list[Heard] = []
        """Connections of recognition, in order."""
        self.requests: list[Request] = []
        """Requests for synthesis, in order."""
        self.upgrades: list[str] = []
        """Paths of all upgrades that were asked for, refused ones too."""
        self.queries: list[dict[str, str]] = []
        """Of the upgrades, by names in small letters."""
        self.complaints: list[str] = []
        """What clients did that the service does not know."""
        self._open: list[ServerConnection] = []
        self._server: Server | None = None

    @property
    def endpoint(self) -> str:
        """``ws://127.0.0.1:port``: the SDK's ``host``."""
        return f"ws://127.0.0.1:{self._port}"

    @property
    def connections(self) -> int:
        """Sockets that are open now."""
        return len(self._open)

    async def __aenter__(self) -> Self:
        """Listen.

        Raises:
            OSError: The port is taken.
        """
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            self._port,
            process_request=self._admit,
            compression=None,
            max_size=None,
            ping_interval=None,
        )
        self._port = next(iter(self._server.sockets)).getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and close every connection.

        Raises:
            ProtocolViolation: A client did what the service does not take.
            UnconsumedFault: The script was not played to its end. Neither, when something else went wrong.
        """
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        if error is None:
            self.check()

    def check(self) -> None:
        """Raise what went wrong so far, as leaving does."""
        if self.complaints:
            raise ProtocolViolation("; ".join(self.complaints))
        left: list[object] = [*self.recognition_faults.unconsumed(), *self.synthesis_faults.unconsumed()]
        if isinstance(self._ears, ScriptedSpeechToText):
            left += self._ears.unconsumed()
            if self._ears.unexpected:
                raise ProtocolViolation(f"{self._ears.unexpected} stretches of speech are not in the script")
        if left:
            raise UnconsumedFault(f"never happened: {left}")

    def kill(self, *, close_code: int | None = None) -> None:
        """Lose every connection now: reset, or closed with a code."""
        for connection in tuple(self._open):
            if close_code is None:
                connection.transport.abort()
            else:
                connection.protocol.send_close(close_code, "killed by the test")
                for data in connection.protocol.data_to_send():
                    connection.transport.write(data)

    # -- upgrades -----------------------------------------------------------------------

    def _admit(self, connection: ServerConnection, upgrade: Upgrade) -> Response | None:
        parts = urlsplit(upgrade.path)
        self.upgrades.append(parts.path)
        self.queries.append({name.lower(): value for name, value in parse_qsl(parts.query)})
        unknown = [name for name in upgrade.headers if name.lower() not in _HEADERS]
        unknown += [name for name in self.queries[-1] if name not in _QUERY]
        is_recognition, is_synthesis = parts.path in _RECOGNITION, parts.path in _SYNTHESIS
        if not (is_recognition and self._ears) and not (is_synthesis and self._voice):
            return self._complain(connection, 404, f"nothing is served at {parts.path}")
        if unknown:
            return self._complain(connection, 400, f"unknown in the upgrade of {parts.path}: {unknown}")
        refused = (self.recognition_faults if is_recognition else self.synthesis_faults).next_refusal()
        if refused is not None:
            return connection.respond(http.HTTPStatus(refused.status), "refused by the script")
        if self._key or self.tokens:
            token = upgrade.headers.get("Authorization", "").removeprefix("Bearer ")
            has_key = bool(self._key) and upgrade.headers.get("Ocp-Apim-Subscription-Key") == self._key
            if not has_key and token not in self.tokens:
                return connection.respond(http.HTTPStatus.UNAUTHORIZED, "the key is wrong")
        return None

    def _complain(self, connection: ServerConnection, status: int, reason: str) -> Response:
        self.complaints.append(reason)
        return connection.respond(http.HTTPStatus(status), reason)

    # -- connections ----------------------------------------------------------------------

    async def _serve(self, connection: ServerConnection) -> None:
        self._open.append(connection)
        try:
            async with asyncio.TaskGroup() as tasks:
                await self._converse(connection, tasks)
                raise _ConnectionEnded  # ends the turns as well
        except* (ConnectionClosed, _ConnectionEnded):
            pass  # a turn may have written to a socket that was gone
        finally:
            self._open.remove(connection)

    async def _converse(self, connection: ServerConnection, tasks: asyncio.TaskGroup) -> None:
        upgrade = connection.request
        assert upgrade is not None
        parts = urlsplit(upgrade.path)

        async def lose(fault: Lost) -> None:
            if fault.close_code is None:
                connection.transport.abort()
            else:
                await connection.close(fault.close_code, fault.reason)

        socket: RecognitionSocket | SynthesisSocket
        if parts.path in _RECOGNITION and self._ears is not None:
            headers = {name.lower(): value for name, value in upgrade.headers.raw_items()}
            heard = Heard({name.lower(): value for name, value in parse_qsl(parts.query)}, headers)
            self.heard.append(heard)
            socket = RecognitionSocket(
                heard,
                ears=self._ears,
                send=connection.send,
                lose=lose,
                fault=self.recognition_faults.next_sound_fault(),
                spoken_language=self.spoken_language,
                tasks=tasks,
                # A script counts from where it becomes loud.
                pre_roll_ms=0 if isinstance(self._ears, ScriptedSpeechToText) else PRE_ROLL_MS,
            )
        else:
            assert self._voice is not None
            socket = SynthesisSocket(
                self.requests,
                voice=self._voice,
                send=connection.send,
                lose=lose,
                faults=self.synthesis_faults,
                tasks=tasks,
            )
        allowed = RECOGNITION_PATHS if isinstance(socket, RecognitionSocket) else SYNTHESIS_PATHS
        try:
            async for message in connection:
                await socket.take(read_frame(message, allowed))
        except ProtocolViolation as violation:
            self.complaints.append(str(violation))
            await connection.close(1007, str(violation)[:100])
        finally:
            if isinstance(socket, RecognitionSocket):
                await socket.close()


class _ConnectionEnded(Exception):
    """The socket is closed: what still speaks to it ends."""


if __name__ == "__main__":
    from emulators.speech_cli import main

    raise SystemExit(main())
