"""Manners: nobody is cut off, "mm-hmm" is talked through, an interruption yielded to, and remembered is what was heard.

Callers over real sockets, the real conversation with voice activity detection and the
end-of-turn model, services of fixed delay. Callers pause in mid-sentence, dictate in groups,
and make sounds over long answers whose words can be told apart by ear.
"""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from matplotlib.figure import Figure

from benchmarks.asterisk_sounds import AsteriskSounds, SoundsUnavailable, fetch_sounds
from benchmarks.delayed_services import DELAYS
from benchmarks.hesitating_callers import (
    clip_of,
    cut_sentences,
    dictations,
    prompt_hesitations,
    read,
    read_hesitations,
)
from benchmarks.lateness import FRAME_S, percentile
from benchmarks.live_caller import Clip, LiveCaller, PlayedFrame, Said, gaps_s, words_played
from benchmarks.numbered_speech import LONG_WORDS, OTHER_WORD, WORD_MS, last_number
from benchmarks.overlap_sounds import asides, coughs, hums, keyboards, recorded_interruptions, spoken_overlaps
from benchmarks.pictures import bars
from benchmarks.result import BenchmarkResult, ReportProgress
from benchmarks.server_order import ServerOrder
from benchmarks.server_process import ServerProcess
from benchmarks.wire import Pacer
from emulators.caller_voice import caller_voice

PROFILES = ("fixed", "realistic")

