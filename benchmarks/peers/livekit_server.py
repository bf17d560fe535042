"""livekit-agents behind ACS's media protocol: its own voice activity, turn detection and interruptions; our services.

Run by the interpreter of ``.peers/livekit``: ``python -m benchmarks.peers.livekit_server ORDER``.
It is asked like ``benchmarks.server_process`` and lives until its standard input ends.
"""
# mypy: disable-error-code="import-not-found, misc, no-any-unimported, untyped-decorator"

import asyncio
import json
import sys
from binascii import a2b_base64
from collections.abc import Sequence
from typing import Any

from aiohttp import web
from livekit import rtc
from livekit.agents import Agent, AgentSession, llm, stt, tts, utils
from livekit.agents.language import LanguageCode
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN
from livekit.agents.voice.io import AudioInput

from benchmarks.delayed_services import GREETING
from benchmarks.load_services import RATE_HZ
from benchmarks.peers.call_services import CallServices
from benchmarks.peers.livekit_output import PacedOutput
from benchmarks.peers.peer_order import AnnouncedCalls, PeerOrder, tell_started, wait_for_end

_STREAMED: dict[str, Any] = {"preemptive_generation": {"preemptive_tts": True}}
SETTINGS: dict[str, dict[str, Any]] = {
    "default": {},
    "best": _STREAMED,
    "vad": _STREAMED | {"turn_detection": "vad"},
}
"""What ``AgentSession`` gets as ``turn_handling``; all but the defaults have a voice that takes tokens."""


class ScriptedStt(stt.STT):
    """Recognition that knows beforehand what will be said."""

    def __init__(self, services: CallServices) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.services = services

    async def _recognize_impl(self, *arguments: Any, **named: Any) -> Any:
        raise NotImplementedError("it streams")

    def stream(self, *, language: Any = NOT_GIVEN, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS) -> Any:
        """Begin."""
        return ScriptedStream(stt=self, conn_options=conn_options, sample_rate=RATE_HZ)


class ScriptedStream(stt.RecognizeStream):
    """Gives the results on; the sound that it is given is forgotten, see ``scripted_recognition``."""

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            told = tasks.create_task(self._tell())
            async for _ in self._input_ch:
                pass
            told.cancel()

    async def _tell(self) -> None:
        async for result in self._stt.services.recognition.results():
            kind = stt.SpeechEventType.FINAL_TRANSCRIPT if result.is_final else stt.SpeechEventType.INTERIM_TRANSCRIPT
            heard = stt.SpeechData(text=result.text, language=LanguageCode("en"), confidence=1.0)
            self._event_ch.send_nowait(stt.SpeechEvent(type=kind, alternatives=[heard]))


