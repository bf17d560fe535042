"""pipecat behind ACS's media protocol: its own voice activity, turn detection and interruptions; our services.

Run by the interpreter of ``.peers/pipecat``: ``python -m benchmarks.peers.pipecat_server ORDER``.
It is asked like ``benchmarks.server_process`` and lives until its standard input ends.
"""
# mypy: disable-error-code="import-not-found, misc, no-untyped-call"

import asyncio
import json
import sys
from binascii import a2b_base64, b2a_base64
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    OutputAudioRawFrame,
    StartFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.serializers.base_serializer import FrameSerializer
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.services.stt_latency import AZURE_TTFS_P99
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TextAggregationMode, TTSService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.utils.time import time_now_iso8601
from pipecat.workers.runner import WorkerRunner

from benchmarks.delayed_services import GREETING, Delays
from benchmarks.load_services import RATE_HZ
from benchmarks.peers.call_services import CallServices, StreamedSpeech
from benchmarks.peers.peer_order import AnnouncedCalls, PeerOrder, tell_started, wait_for_end
from benchmarks.peers.scripted_recognition import ScriptedRecognition

SETTINGS = {"default": TextAggregationMode.SENTENCE, "best": TextAggregationMode.TOKEN}
"""How the voice gets its text. All else is at its default, which holds the turn model."""
_LATE_FINAL_MS = 1_000
"""Finals that come later than pipecat's general default waits: it has a figure for such a service, Azure's."""


class ScriptedStt(STTService):
    """Recognition that knows beforehand what will be said; its finals say that they are."""

    def __init__(self, recognition: ScriptedRecognition, delays: Delays) -> None:
        late_s = AZURE_TTFS_P99 if delays.final_ms >= _LATE_FINAL_MS else None
        super().__init__(settings=STTSettings(model=None, language=None), ttfs_p99_latency=late_s)
        self._recognition = recognition
        self._telling: asyncio.Task[None] | None = None

    async def start(self, frame: StartFrame) -> None:
        """Begin to tell."""
        await super().start(frame)
        self._telling = self.create_task(self._tell())

    async def cleanup(self) -> None:
        """End."""
        if self._telling is not None:
            await self.cancel_task(self._telling)
        await super().cleanup()

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        """Forget the sound: see ``scripted_recognition``."""
        yield None

    async def _tell(self) -> None:
        async for result in self._recognition.results():
            now = time_now_iso8601()
            if result.is_final:
                await self.push_frame(TranscriptionFrame(result.text, "caller", now, finalized=True))
            else:
                await self.push_frame(InterimTranscriptionFrame(result.text, "caller", now))


class DelayedLlm(FrameProcessor):
    """The model of known delay: the frames that pipecat's own give, without their client."""

    def __init__(self, services: CallServices) -> None:
        super().__init__()
        self._services = services

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Answer a context; let everything else pass."""
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        await self.push_frame(LLMFullResponseStartFrame())
        messages: list[Any] = list(frame.context.get_messages())
        said = [message["content"] for message in messages if message["role"] == "user"]
        async for token in self._services.tokens(str(said[-1]) if said else ""):
            await self.push_frame(LLMTextFrame(token))
        await self.push_frame(LLMFullResponseEndFrame())


class DelayedTts(TTSService):
    """The voice of known delay: by sentences that pipecat cuts, or by tokens."""

    def __init__(self, services: CallServices, mode: TextAggregationMode) -> None:
        super().__init__(
            sample_rate=RATE_HZ,
            text_aggregation_mode=mode,
            push_start_frame=True,
            push_stop_frames=True,
            settings=TTSSettings(model=None, voice=None, language=None),
        )
        self._services = services
        self._takes_tokens = mode == TextAggregationMode.TOKEN
        self._speaking: tuple[str, StreamedSpeech] | None = None

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """Speak a piece of an answer, which has an id."""
        if not self._takes_tokens:
            yield TTSAudioRawFrame(await self._services.sound_of(text), RATE_HZ, 1, context_id=context_id)
            return
        if self._speaking is None or self._speaking[0] != context_id:
            self._speaking = (context_id, self._services.streamed_speech())
        if pcm := await self._speaking[1].sound_of(text):
            yield TTSAudioRawFrame(pcm, RATE_HZ, 1, context_id=context_id)


class AcsSerializer(FrameSerializer):
    """ACS media streaming, 16 kHz mono."""

    def __init__(self, recognition: ScriptedRecognition) -> None:
        super().__init__()
        self._recognition = recognition

    async def serialize(self, frame: Frame) -> str | None:
        """Sound, and the order to drop it."""
        if isinstance(frame, InterruptionFrame):
            return json.dumps({"Kind": "StopAudio", "AudioData": None, "StopAudio": {}})
        if isinstance(frame, OutputAudioRawFrame):
            data = b2a_base64(frame.audio, newline=False).decode()
            return json.dumps({"Kind": "AudioData", "AudioData": {"Data": data}, "StopAudio": None})
        return None

    async def deserialize(self, data: str | bytes) -> Frame | None:
        """The caller's sound."""
        fields = json.loads(data)
        if fields["kind"] != "AudioData":
            return None
        pcm = a2b_base64(fields["audioData"]["data"])
        self._recognition.push(pcm)
        return InputAudioRawFrame(audio=pcm, sample_rate=RATE_HZ, num_channels=1)


