"""The caller waits so long for an answer, with services of fixed delay; from the last voiced sample to the first sound.

Callers speak over real sockets to a server process with the real conversation; behind its
ports stand recognition, model and voice whose delays are known (``delayed_services``). So
what is measured, less the floor, is ours: finding out that the caller has finished, and
everything between the services.
"""

import asyncio
import os
import time
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from matplotlib.figure import Figure

from benchmarks.caller_tracks import (
    GAP_MS,
    LEAD_IN_MS,
    CallerTrack,
    Sentence,
    human_sentences,
    read_sentences,
    track_of,
)
from benchmarks.delayed_services import DELAYS, FIRST_CLAUSE_TOKENS, turn_floor_ms
from benchmarks.frame_path import frames_of
from benchmarks.heard_answers import Ear, HeardAnswer, heard_answers
from benchmarks.lateness import FRAME_S, percentile
from benchmarks.pictures import cumulative
from benchmarks.result import BenchmarkResult, ReportProgress
from benchmarks.server_order import ServerOrder
from benchmarks.server_process import ServerProcess
from benchmarks.wire import Pacer, WirePhone, audio_json, dial, masked, metadata_frame

PROFILES = ("ideal", "fixed", "slow_final", "realistic", "azure")

_CALLS_AT_ONCE = 4
_AGREED_MS = 40.0


class SpeakingCaller:
    """Plays one track into one call, in real time."""

    def __init__(self, track: CallerTrack) -> None:
        self._frames = [masked(audio_json(pcm).encode()) for pcm in frames_of(track.pcm)]
        self.ear = Ear()
        self.sent_at = array("d")
        self.finished = asyncio.Event()
        self.phone: WirePhone | None = None

    def tick(self) -> None:
        """Send the next frame."""
        if self.finished.is_set() or self.phone is None:
            return
        self.sent_at.append(time.monotonic())
        self.phone.send(self._frames[len(self.sent_at) - 1])
        if len(self.sent_at) == len(self._frames):
            self.finished.set()


async def hold_call(server: ServerProcess, pacer: Pacer, track: CallerTrack) -> list[HeardAnswer]:
    """One call, from its dialling to what was heard in it."""
    call = await server.new_call(track.words)
    caller = SpeakingCaller(track)
    caller.phone = await dial(server.port, call.path, caller.ear.received)
    caller.phone.send(metadata_frame())
    pacer.add(caller.tick)
    await caller.finished.wait()
    pacer.remove(caller.tick)
    reported = await server.answers(call.call_id)
    caller.phone.close()
    await caller.phone.closed.wait()
    return heard_answers(track.turns, caller.sent_at, caller.ear.audible_at, reported, caller.ear.content_at)


def dealt(sentences: Sequence[Sentence], hands: int) -> list[list[Sentence]]:
    """Give each call its share, the longest first, so that all last about as long."""
    shares: list[list[Sentence]] = [[] for _ in range(min(hands, len(sentences)))]
    for sentence in sorted(sentences, key=lambda sentence: -len(sentence.pcm)):
        min(shares, key=lambda share: sum(len(each.pcm) + 200_000 for each in share)).append(sentence)
    return shares


async def run(profile: str, progress: ReportProgress) -> BenchmarkResult:
    """Measure; see the top of this module."""
    progress("voicing the callers", 0.0)
    read = [sentence async for sentence in read_sentences()]
    return await measure(profile, [*read, *human_sentences()], progress)


@dataclass(frozen=True, slots=True)
class Pass:
    """All sentences, said to one server."""

    answers: list[HeardAnswer]
    totals: Mapping[str, int]
    client_late_p99_ms: float


async def measure(
    profile: str,
    sentences: Sequence[Sentence],
    progress: ReportProgress,
    *,
    lead_in_ms: int = LEAD_IN_MS,
    gap_ms: int = GAP_MS,
) -> BenchmarkResult:
    """Let all sentences be said, several calls at once: without openers, with them, and without preparing."""
    shares = dealt(sentences, _CALLS_AT_ONCE)
    tracks = [track_of(share, lead_in_ms=lead_in_ms, gap_ms=gap_ms) for share in shares]
    load_before = os.getloadavg()[0]
    plain = ServerOrder(delays=profile, turn_model=True)
    orders = {
        "openers off": plain,
        "openers on": replace(plain, openers=True),
        "nothing prepared": replace(plain, speculation_max=0),
    }
    passes: dict[str, Pass] = {}
    for number, (name, order) in enumerate(orders.items()):

        def report(doing: str, done: float, number: int = number, name: str = name) -> None:
            progress(f"{name}: {doing}", (number + done) / len(orders))

        passes[name] = await one_pass(order, tracks, report)
    floors = floors_of(profile, tracks)
    off, opened, unprepared = (passes[name] for name in orders)
    details = {
        "delays": asdict(DELAYS[profile]),
        "first_clause_tokens": len(FIRST_CLAUSE_TOKENS),
        "turns": [asdict(answer) | {"floor_ms": floors.get(answer.name)} for answer in off.answers],
        "turns_with_openers": [asdict(answer) for answer in opened.answers],
        "turns_unprepared": [asdict(answer) for answer in unprepared.answers],
        "by_source": {source: dict(figures_of(off.answers, floors, source)) for source in ("read", "human")},
        "human_recordings": "present" if any(s.source == "human" for s in sentences) else "absent: left out",
        "totals": {name: dict(each.totals) for name, each in passes.items()},
        "client_late_p99_ms": max(each.client_late_p99_ms for each in passes.values()),
        "load_average_before": round(load_before, 2),
    }
    figures = figures_of(off.answers, floors) | opened_figures(off.answers, opened.answers)
    return BenchmarkResult(figures | prepared_figures(off, unprepared), details)


