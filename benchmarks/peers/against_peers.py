"""Antiphon answers sooner than its peers, cuts nobody off more often, and stops as soon when it is interrupted.

All contenders get the same recordings, the same services of known delay, the same
clock and the same telephone, in one run: their servers stay up, and they take turns.
Antiphon's openers are off: what is heard first is the answer itself.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from importlib.metadata import version

from matplotlib.figure import Figure

from benchmarks.asterisk_sounds import fetch_sounds
from benchmarks.delayed_services import DELAYS, turn_floor_ms
from benchmarks.lateness import FRAME_S, percentile
from benchmarks.peers.callers import HESITATION, INTERRUPTION, SENTENCE, Parts, all_parts, dealt, without
from benchmarks.peers.held_call import LATE_MS, Talk, Turn
from benchmarks.peers.peer_process import CONTENDERS, process_of
from benchmarks.peers.setup import REQUIREMENTS
from benchmarks.pictures import bars_and_cumulative
from benchmarks.result import BenchmarkResult, ReportProgress
from benchmarks.server_process import ServerProcess
from benchmarks.wire import Pacer

PROFILES = ("fixed", "slow_final", "realistic", "azure")

_CALLS_AT_ONCE = 4
_ROUNDS = 2
"""How often each contender has its turn: what disturbs the machine for a minute does not meet one alone."""
_AGAIN = 2
"""How often what did not count, because the machine was busy, is said again."""
_BETWEEN_CALLS_S = FRAME_S * 36.7
"""The calls of a contender begin so far apart."""


@dataclass(slots=True)
class Seen:
    """What was measured of one contender."""

    turns: list[Turn] = field(default_factory=list)
    processor_s: float = 0.0
    call_s: float = 0.0
    """Seconds of calls: four at once for a second are four."""

    def done(self) -> frozenset[tuple[str, str]]:
        """Kind and name of the turns that count."""
        return frozenset((turn.kind, turn.name) for turn in self.turns if turn.counts)


async def run(profile: str, progress: ReportProgress) -> BenchmarkResult:
    """Measure; see the top of this module.

    Raises:
        benchmarks.peers.setup.PeersMissing: An environment has not been made.
        benchmarks.asterisk_sounds.SoundsUnavailable: The recordings cannot be had here.
    """
    return await measure(profile, all_parts(await asyncio.to_thread(fetch_sounds)), progress)


async def measure(
    profile: str, parts: Parts, progress: ReportProgress, *, names: Sequence[str] = tuple(CONTENDERS)
) -> BenchmarkResult:
    """Let these contenders take turns."""
    seen = {name: Seen() for name in names}
    load_before = os.getloadavg()[0]
    pacer = Pacer()
    floors = [turn_floor_ms(DELAYS[profile], clip.words) for clip in parts.sentences]
    async with AsyncExitStack() as servers, asyncio.TaskGroup() as tasks:
        running: dict[str, ServerProcess] = {}
        for name in names:
            progress(f"starting {name}", 0.0)
            running[name] = await servers.enter_async_context(process_of(CONTENDERS[name], profile))
        keeping = tasks.create_task(pacer.keep())
        await hold_calls(list(running.values()), [Parts(parts.sentences[:1], (), ())] * len(running), pacer)
        turns = _ROUNDS * len(names)
        hands = dealt(parts, _CALLS_AT_ONCE * _ROUNDS)
        for place in range(turns):
            name = names[place % len(names)]
            progress(name, 0.9 * place / turns)
            share = hands[place // len(names) * _CALLS_AT_ONCE :][:_CALLS_AT_ONCE]
            await _take_turn(seen[name], running[name], share, pacer)
        for place in range(_AGAIN * len(names)):
            name = names[place % len(names)]
            left = without(parts, seen[name].done())
            progress(f"{name} again: {len(left)}", 0.9 + 0.1 * place / (_AGAIN * len(names)))
            if left:
                await _take_turn(seen[name], running[name], [p for p in dealt(left, _CALLS_AT_ONCE) if p], pacer)
        keeping.cancel()
    figures = {name: figures_of(each) for name, each in seen.items()}
    details = {
        "delays": asdict(DELAYS[profile]),
        "contenders": {name: asdict(CONTENDERS[name]) for name in names},
        "versions": {"antiphon": version("antiphon"), **{peer: list(pins) for peer, pins in REQUIREMENTS.items()}},
        "turns": {name: [asdict(turn) for turn in each.turns] for name, each in seen.items()},
        "client_late_p99_ms": round(percentile(pacer.late_ms, 99), 3),
        "load_average_before": round(load_before, 2),
        "load_average_after": round(os.getloadavg()[0], 2),
    }
    floor = {"floor_p50_ms": round(percentile(floors, 50), 1), "floor_p95_ms": round(percentile(floors, 95), 1)}
    flat = {f"{name}_{figure}": value for name, of_one in figures.items() for figure, value in of_one.items()}
    return BenchmarkResult({**compared(figures), **floor, **flat}, details)


async def _take_turn(seen: Seen, server: ServerProcess, share: Sequence[Parts], pacer: Pacer) -> None:
    used = server.usage().process_s
    lengths, turns = await hold_calls([server] * len(share), share, pacer)
    seen.turns += turns
    seen.call_s += sum(lengths)
    # What a server does between its calls is little, and theirs all the same.
    seen.processor_s += server.usage().process_s - used


async def hold_calls(
    servers: Sequence[ServerProcess], share: Sequence[Parts], pacer: Pacer
) -> tuple[list[float], list[Turn]]:
    """One call with each server, all at once; the length of each in seconds, and the turns of all."""
    loop = asyncio.get_running_loop()
    lengths: list[float] = []

    async def hold(number: int) -> list[Turn]:
        await asyncio.sleep(number * _BETWEEN_CALLS_S)
        began = loop.time()
        turns = await Talk(servers[number], pacer).hold(share[number])
        lengths.append(loop.time() - began)
        return turns

    async with asyncio.TaskGroup() as calls:
        held = [calls.create_task(hold(number)) for number in range(len(servers))]
    return lengths, [turn for call in held for turn in call.result()]


def figures_of(seen: Seen) -> dict[str, float | int]:
    """What is told of one contender: of the turns that count."""
    counted = [turn for turn in seen.turns if turn.counts]
    sentences = [turn for turn in counted if turn.kind == SENTENCE]
    hesitations = [turn for turn in counted if turn.kind == HESITATION]
    interruptions = [turn for turn in counted if turn.kind == INTERRUPTION and turn.was_audible]
    answers = [turn.answer_ms for turn in sentences if turn.answer_ms is not None and not turn.is_cut_off]
    stops = [turn.stop_ms for turn in interruptions if turn.stop_ms is not None]
    return {
        "p50_ms": round(percentile(answers, 50), 1),
        "p95_ms": round(percentile(answers, 95), 1),
        "max_ms": round(max(answers, default=0.0), 1),
        "turns": len(sentences),
        "unanswered": sum(turn.answer_ms is None for turn in sentences),
        "cut_off_sentences": sum(turn.is_cut_off for turn in sentences),
        "cut_off_hesitations": sum(turn.is_cut_off for turn in hesitations),
        "hesitations": len(hesitations),
        "stop_p50_ms": round(percentile(stops, 50), 1),
        "stop_max_ms": round(max(stops, default=0.0), 1),
        "stopped": len(stops),
        "interruptions": len(interruptions),
        "core_percent_per_call": round(100 * seen.processor_s / seen.call_s, 2) if seen.call_s else 0.0,
        "left_out": len(seen.turns) - len(counted),
    }


def compared(figures: Mapping[str, Mapping[str, float | int]]) -> dict[str, float | int]:
    """Ours over the best of theirs, whichever that is for each figure; below 1 is better.

    Three times for answers: over the best of all, over the best of those at their defaults, whose
    voices get whole sentences, and with a voice of ours that takes tokens, as those of their best do.
    """
    ours, streamed = figures["antiphon"], figures.get("antiphon_streamed")
    theirs = {name: each for name, each in figures.items() if not name.startswith("antiphon")}

    def ratio(figure: str, ending: str = "", of: Mapping[str, float | int] = ours) -> float:
        measured = [each[figure] for name, each in theirs.items() if each[figure] and name.endswith(ending)]
        return round(of[figure] / min(measured), 3) if measured else 0.0

    tokens = {} if streamed is None else {f"streamed_p{p}_ratio": ratio(f"p{p}_ms", of=streamed) for p in (50, 95)}
    return {
        **tokens,
        "p50_ratio": ratio("p50_ms"),
        "p95_ratio": ratio("p95_ms"),
        "p50_to_defaults_ratio": ratio("p50_ms", "_default"),
        "p95_to_defaults_ratio": ratio("p95_ms", "_default"),
        "stop_p50_ratio": ratio("stop_p50_ms"),
        "core_percent_per_call_ratio": ratio("core_percent_per_call"),
        "cut_off_hesitations": ours["cut_off_hesitations"],
        "best_peer_cut_off_hesitations": min((each["cut_off_hesitations"] for each in theirs.values()), default=0),
    }


def draw(result: BenchmarkResult) -> Figure:
    """Median and 95th percentile of each contender, and the share of turns answered by each moment."""
    turns = result.details["turns"]
    assert isinstance(turns, dict)
    latencies: dict[str, list[float]] = {}
    for name, of_one in turns.items():
        answers = [
            turn["answer_ms"]
            for turn in of_one
            if turn["kind"] == SENTENCE
            and turn["answer_ms"] is not None
            and not turn["is_cut_off"]
            and turn["client_late_ms"] <= LATE_MS
        ]
        if answers:
            latencies[name.replace("_", " ")] = answers
    return bars_and_cumulative(
        "From the caller's last sound to the answer's first",
        "ms (the dashed line is the floor of a server that speaks by clauses)",
        latencies,
        limit=float(result.figures["floor_p50_ms"]),
    )
