"""One core carries so many calls with 99 of 100 frames at most 10 ms late; real sockets, the load elsewhere.

The server (uvicorn, uvloop, media route, conversation, Silero on every call) is a process
bound to one core. Recogniser, assistant and voice cost nothing; the assistant never stops
talking, so that every call has 50 frames a second each way. The load generator is another
process on another core. More calls are added step by step until frames are late.

Echo cancellation is on in every call. By default no line gives an echo, as most do not, and
the canceller only watches; with ``echo`` every line does, and all cancellers work all the time.

A frame is late against the grid of 20 ms that the earliest frame of its call gives; times
are those of arrival at the load generator.
"""

import asyncio
import os
import tempfile
from array import array
from collections import Counter, deque
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass

from matplotlib.figure import Figure

from benchmarks.frame_path import frames_of
from benchmarks.frame_stages import ECHO_FRAMES, softer
from benchmarks.lateness import FRAME_S, grid_lateness, percentile
from benchmarks.load_services import ChatteringVoice, line_noise
from benchmarks.pictures import curve
from benchmarks.result import BenchmarkResult, ReportProgress
from benchmarks.server_order import ServerOrder
from benchmarks.server_process import ServerProcess
from benchmarks.usage import Usage
from benchmarks.wire import Pacer, WirePhone, audio_json, dial, masked, metadata_frame
from media.acs import encode_audio

PROFILES = ("default", "echo", "webrtc", "recording", "quick")

LIMIT_MS = 10.0
"""The bar: the 99th percentile of lateness."""
LEAD_MS = 80.0
"""How far ahead of the far end's playing the server sends, by default."""
_CLIENT_LIMIT_MS = 5.0
"""When the load generator itself is later than this (p99), it cannot judge."""
_OTHERS_LIMIT_PERCENT = 4.0
"""When somebody else has used so much of the server's core, what was late may be late by that."""
_SHORTEST_AUDIO_BYTES = 400
"""A text message that is longer holds sound; the others are orders to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the number of calls is raised."""

    steps: tuple[int, ...] = (20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 240, 280, 320, 360, 400, 500, 600)
    settle_s: float = 2.0
    measure_s: float = 8.0
    refine: int = 2
    """How often the gap between the last good and the first bad number is halved."""
    repeats: int = 2
    """How often a number must be bad: a neighbour on the machine can only make it worse, never better."""
    attempts: int = 8
    """How often a number is tried at most, when the machine is not calm."""
    calm_s: float = 10.0
    """How long to wait before a further attempt."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was measured with so many calls."""

    calls: int
    late_p50_ms: float
    late_p99_ms: float
    late_p999_ms: float
    late_max_ms: float
    underruns: int
    frames_share: float
    """Frames that arrived, of those that should have."""
    server_core_percent: float
    """Of the core, used by the server."""
    others_core_percent: float
    """Of the server's core, used by anybody else: above a few percent the machine is not calm."""
    call_frame_us: float
    """The server's processor time for one frame in and one out."""
    resident_mb: float
    client_late_p99_ms: float

    @property
    def is_good(self) -> bool:
        """Whether the bar is held."""
        return self.late_p99_ms <= LIMIT_MS and self.frames_share >= 0.99

    @property
    def doubt(self) -> str:
        """Who else may be to blame when the bar is not held; empty: nobody."""
        if self.others_core_percent > _OTHERS_LIMIT_PERCENT:
            return "other processes"
        return "load generator" if self.client_late_p99_ms > _CLIENT_LIMIT_MS else ""


class Caller:
    """One call of the load: sends noise, stamps what comes."""

    def __init__(self, frames: tuple[bytes, ...], first: int) -> None:
        self._frames = frames
        self._at = first
        self.phone: WirePhone | None = None
        self.arrivals = array("d")
        self.stops = 0

    def received(self, at: float, message: bytes) -> None:
        """A message has come."""
        if len(message) > _SHORTEST_AUDIO_BYTES:
            self.arrivals.append(at)
        else:
            self.stops += 1

    def tick(self) -> None:
        """Send the next frame."""
        if self.phone is not None:
            self.phone.send(self._next_frame())

    def _next_frame(self) -> bytes:
        self._at = (self._at + 1) % len(self._frames)
        return self._frames[self._at]


class EchoingCaller(Caller):
    """A call whose phone sends back what it plays: it plays a frame with each that it sends."""

    def __init__(self, frames: tuple[bytes, ...], first: int, echoes: Mapping[bytes, bytes]) -> None:
        super().__init__(frames, first)
        self._echoes = echoes
        self._playing: deque[bytes] = deque()
        self._ticks = 0
        self.echoed = 0

    def received(self, at: float, message: bytes) -> None:
        """A message has come: its echo will go."""
        super().received(at, message)
        echo = self._echoes.get(message)
        if echo is not None:
            self._playing.append(echo)

    def _next_frame(self) -> bytes:
        noise = super()._next_frame()
        self._ticks += bool(self._playing)
        if self._ticks <= ECHO_FRAMES or not self._playing:
            return noise
        self.echoed += 1
        return self._playing.popleft()


