"""A caller who has finished is answered soon, and one who only pauses is not cut off.

Each pause of ``benchmarks.end_of_turn_data`` is judged once, when the silence has lasted
150 ms: by the voice alone, by the words alone, and by both together as the server does it;
then the wait is what ``vad.end_of_turn`` makes of it. Twice: with the words that were said,
and with those that our recogniser understood of the same sound. A pause is cut off when the
wait ends before the caller goes on.

The constants of the judges were fitted on one half of the pauses; figures are of both halves,
and the details give each by itself. Not in it: when the recogniser's text arrives.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from matplotlib.figure import Figure

from benchmarks.asterisk_sounds import SoundsUnavailable, fetch_sounds
from benchmarks.end_of_turn_data import Pause, dictations, natural_pauses, prompts, synthetic_pauses
from benchmarks.lateness import percentile
from benchmarks.pictures import cumulative
from benchmarks.result import BenchmarkResult, ReportProgress
from providers.moonshine_model import MoonshineModel
from providers.turn_end import fuse, load_smart_turn
from vad.end_of_turn import EndOfTurn
from vad.sentence_end import SentenceEnd
from vad.word_table import english_word_table

PROFILES = ("full", "quick")

_JUDGED_AFTER_MS = 150
_LONGEST_UNDERSTOOD_BYTES = 14 * 32_000
_ANSWERED_WITHIN_MS = (200, 300, 500, 700)
_LEAST_PAUSE_MS = 500
"""Shorter ones end before they are noticed."""
_QUICK_EVERY = 4

_WHOLE = ("sentence", "answer", "natural")
_PAUSED = ("fragment", "natural")


@dataclass(frozen=True, slots=True)
class Judged:
    """A pause, and what the judges say."""

    pause: Pause
    understood: str
    """What our recogniser makes of the sound."""
    voice: float
    words: Mapping[str, float]
    """By the text that was judged: ``said`` or ``understood``."""

    def probability(self, detector: str, text: str) -> float:
        """What ``voice``, ``words`` or ``both`` say of it."""
        match detector:
            case "voice":
                return self.voice
            case "words":
                return self.words[text]
            case _:
                return fuse(self.words[text], self.voice)


def roc_auc(ended: Sequence[float], open_: Sequence[float]) -> float:
    """How often an ended turn gets more than an open one; ties count half. 0.5 is chance."""
    more = np.asarray(ended)[:, None] - np.asarray(open_)[None, :]
    return float(((more > 0).mean() + (more >= 0).mean()) / 2)


def cut_off(judged: Iterable[Judged], wait_ms: Callable[[Judged], int]) -> tuple[int, int]:
    """How many callers are cut off at their pauses, and of how many."""
    all_ = list(judged)
    return sum(wait_ms(each) < each.pause.pause_ms for each in all_), len(all_)


def operating_points(judged: Sequence[Judged], detector: str, text: str) -> dict[str, float]:
    """What a judge does to callers: how long the ones who have finished wait, how many others are cut off."""
    end_of_turn = EndOfTurn()

    def wait_ms(each: Judged) -> int:
        return end_of_turn.wait_ms(each.probability(detector, text))

    ended = [each for each in judged if each.pause.has_finished and each.pause.kind in _WHOLE]
    paused = [
        each
        for each in judged
        if not each.pause.has_finished and each.pause.kind in _PAUSED and each.pause.pause_ms >= _LEAST_PAUSE_MS
    ]
    found: dict[str, float] = {}
    if ended and paused:
        waits = [wait_ms(each) for each in ended]
        found["auc"] = round(
            roc_auc([e.probability(detector, text) for e in ended], [p.probability(detector, text) for p in paused]), 3
        )
        found |= {"wait_p50_ms": round(percentile(waits, 50)), "wait_p95_ms": round(percentile(waits, 95))}
        for limit in _ANSWERED_WITHIN_MS:
            found[f"within_{limit}_ms"] = round(sum(wait <= limit for wait in waits) / len(waits), 3)
    for name, among in (
        ("pauses", paused),
        ("known_hesitations", [each for each in judged if each.pause.is_known_hesitation]),
        ("digits", [e for e in judged if e.pause.kind == "digits" and not e.pause.has_finished]),
        ("letters", [e for e in judged if e.pause.kind == "letters" and not e.pause.has_finished]),
        ("synthetic", [e for e in judged if e.pause.kind == "synthetic" and not e.pause.has_finished]),
    ):
        cut, of = cut_off(among, wait_ms)
        found |= {f"cut_off_{name}": cut, f"{name}": of}
    return found


async def gather_pauses(profile: str, progress: ReportProgress) -> tuple[list[Pause], list[str]]:
    """What can be had here, and notes on what cannot."""
    notes: list[str] = []
    pauses = list(natural_pauses())
    if not pauses:
        notes.append("no recordings of other speakers beside the project")
    progress("fetching recordings", 0.0)
    try:
        sounds = fetch_sounds()
        pauses += [*prompts(sounds), *dictations(sounds)]
    except SoundsUnavailable as error:
        notes.append(f"no recorded prompts: {error}")
    if profile == "quick":
        return pauses[::_QUICK_EVERY], [*notes, "no synthetic caller in this profile"]
    pauses += [pause async for pause in synthetic_pauses()]
    return pauses, notes


def judge(pauses: Sequence[Pause], progress: ReportProgress) -> tuple[list[Judged], dict[str, float]]:
    """Ask each judge about each pause; also what a question costs."""
    recogniser, voice = MoonshineModel(), load_smart_turn()
    sentence_end = SentenceEnd("en", english_word_table())
    voice_s, words_s, judged = 0.0, 0.0, []
    for number, pause in enumerate(pauses):
        progress("listening", number / len(pauses))
        pcm = pause.with_silence(_JUDGED_AFTER_MS)
        samples = np.frombuffer(pcm[-_LONGEST_UNDERSTOOD_BYTES:], dtype="<i2").astype(np.float32) / np.float32(32768)
        decoded = recogniser.decode(samples)
        understood = decoded.text if decoded is not None else ""
        began = perf_counter()
        heard = voice.probability(pcm)
        asked = perf_counter()
        words = {"said": sentence_end.finished(pause.text), "understood": sentence_end.finished(understood)}
        words_s += perf_counter() - asked
        voice_s += asked - began
        judged.append(Judged(pause, understood, heard, words))
    count = max(1, len(pauses))
    cost = {"voice_ms": round(voice_s / count * 1e3, 1), "words_us": round(words_s / count / 2 * 1e6, 1)}
    return judged, cost


async def run(profile: str, progress: ReportProgress) -> BenchmarkResult:
    """Measure; see the top of this module."""
    pauses, notes = await gather_pauses(profile, progress)
    judged, cost = judge(pauses, progress)
    table = {
        f"{detector}, {text}, {part}": operating_points(among, detector, text)
        for detector in ("voice", "words", "both")
        for text in ("said", "understood")
        for part, among in (
            ("all", judged),
            ("fitted half", [each for each in judged if each.pause.half == 0]),
            ("held-out half", [each for each in judged if each.pause.half == 1]),
        )
    }
    figures: dict[str, float | str] = {"pauses_judged": len(judged), **cost}
    for text in ("said", "understood"):
        for name, value in table[f"both, {text}, all"].items():
            figures[f"{text}_{name}"] = value
    end_of_turn = EndOfTurn()
    waits = {
        f"{text}, {state}": [
            end_of_turn.wait_ms(each.probability("both", text))
            for each in judged
            if each.pause.has_finished == has_finished
            and each.pause.kind in (*_WHOLE, *_PAUSED)
            and (has_finished or each.pause.pause_ms >= _LEAST_PAUSE_MS)
        ]
        for text in ("said", "understood")
        for state, has_finished in (("finished", True), ("pausing", False))
    }
    cuts = [
        {"said": each.pause.text, "understood": each.understood, "pause_ms": each.pause.pause_ms}
        for each in judged
        if not each.pause.has_finished
        and end_of_turn.wait_ms(each.probability("both", "understood")) < each.pause.pause_ms
    ]
    return BenchmarkResult(figures, {"notes": notes, "table": table, "waits_ms": waits, "cut_off": cuts})


def draw(result: BenchmarkResult) -> Figure:
    """How long is waited in silence, after whole sentences and at pauses."""
    waits = result.details["waits_ms"]
    if not isinstance(waits, Mapping):
        raise TypeError("the waits are a mapping from their names")
    series = {name: values for name, values in waits.items() if values}
    return cumulative("Silence before a turn counts as over", "ms", series)