TALKED_THROUGH_MS = 150
"""A silence of ours that is no longer than this is no reaction."""
TALKED_OVER_MS = 300
"""Both heard at once for longer than this, where the caller was not finished."""
YIELD_WITHIN_MS = 1_500
REACTION_S = 2.5
"""How long after the end of a sound over our voice we are listened to."""
POSITIONS_MS = (600, 1_500, 2_600, 3_700)
"""How far into an answer a sound over it begins."""
QUESTIONS = ("Could you explain that to me?", "Please explain what happens next.")
CALLS_AT_ONCE = 5
_ANSWER_WITHIN_S = 6.0
_QUIET_S = 0.7
_WORD_S = WORD_MS / 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What became of one thing that a caller said. Milliseconds; None: did not happen."""

    kind: str
    name: str
    is_false_cutoff: bool = False
    """We could be heard before the caller had finished a turn."""
    talked_over_ms: float = 0.0
    """How long both could be heard then."""
    sound_latency_ms: float | None = None
    """From the end of a turn to the first that was heard of us."""
    content_latency_ms: float | None = None
    """And to the first word of the answer."""
    silenced_ms: float | None = None
    """Our longest silence after a sound over our voice, while there was more to say."""
    is_resumed: bool = False
    """We fell silent and went on with the same answer."""
    stop_ms: float | None = None
    """From the caller's onset to our last audible sample, where we yielded."""
    remembered_words: int | None = None
    """The last word of the answer that is stored, for one that was cut…"""
    heard_words: int | None = None
    """…and the last that was really played."""
    record: str = ""
    """What the server believed: BargedIn, FalseAlarm, or nothing."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """A long answer is asked for; a sound is made over it, and at last it is interrupted."""

    question: Clip
    sound: Clip
    position_ms: int
    interruption: Clip | None
    """None: the sound itself is the interruption."""


def turn_seen(caller: LiveCaller, said: Said) -> Seen:
    """Judge a whole turn, when it is over and has been answered."""
    began, ended = caller.spoken_at(said.first_sample), caller.spoken_at(said.last_sample)
    early = caller.far_end.between(began, ended)
    if early:
        over_ms = sum(min(f.ends_at, ended) - max(f.starts_at, began) for f in _over_voice(caller, said, early)) * 1000
        return Seen(kind=said.clip.kind, name=said.clip.name, is_false_cutoff=True, talked_over_ms=round(over_ms, 1))
    sound, content = (caller.far_end.first_after(ended, is_content=is_content) for is_content in (False, True))
    return Seen(
        kind=said.clip.kind,
        name=said.clip.name,
        sound_latency_ms=None if sound is None else (sound - ended) * 1000,
        content_latency_ms=None if content is None else (content - ended) * 1000,
    )


def _over_voice(caller: LiveCaller, said: Said, frames: Sequence[PlayedFrame]) -> list[PlayedFrame]:
    """Those frames of ours that were heard while the caller spoke, not only paused."""
    clip_starts = caller.spoken_at(said.first_sample)
    spans = [
        (clip_starts + word.start_sample / 16_000, clip_starts + word.end_sample / 16_000) for word in said.clip.words
    ]
    return [f for f in frames if any(begin < f.starts_at < end for begin, end in spans)]


def overlap_seen(caller: LiveCaller, said: Said, until: float) -> Seen:
    """Judge a sound over a long answer that had more to say: were we silenced, and did we go on?"""
    onset = caller.spoken_at(said.first_sample)
    before = caller.far_end.between(onset - 0.5, onset)
    frames = caller.far_end.between(onset, until)
    silences = gaps_s(frames, onset, until)
    longest = max((length for _, length in silences), default=0.0)
    stopped = next((start for start, length in silences if length > TALKED_THROUGH_MS / 1000), None)
    after = [f for f in frames if stopped is not None and f.starts_at > stopped]
    at_word = max((f.word for f in [*before, *frames] if stopped is None or f.starts_at < stopped), default=0)
    goes_on = bool(after) and abs(after[0].word - at_word) <= 1
    return Seen(
        kind=said.clip.kind,
        name=said.clip.name,
        silenced_ms=round(longest * 1000, 1),
        is_resumed=goes_on,
        stop_ms=None if stopped is None else round((stopped - onset) * 1000, 1),
    )


def interruption_seen(caller: LiveCaller, said: Said) -> Seen:
    """Judge a real interruption, when the caller has finished it: did we yield, and stay silent?"""
    onset, ended = caller.spoken_at(said.first_sample), caller.spoken_at(said.last_sample)
    end = max(ended, onset + YIELD_WITHIN_MS / 1000)
    frames = caller.far_end.between(onset, end + 0.2)
    # Our last frame of the answer that was interrupted; the next answer begins anew with its first word.
    answer: list[PlayedFrame] = []
    for frame in frames:
        begins_anew = frame.word <= 1 and frame.starts_at > ended
        if answer and (frame.word < answer[-1].word - 1 or frame.word == OTHER_WORD or begins_anew):
            break
        answer.append(frame)
    stopped = answer[-1].ends_at if answer else onset
    is_yielded = stopped < min(end, onset + YIELD_WITHIN_MS / 1000) and (stopped <= ended or len(answer) < len(frames))
    was_held = any(length > TALKED_THROUGH_MS / 1000 for _, length in gaps_s(answer, onset, stopped))
    return Seen(
        kind=said.clip.kind,
        name=said.clip.name,
        stop_ms=round((stopped - onset) * 1000, 1) if is_yielded else None,
        is_resumed=was_held,
    )


def heard_before(caller: LiveCaller, at: float) -> int:
    """The last word that was played of the answer that was under way at this moment."""
    frames = [f for f in caller.far_end.played if f.starts_at < at]
    answer: list[PlayedFrame] = []
    for frame in frames:
        if answer and frame.word < answer[-1].word - 1:
            answer = []
        answer.append(frame)
    return words_played(answer, _WORD_S)


def remembered_seen(caller: LiveCaller, records: Sequence[dict[str, Any]]) -> list[Seen]:
    """Compare what is stored of each answer that was cut with what was played of it."""
    return [
        Seen(
            kind="memory",
            name=f"turn {record['turn']}",
            remembered_words=last_number(record["text"]),
            heard_words=heard_before(caller, record["at"]),
        )
        for record in records
        if record["record"] == "AssistantSaid" and record["was_interrupted"] and last_number(record["text"]) > 0
    ]


async def hold_turn(caller: LiveCaller, clip: Clip) -> Seen:
    """Say one turn, pauses and all, and wait until it has been answered."""
    said = await caller.say(clip)
    end = time.monotonic()
    await caller.until(lambda: caller.far_end.first_after(end, is_content=True) is not None, _ANSWER_WITHIN_S)
    await caller.until_quiet(_QUIET_S, _ANSWER_WITHIN_S)
    return turn_seen(caller, said)


async def hold_overlap(caller: LiveCaller, overlap: Overlap) -> list[Seen]:
    """Ask, make the sound over the answer, see what comes of it, interrupt, and wait for the answer to that."""
    question = await caller.say(overlap.question)
    asked = caller.spoken_at(question.last_sample)
    if not await caller.until(lambda: caller.far_end.first_after(asked, is_content=True) is not None, _ANSWER_WITHIN_S):
        return [Seen(kind="unanswered", name=overlap.question.name)]
    seen = [turn_seen(caller, question)]
    answered = caller.far_end.first_after(asked, is_content=True) or asked
    await asyncio.sleep(max(0.0, answered + overlap.position_ms / 1000 - 6 * FRAME_S - time.monotonic()))
    said = await caller.say(overlap.sound)
    if overlap.interruption is not None:
        latest = answered + LONG_WORDS * _WORD_S - 0.5
        until = min(caller.spoken_at(said.last_sample) + REACTION_S, latest)
        await asyncio.sleep(max(0.0, until - time.monotonic()))
        seen.append(overlap_seen(caller, said, until))
        if not caller.far_end.is_playing(time.monotonic()):
            await caller.until_quiet(2 * _QUIET_S, _ANSWER_WITHIN_S)
            return seen
        said = await caller.say(overlap.interruption)
    await asyncio.sleep(max(0.0, YIELD_WITHIN_MS / 1000 - len(said.clip.pcm) / 32_000) + 0.3)
    # A caller who speaks on before the answer to the interruption would meet it with the next question.
    ended = caller.spoken_at(said.last_sample)
    await caller.until(lambda: caller.far_end.first_after(ended, is_content=True) is not None, _ANSWER_WITHIN_S)
    await caller.until_quiet(2 * _QUIET_S, 2 * _ANSWER_WITHIN_S)
    seen.append(interruption_seen(caller, said))
    return seen


async def hold_call(server: ServerProcess, pacer: Pacer, turns: Sequence[Clip | Overlap]) -> list[Seen]:
    """One call in which all of this happens, one after the other."""
    caller = LiveCaller(server, pacer)
    await caller.begin()
    await asyncio.sleep(1.5)
    seen: list[Seen] = []
    for turn in turns:
        await caller.until_quiet(_QUIET_S, _ANSWER_WITHIN_S)
        if isinstance(turn, Clip):
            seen.append(await hold_turn(caller, turn))
        else:
            seen += await hold_overlap(caller, turn)
    records = await caller.end()
    return [*seen, *remembered_seen(caller, records)]


async def all_turns() -> tuple[list[Clip | Overlap], str]:
    """Everything that is said; and whether the human recordings were there."""
    sounds: AsteriskSounds | None = None
    note = "present"
    try:
        sounds = await asyncio.to_thread(fetch_sounds)
    except SoundsUnavailable as error:
        note = f"absent: {error}"
    clips = [*cut_sentences(), *[clip async for clip in read_hesitations()]]
    overlaps = [*await spoken_overlaps(), *hums(), *coughs(), *keyboards(), *asides()]
    if sounds is not None:
        clips += [*prompt_hesitations(sounds), *dictations(sounds)]
        overlaps += recorded_interruptions(sounds)
    voice = caller_voice()
    try:
        questions = [clip_of(text, "question", [await read(voice, text)]) for text in QUESTIONS]
    finally:
        await voice.close()
    return [*clips, *overlapping(questions, overlaps)], note


def overlapping(questions: Sequence[Clip], sounds: Sequence[Clip]) -> list[Overlap]:
    """Put each sound over an answer, at changing places; what is no interruption is followed by one."""
    real = [clip for clip in sounds if clip.kind == "interruption"]
    found: list[Overlap] = []
    for number, sound in enumerate(sounds):
        question, position = questions[number % len(questions)], POSITIONS_MS[number % len(POSITIONS_MS)]
        is_real = sound.kind in ("interruption", "stop")
        found.append(Overlap(question, sound, position, None if is_real else real[number % len(real)]))
    return found


async def run(profile: str, progress: ReportProgress) -> BenchmarkResult:
    """Measure; see the top of this module."""
    progress("voicing the callers", 0.0)
    turns, note = await all_turns()
    return await measure(profile, turns, progress, note=note)


async def measure(
    profile: str, turns: Sequence[Clip | Overlap], progress: ReportProgress, *, note: str = ""
) -> BenchmarkResult:
    """Let all of it happen, several calls at once."""
    load_before = os.getloadavg()[0]
    # Pauses are dealt in turn, so that no call has only dictations: a caller's habit is learnt.
    hands = [list(turns[number::CALLS_AT_ONCE]) for number in range(min(CALLS_AT_ONCE, len(turns)))]
    pacer = Pacer()
    order = ServerOrder(delays=profile, turn_model=True, openers=True, numbered=True)
    began = time.monotonic()

    async def tell() -> None:
        while True:
            progress(f"{len(hands)} calls, {len(turns)} exchanges", min(0.99, (time.monotonic() - began) / 240))
            await asyncio.sleep(1)

    async with ServerProcess(order) as server, asyncio.TaskGroup() as tasks:
        beside = [tasks.create_task(pacer.keep()), tasks.create_task(tell())]
        async with asyncio.TaskGroup() as calls:
            held = []
            for hand in hands:
                held.append(calls.create_task(hold_call(server, pacer, hand)))
                await asyncio.sleep(FRAME_S * 3.7)
        for task in beside:
            task.cancel()
    seen = [each for call in held for each in call.result()]
    details = {
        "delays": asdict(DELAYS[profile]),
        "seen": [asdict(each) for each in seen],
        "human_recordings": note,
        "client_late_p99_ms": round(percentile(pacer.late_ms, 99), 3),
        "load_average_before": round(load_before, 2),
    }
    return BenchmarkResult(figures_of(seen), details)


def share(part: int, whole: int) -> float:
    """Part of the whole; 0 of nothing."""
    return round(part / whole, 3) if whole else 0.0


def figures_of(seen: Sequence[Seen]) -> dict[str, float | int]:
    """The claims."""
    figures: dict[str, float | int] = {}
    for kind, name in (("pause", "pauses"), ("dictation", "dictations"), ("question", "questions")):
        of_kind = [each for each in seen if each.kind == kind]
        figures[name] = len(of_kind)
        figures[f"{name}_cut_off"] = sum(each.is_false_cutoff for each in of_kind)
    turns = [each for each in seen if each.kind in ("pause", "dictation", "question")]
    figures["talked_over"] = sum(each.talked_over_ms > TALKED_OVER_MS for each in turns)
    sounds = [each.sound_latency_ms for each in turns if each.sound_latency_ms is not None]
    contents = [each.content_latency_ms for each in turns if each.content_latency_ms is not None]
    figures["unanswered"] = sum(not each.is_false_cutoff and each.content_latency_ms is None for each in turns)
    for name, values in (("sound", sounds), ("content", contents)):
        figures |= {f"{name}_p{p}_ms": round(percentile(values, p), 1) for p in (50, 95)}
    for kind in ("hum", "backchannel", "cough", "keyboard", "aside"):
        of_kind = [each for each in seen if each.kind == kind]
        through = sum((each.silenced_ms or 0.0) <= TALKED_THROUGH_MS for each in of_kind)
        resumed = sum(each.is_resumed and (each.silenced_ms or 0.0) > TALKED_THROUGH_MS for each in of_kind)
        figures[f"{kind}s"] = len(of_kind)
        figures[f"{kind}s_talked_through_share"] = share(through, len(of_kind))
        figures[f"{kind}s_went_on_share"] = share(through + resumed, len(of_kind))
    for kind in ("interruption", "stop"):
        of_kind = [each for each in seen if each.kind == kind]
        stops = [each.stop_ms for each in of_kind if each.stop_ms is not None]
        figures[f"{kind}s"] = len(of_kind)
        figures[f"{kind}s_yielded_share"] = share(len(stops), len(of_kind))
        figures |= {f"{kind}_stop_p{p}_ms": round(percentile(stops, p), 1) for p in (50, 95)}
    cut = [each for each in seen if each.kind == "memory"]
    agreed = sum(abs((each.heard_words or 0) - (each.remembered_words or 0)) <= 1 for each in cut)
    return figures | {"cut_answers": len(cut), "heard_is_remembered_share": share(agreed, len(cut))}


def draw(result: BenchmarkResult) -> Figure:
    """The share of each kind that went as it should."""
    figures = result.figures

    def kept(kind: str) -> float:
        return 100 * (1 - share(int(figures[f"{kind}_cut_off"]), int(figures[kind])))

    return bars(
        "Manners: how often it went as it should",
        "percent of all",
        {
            "pauses not cut off": kept("pauses"),
            "dictations not cut off": kept("dictations"),
            "interruptions yielded to": 100 * float(figures["interruptions_yielded_share"]),
            "'stop' and 'wait' obeyed": 100 * float(figures["stops_yielded_share"]),
            "'mm-hmm' talked through": 100 * float(figures["hums_talked_through_share"]),
            "'okay', 'yeah' talked through": 100 * float(figures["backchannels_talked_through_share"]),
            "'okay', 'yeah': went on": 100 * float(figures["backchannels_went_on_share"]),
            "coughs talked through": 100 * float(figures["coughs_talked_through_share"]),
            "keyboards talked through": 100 * float(figures["keyboards_talked_through_share"]),
            "people aside talked through": 100 * float(figures["asides_talked_through_share"]),
            "remembered as heard": 100 * float(figures["heard_is_remembered_share"]),
        },
    )