def prepared_echoes() -> dict[bytes, bytes]:
    """What is sent back, by the message that plays it: all frames of the chattering voice."""
    return {
        encode_audio(pcm).encode(): masked(audio_json(softer(pcm)).encode())
        for pcm in frames_of(ChatteringVoice().sound)
    }


class Load:
    """The load generator: any number of calls at once."""

    def __init__(self, server: ServerProcess, pacer: Pacer, *, is_echoing: bool = False) -> None:
        self._server = server
        self._echoes = prepared_echoes() if is_echoing else None
        self._pacer = pacer
        self._frames = tuple(masked(audio_json(pcm).encode()) for pcm in frames_of(line_noise(1_000)))
        self.callers: list[Caller] = []

    async def set_calls(self, wanted: int) -> None:
        """Dial, or hang up, until so many calls are up."""
        while len(self.callers) > wanted:
            caller = self.callers.pop()
            self._pacer.remove(caller.tick)
            if caller.phone is not None:
                caller.phone.close()
                await caller.phone.closed.wait()
        while len(self.callers) < wanted:
            first = len(self.callers)
            caller = (
                Caller(self._frames, first)
                if self._echoes is None
                else EchoingCaller(self._frames, first, self._echoes)
            )
            call = await self._server.new_call()
            caller.phone = await dial(self._server.port, call.path, caller.received)
            caller.phone.send(metadata_frame())
            self._pacer.add(caller.tick)
            self.callers.append(caller)
            await asyncio.sleep(0.007)  # not in step with the frames: real calls begin whenever they like

    async def measure(self, plan: Plan) -> Step:
        """Let the calls that are up run for a while."""
        await asyncio.sleep(plan.settle_s)
        self._pacer.late_ms = array("d")
        for caller in self.callers:
            caller.arrivals = array("d")
        loop = asyncio.get_running_loop()
        began, before = loop.time(), self._server.usage()
        await asyncio.sleep(plan.measure_s)
        after, seconds = self._server.usage(), loop.time() - began
        return step_of([caller.arrivals for caller in self.callers], self._pacer.late_ms, before, after, seconds)


def step_of(
    arrivals: list["array[float]"], client_late_ms: "array[float]", before: Usage, after: Usage, seconds: float
) -> Step:
    """The figures of one measurement.

    Args:
        arrivals: Of each call, monotonic seconds.
        client_late_ms: How late the load generator's ticks were.
        before: What the server had used at the beginning.
        after: And at the end.
        seconds: Between the two.
    """
    each = [grid_lateness(call, lead_ms=LEAD_MS) for call in arrivals]
    late = array("d", [value for call in each for value in call.late_ms])
    process_s = after.process_s - before.process_s
    expected = len(arrivals) * seconds / FRAME_S
    return Step(
        calls=len(arrivals),
        late_p50_ms=round(percentile(late, 50), 3),
        late_p99_ms=round(percentile(late, 99), 3),
        late_p999_ms=round(percentile(late, 99.9), 3),
        late_max_ms=round(max(late, default=0.0), 3),
        underruns=sum(call.underruns for call in each),
        frames_share=round(len(late) / expected, 4),
        server_core_percent=round(100 * process_s / seconds, 1),
        others_core_percent=round(100 * max(0.0, after.core_busy_s - before.core_busy_s - process_s) / seconds, 1),
        call_frame_us=round(1e6 * process_s / expected, 1),
        resident_mb=round(after.resident_bytes / 1e6, 1),
        client_late_p99_ms=round(percentile(client_late_ms, 99), 3),
    )


async def climb(load: Load, plan: Plan, progress: ReportProgress) -> list[Step]:
    """Raise the number of calls until the bar is not held, then look closer. In the order of measuring."""
    taken: list[Step] = []
    good, bad = 0, None

    async def is_carried(calls: int) -> bool:
        await load.set_calls(calls)
        bad_times = 0
        for attempt in range(plan.attempts):
            if attempt:
                await asyncio.sleep(plan.calm_s)
            taken.append(await load.measure(plan))
            if taken[-1].is_good:
                return True
            bad_times += not taken[-1].doubt
            if bad_times == plan.repeats:
                break
        return False

    for number, calls in enumerate(plan.steps):
        progress(f"{calls} calls", number / (len(plan.steps) + plan.refine))
        if not await is_carried(calls):
            bad = calls
            break
        good = calls
    for number in range(plan.refine if bad is not None else 0):
        middle = (good + (bad or good)) // 2
        progress(f"{middle} calls", (len(plan.steps) + number) / (len(plan.steps) + plan.refine))
        if await is_carried(middle):
            good = middle
        else:
            bad = middle
    return taken