def new_worker(order: PeerOrder, services: CallServices, transport: FastAPIWebsocketTransport) -> Any:
    """A pipeline as pipecat's documentation makes one, with our services."""
    context = LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
    user, assistant = LLMContextAggregatorPair(LLMContext(), user_params=context)
    stages = [
        transport.input(),
        ScriptedStt(services.recognition, order.delays),
        user,
        DelayedLlm(services),
        DelayedTts(services, SETTINGS[order.setting]),
        transport.output(),
        assistant,
    ]
    rates = PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=RATE_HZ)
    return PipelineWorker(Pipeline(stages), params=rates, idle_timeout_secs=None)


async def hold_call(socket: WebSocket, order: PeerOrder, services: CallServices) -> None:
    """One call, until the caller hangs up."""
    params = FastAPIWebsocketParams(
        audio_in_enabled=True, audio_out_enabled=True, serializer=AcsSerializer(services.recognition)
    )
    transport = FastAPIWebsocketTransport(socket, params)
    worker, runner = new_worker(order, services, transport), WorkerRunner(handle_sigint=False)

    async def connected(*_: object) -> None:
        await worker.queue_frames([TTSSpeakFrame(GREETING)])

    async def gone(*_: object) -> None:
        services.recognition.close()
        await runner.cancel()

    transport.add_event_handler("on_client_connected", connected)
    transport.add_event_handler("on_client_disconnected", gone)
    await runner.add_workers(worker)
    await runner.run()


def application(order: PeerOrder) -> FastAPI:
    """Where it is asked."""
    app, calls = FastAPI(), AnnouncedCalls(order.delays)

    async def new_call(request: Request) -> dict[str, str]:
        return calls.announce(await request.json())

    async def more_words(request: Request, call_id: str) -> dict[str, str]:
        return calls.add_words(call_id, await request.json())

    async def records(call_id: str) -> list[object]:
        return []

    async def media(socket: WebSocket, call_id: str) -> None:
        await socket.accept()
        await hold_call(socket, order, calls.services(call_id))

    app.add_api_route("/calls", new_call, methods=["POST"])
    app.add_api_route("/words/{call_id}", more_words, methods=["POST"])
    app.add_api_route("/records/{call_id}", records)
    app.add_api_websocket_route("/media/{call_id}", media)
    return app


async def serve(order: PeerOrder) -> None:
    """Serve until the standard input ends."""
    config = uvicorn.Config(application(order), host="127.0.0.1", port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        tell_started(server.servers[0].sockets[0].getsockname()[1])
        await asyncio.to_thread(wait_for_end)
        server.should_exit = True


def main(arguments: Sequence[str]) -> None:
    """Serve what is ordered."""
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    order = PeerOrder.from_json(arguments[0])
    loop_factory = uvicorn.Config(application(order), log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(serve(order))


if __name__ == "__main__":
    main(sys.argv[1:])