class DelayedLlm(llm.LLM):
    """The model of known delay."""

    def __init__(self, services: CallServices) -> None:
        super().__init__()
        self.services = services

    def chat(
        self, *, chat_ctx: Any, tools: Any = None, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS, **named: Any
    ) -> Any:
        """Answer."""
        return DelayedTokens(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class DelayedTokens(llm.LLMStream):
    """One answer of the model."""

    async def _run(self) -> None:
        said = [item.text_content or "" for item in self._chat_ctx.messages() if item.role == "user"]
        async for token in self._llm.services.tokens(said[-1] if said else ""):
            delta = llm.ChoiceDelta(role="assistant", content=token)
            self._event_ch.send_nowait(llm.ChatChunk(id="answer", delta=delta))


class DelayedTts(tts.TTS):
    """The voice of known delay: by chunks that livekit cuts, or by tokens."""

    def __init__(self, services: CallServices, *, takes_tokens: bool) -> None:
        capabilities = tts.TTSCapabilities(streaming=takes_tokens)
        super().__init__(capabilities=capabilities, sample_rate=RATE_HZ, num_channels=1)
        self.services = services

    def synthesize(self, text: str, *, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS) -> Any:
        """Speak a chunk."""
        return ChunkSpeech(tts=self, input_text=text, conn_options=conn_options)

    def stream(self, *, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS) -> Any:
        """Speak what will be written."""
        return TokenSpeech(tts=self, conn_options=conn_options)


class ChunkSpeech(tts.ChunkedStream):
    """The sound of a chunk."""

    async def _run(self, out: Any) -> None:
        out.initialize(request_id=utils.shortuuid(), sample_rate=RATE_HZ, num_channels=1, mime_type="audio/pcm")
        out.push(await self._tts.services.sound_of(self.input_text))
        out.flush()


class TokenSpeech(tts.SynthesizeStream):
    """The sound of an answer while it is written."""

    async def _run(self, out: Any) -> None:
        name = utils.shortuuid()
        out.initialize(request_id=name, sample_rate=RATE_HZ, num_channels=1, mime_type="audio/pcm", stream=True)
        out.start_segment(segment_id=name)
        speech = None
        async for token in self._input_ch:
            if isinstance(token, str):
                self._mark_started()
                speech = speech or self._tts.services.streamed_speech()
                out.push(await speech.sound_of(token))
        out.end_segment()


class SocketInput(AudioInput):
    """What the caller says."""

    def __init__(self) -> None:
        super().__init__(label="acs")
        self._frames: Any = utils.aio.Chan()

    async def __anext__(self) -> Any:
        return await self._frames.__anext__()

    def push(self, pcm: bytes) -> None:
        """Take 20 ms."""
        self._frames.send_nowait(rtc.AudioFrame(pcm, RATE_HZ, 1, len(pcm) // 2))


def new_session(order: PeerOrder, services: CallServices) -> Any:
    """A session as livekit's documentation makes one, with our services."""
    turn_handling = SETTINGS[order.setting]
    return AgentSession(
        stt=ScriptedStt(services),
        llm=DelayedLlm(services),
        tts=DelayedTts(services, takes_tokens=order.setting != "default"),
        **({"turn_handling": turn_handling} if turn_handling else {}),
    )


async def hold_call(socket: web.WebSocketResponse, order: PeerOrder, services: CallServices) -> None:
    """One call, until the caller hangs up."""
    session, caller, output = new_session(order, services), SocketInput(), PacedOutput(socket.send_str)
    session.input.audio, session.output.audio = caller, output
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(output.play())
        await session.start(Agent(instructions="You answer the telephone."))
        session.say(GREETING)
        async for message in socket:
            fields = json.loads(message.data)
            if fields["kind"] == "AudioData":
                pcm = a2b_base64(fields["audioData"]["data"])
                services.recognition.push(pcm)
                caller.push(pcm)
        services.recognition.close()
        await session.aclose()
        playing.cancel()


def application(order: PeerOrder) -> web.Application:
    """Where it is asked."""
    calls = AnnouncedCalls(order.delays)

    async def new_call(request: web.Request) -> web.Response:
        return web.json_response(calls.announce(await request.json()))

    async def more_words(request: web.Request) -> web.Response:
        return web.json_response(calls.add_words(request.match_info["call_id"], await request.json()))

    async def records(request: web.Request) -> web.Response:
        return web.json_response([])

    async def media(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        await hold_call(socket, order, calls.services(request.match_info["call_id"]))
        return socket

    app = web.Application()
    app.add_routes(
        [
            web.post("/calls", new_call),
            web.post("/words/{call_id}", more_words),
            web.get("/records/{call_id}", records),
            web.get("/media/{call_id}", media),
        ]
    )
    return app


async def serve(order: PeerOrder) -> None:
    """Serve until the standard input ends."""
    runner = web.AppRunner(application(order), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    tell_started(runner.addresses[0][1])
    await asyncio.to_thread(wait_for_end)
    await runner.cleanup()


def main(arguments: Sequence[str]) -> None:
    """Serve what is ordered."""
    asyncio.run(serve(PeerOrder.from_json(arguments[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