def figures_of(steps: list[Step]) -> dict[str, float | int | str | bool]:
    """The claim, from all steps."""
    good = [step for step in steps if step.is_good]
    best = max(good, key=lambda step: step.calls, default=None)
    # First visits only: memory that hung-up calls leave behind is not that of those that are up.
    smallest = min(steps, key=lambda step: step.calls)
    largest = max(steps, key=lambda step: step.calls)
    more_calls = largest.calls - smallest.calls
    growth_kb = (largest.resident_mb - smallest.resident_mb) * 1000 / more_calls if more_calls else 0.0
    above = [step for step in steps if step.calls > (best.calls if best else 0)]
    undoubted = Counter(step.calls for step in above if not step.doubt)
    limit = "not reached"
    if above:
        doubt = next((step.doubt for step in reversed(above) if step.doubt), "")
        limit = "server" if max(undoubted.values(), default=0) >= 2 or not doubt else doubt
    return {
        "calls_per_core": best.calls if best else 0,
        "late_p99_ms": best.late_p99_ms if best else 0.0,
        "server_core_percent": best.server_core_percent if best else 0.0,
        "call_frame_us": best.call_frame_us if best else 0.0,
        "memory_per_call_kb": round(growth_kb, 1),
        "limited_by": limit,
    }


async def run(profile: str, progress: ReportProgress) -> BenchmarkResult:
    """Measure; see the top of this module."""
    plan = Plan(steps=(10, 20), settle_s=1.0, measure_s=3.0, refine=0) if profile == "quick" else Plan()
    return await measure(
        plan,
        progress,
        is_recorded=profile == "recording",
        is_echoing=profile == "echo",
        detector="webrtc" if profile == "webrtc" else "silero",
    )


async def measure(
    plan: Plan,
    progress: ReportProgress,
    *,
    is_recorded: bool = False,
    is_echoing: bool = False,
    detector: str = "silero",
) -> BenchmarkResult:
    """Climb as planned, each process on a core of its own where the machine has two."""
    cores = sorted(os.sched_getaffinity(0))
    server_core, client_core = cores[0], cores[-1]
    load_before = os.getloadavg()[0]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory()) if is_recorded else None
        os.sched_setaffinity(0, {client_core})
        stack.callback(os.sched_setaffinity, 0, cores)
        order = ServerOrder(core=server_core, recordings=folder, detector=detector, chatters=is_echoing)
        async with ServerProcess(order) as server:
            pacer = Pacer()
            load = Load(server, pacer, is_echoing=is_echoing)
            async with asyncio.TaskGroup() as tasks:
                pacing = tasks.create_task(pacer.keep())
                steps = await climb(load, plan, progress)
                stops = sum(caller.stops for caller in load.callers)
                await load.set_calls(0)
                pacing.cancel()
            totals = await server.totals()
    # A server that is late moves the echo: that it takes it for a caller then is part of what is measured, and a
    # step with calls that were interrupted has too few frames to be good.
    interrupted = 0 if is_echoing else totals["barge_ins"] + stops
    if totals["failures"] or totals["rejected"] or interrupted:
        raise RuntimeError(f"the server was not in the state to be measured: {totals}, {stops} stop orders")
    details = {
        "steps": [asdict(step) for step in steps],
        "totals": totals,
        "load_average_before": round(load_before, 2),
        "server_core": server_core,
        "client_core": client_core,
        "is_recorded": is_recorded,
        "detector": detector,
        "is_echoing": is_echoing,
        "stop_orders": stops,
    }
    return BenchmarkResult(figures_of(steps), details)


def draw(result: BenchmarkResult) -> Figure:
    """Lateness and the server's core over the number of calls, the better of repeated steps."""
    steps = result.details["steps"]
    assert isinstance(steps, list)
    best: dict[int, dict[str, float]] = {}
    for step in sorted(steps, key=lambda step: (step["calls"], -step["late_p99_ms"])):
        best[step["calls"]] = step
    return curve(
        f"{result.figures['calls_per_core']} calls on one core",
        "calls at once",
        "lateness, ms",
        {
            "p50": [(calls, step["late_p50_ms"]) for calls, step in best.items()],
            "p99": [(calls, min(step["late_p99_ms"], 5 * LIMIT_MS)) for calls, step in best.items()],
            "server's core, % / 10": [(calls, step["server_core_percent"] / 10) for calls, step in best.items()],
        },
        limit=LIMIT_MS,
    )
