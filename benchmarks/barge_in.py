"""We fall silent so long after a caller begins to interrupt: from their first audible sample to our last one heard.

Callers over real sockets interrupt long answers with whole sentences, at several places of the
answer. The far end's buffer counts: what was sent and not taken back is heard.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Sequence
from dataclasses import asdict

from matplotlib.figure import Figure

from benchmarks.asterisk_sounds import SoundsUnavailable, fetch_sounds
from benchmarks.delayed_services import DELAYS
from benchmarks.hesitating_callers import clip_of, read
from benchmarks.lateness import FRAME_S, percentile
from benchmarks.live_caller import Clip, LiveCaller
from benchmarks.overlap_sounds import recorded_interruptions, spoken_overlaps
from benchmarks.pictures import cumulative
from benchmarks.result import BenchmarkResult, ReportProgress
from benchmarks.server_order import ServerOrder
from benchmarks.server_process import ServerProcess
from benchmarks.turn_taking import (
    QUESTIONS,
    Overlap,
    Seen,
    hold_overlap,
    remembered_seen,
    share,
)
from benchmarks.wire import Pacer
from emulators.caller_voice import caller_voice

PROFILES = ("fixed", "realistic", "quick")

POSITIONS_MS = (150, 600, 1_200, 2_500, 5_000)
"""How far into an answer it is interrupted; the first is so early that the caller's turn goes on."""
CALLS_AT_ONCE = 4
_LIMIT_MS = 250.0


async def interruptions() -> list[Clip]:
    """Whole sentences, of two speakers where the recordings can be had."""
    clips = [clip for clip in await spoken_overlaps() if clip.kind == "interruption"]
    with contextlib.suppress(SoundsUnavailable):  # the result says how many there were
        clips += recorded_interruptions(await asyncio.to_thread(fetch_sounds))
    return clips


async def run(profile: str, progress: ReportProgress) -> BenchmarkResult:
    """Measure; see the top of this module."""
    progress("voicing the callers", 0.0)
    clips = await interruptions()
    voice = caller_voice()
    try:
        questions = [clip_of(text, "question", [await read(voice, text)]) for text in QUESTIONS]
    finally:
        await voice.close()
    overlaps = [
        Overlap(questions[number % len(questions)], clip, position, None)
        for number, clip in enumerate(clips)
        for position in POSITIONS_MS
    ]
    return await measure(profile, overlaps[:4] if profile == "quick" else overlaps, progress)


async def measure(profile: str, overlaps: Sequence[Overlap], progress: ReportProgress) -> BenchmarkResult:
    """Let all of it happen, several calls at once."""
    delays = "fixed" if profile == "quick" else profile
    load_before = os.getloadavg()[0]
    hands = [list(overlaps[number::CALLS_AT_ONCE]) for number in range(min(CALLS_AT_ONCE, len(overlaps)))]
    pacer, began = Pacer(), time.monotonic()
    expected_s = 10.0 * len(hands[0]) if hands else 1.0

    async def tell() -> None:
        while True:
            progress(f"{len(overlaps)} interruptions", min(0.99, (time.monotonic() - began) / expected_s))
            await asyncio.sleep(1)

    order = ServerOrder(delays=delays, turn_model=True, openers=True, numbered=True)
    async with ServerProcess(order) as server, asyncio.TaskGroup() as tasks:
        beside = [tasks.create_task(pacer.keep()), tasks.create_task(tell())]
        async with asyncio.TaskGroup() as calls:
            held = []
            for hand in hands:
                held.append(calls.create_task(_hold_call(server, pacer, hand)))
                await asyncio.sleep(FRAME_S * 3.7)
        for task in beside:
            task.cancel()
    seen = [each for call in held for each in call.result()[0]]
    reported = [value for call in held for value in call.result()[1]]
    details = {
        "delays": asdict(DELAYS[delays]),
        "interruptions": [asdict(each) | {"position_ms": position} for position, each in seen],
        "by_position": {
            str(position): dict(figures_of([(at, each) for at, each in seen if at == position], []))
            for position in sorted({at for at, each in seen if each.kind == "interruption"})
        },
        "client_late_p99_ms": round(percentile(pacer.late_ms, 99), 3),
        "load_average_before": round(load_before, 2),
    }
    return BenchmarkResult(figures_of(seen, reported), details)


async def _hold_call(
    server: ServerProcess, pacer: Pacer, overlaps: Sequence[Overlap]
) -> tuple[list[tuple[int, Seen]], list[float]]:
    """One call: what was seen, with its place; and the stop latencies that the server reported."""
    caller = LiveCaller(server, pacer)
    await caller.begin()
    await asyncio.sleep(1.5)
    seen: list[tuple[int, Seen]] = []
    for overlap in overlaps:
        await caller.until_quiet(1.0, 12.0)
        seen += [(overlap.position_ms, each) for each in await hold_overlap(caller, overlap)]
    records = await caller.end()
    seen += [(-1, each) for each in remembered_seen(caller, records)]
    return seen, [float(record["stop_latency_ms"]) for record in records if record["record"] == "BargedIn"]


def figures_of(seen: Sequence[tuple[int, Seen]], reported: Sequence[float]) -> dict[str, float | int]:
    """The claim."""
    tried = [each for _, each in seen if each.kind == "interruption"]
    stops = [each.stop_ms for each in tried if each.stop_ms is not None]
    cut = [each for _, each in seen if each.kind == "memory"]
    agreed = sum(abs((each.heard_words or 0) - (each.remembered_words or 0)) <= 1 for each in cut)
    figures: dict[str, float | int] = {
        "interruptions": len(tried),
        "yielded_share": share(len(stops), len(tried)),
        "p50_ms": round(percentile(stops, 50), 1),
        "p95_ms": round(percentile(stops, 95), 1),
        "max_ms": round(max(stops, default=0.0), 1),
        "resumed_first": sum(each.is_resumed for each in tried),
    }
    if cut:
        figures |= {"cut_answers": len(cut), "heard_is_remembered_share": share(agreed, len(cut))}
    if reported:
        figures["reported_p50_ms"] = round(percentile(reported, 50), 1)
    return figures


def draw(result: BenchmarkResult) -> Figure:
    """The share of interruptions after which we were silent by each moment."""
    tried = result.details["interruptions"]
    assert isinstance(tried, list)
    stops: dict[str, list[float]] = {}
    for each in tried:
        if each["kind"] == "interruption" and each["stop_ms"] is not None:
            stops.setdefault(f"{each['position_ms']} ms into the answer", []).append(each["stop_ms"])
    return cumulative(
        "From the caller's first sound to our last",
        "milliseconds, the far end's buffer included",
        stops,
        limit=_LIMIT_MS,
    )