async def one_pass(order: ServerOrder, tracks: Sequence[CallerTrack], progress: ReportProgress) -> Pass:
    """Say everything to one server."""
    seconds = max(len(track.pcm) for track in tracks) / 32_000
    pacer = Pacer()

    async def tell() -> None:
        for second in range(round(seconds)):
            progress(f"{len(tracks)} calls, {sum(len(track.turns) for track in tracks)} turns", second / seconds)
            await asyncio.sleep(1)

    async with ServerProcess(order) as server, asyncio.TaskGroup() as tasks:
        beside = [tasks.create_task(pacer.keep()), tasks.create_task(tell())]
        async with asyncio.TaskGroup() as calls:
            held = []
            for track in tracks:
                held.append(calls.create_task(hold_call(server, pacer, track)))
                await asyncio.sleep(FRAME_S * 3.7)
        totals = await server.totals()
        for task in beside:
            task.cancel()
    answers = [answer for call in held for answer in call.result()]
    return Pass(answers, totals, round(percentile(pacer.late_ms, 99), 3))


def floors_of(profile: str, tracks: Sequence[CallerTrack]) -> dict[str, float]:
    """The floor of each turn, by its name."""
    found: dict[str, float] = {}
    for track in tracks:
        for turn in track.turns:
            words = [word for word in track.words if turn.first_sample <= word.middle_sample < turn.last_sample]
            if words:
                found[turn.name] = round(turn_floor_ms(DELAYS[profile], words), 1)
    return found


def opened_figures(plain: Sequence[HeardAnswer], opened: Sequence[HeardAnswer]) -> dict[str, float | int]:
    """What openers do: the first sound, and how much later the answer itself is than without them."""
    sounds = [a.answer_latency_ms for a in opened if a.answer_latency_ms is not None]
    before = {a.name: a.answer_latency_ms for a in plain if a.answer_latency_ms is not None}
    later = [
        a.content_latency_ms - before[a.name] for a in opened if a.content_latency_ms is not None and a.name in before
    ]
    return {
        "sound_p50_ms": round(percentile(sounds, 50), 1),
        "sound_p95_ms": round(percentile(sounds, 95), 1),
        "content_later_p50_ms": round(percentile(later, 50), 1),
        "content_later_p95_ms": round(percentile(later, 95), 1),
        "false_cutoffs_with_openers": sum(a.is_false_cutoff for a in opened),
    }


def prepared_figures(prepared: Pass, unprepared: Pass) -> dict[str, float | int]:
    """What preparing saves, and what it costs."""
    without = {a.name: a.answer_latency_ms for a in unprepared.answers if a.answer_latency_ms is not None}
    saved = [
        without[a.name] - a.answer_latency_ms
        for a in prepared.answers
        if a.answer_latency_ms is not None and a.name in without
    ]
    turns, calls = len(prepared.answers), prepared.totals["model_calls"]
    return {
        "prepared_saves_p50_ms": round(percentile(saved, 50), 1),
        "model_calls_per_turn": round(calls / max(1, turns), 2),
        "model_calls_wasted_share": round(max(0, calls - turns) / max(1, calls), 3),
    }


def figures_of(
    answers: Sequence[HeardAnswer], floors: Mapping[str, float], source: str | None = None
) -> dict[str, float | int]:
    """The claim, over all turns or those of one source."""
    of_source = [answer for answer in answers if source in (None, answer.source)]
    latencies = [a.answer_latency_ms for a in of_source if a.answer_latency_ms is not None]
    differences = [
        abs(a.reported_ms - a.answer_latency_ms)
        for a in of_source
        if a.reported_ms is not None and a.answer_latency_ms is not None
    ]
    clock = [abs(a.clock_difference_ms) for a in of_source if a.clock_difference_ms is not None]
    timed = [a for a in of_source if a.answer_latency_ms is not None and a.name in floors]
    least = [floors[a.name] for a in timed]
    above = [(a.answer_latency_ms or 0.0) - floors[a.name] for a in timed]
    agreed = sum(difference <= _AGREED_MS for difference in differences)
    false_cutoffs = sum(answer.is_false_cutoff for answer in of_source)
    return {
        "p50_ms": round(percentile(latencies, 50), 1),
        "p95_ms": round(percentile(latencies, 95), 1),
        "floor_p50_ms": round(percentile(least, 50), 1),
        "floor_p95_ms": round(percentile(least, 95), 1),
        "above_floor_p50_ms": round(percentile(above, 50), 1),
        "above_floor_p95_ms": round(percentile(above, 95), 1),
        "turns": len(of_source),
        "measured_turns": len(latencies),
        "false_cutoffs": false_cutoffs,
        "unanswered": len(of_source) - len(latencies) - false_cutoffs,
        "reported_max_difference_ms": round(max(differences, default=0.0), 1),
        "reported_within_40_ms_share": round(agreed / len(differences), 3) if differences else 0.0,
        "reported_clock_max_difference_ms": round(max(clock, default=0.0), 1),
    }


def draw(result: BenchmarkResult) -> Figure:
    """The share of turns that were answered by each moment; the floor as a limit."""
    turns = result.details["turns"]
    assert isinstance(turns, list)
    latencies: dict[str, list[float]] = {}
    for turn in turns:
        if turn["answer_latency_ms"] is not None:
            latencies.setdefault(f"{turn['source']} callers", []).append(turn["answer_latency_ms"])
    return cumulative(
        "From the caller's last sound to our first",
        "answer latency, ms (the dashed line is the floor)",
        latencies,
        limit=float(result.figures["floor_p50_ms"]),
    )
