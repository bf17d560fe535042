"""Turn-taking: what the figures mean, and one real exchange."""

import numpy as np

from benchmarks import turn_taking
from benchmarks.delayed_services import DELAYS
from benchmarks.hesitating_callers import Part, clip_of, read
from benchmarks.live_caller import Clip
from benchmarks.pictures import to_svg
from benchmarks.result import BenchmarkResult
from benchmarks.turn_taking import POSITIONS_MS, PROFILES, Overlap, Seen, figures_of, overlapping
from emulators.caller_voice import caller_voice


def test_every_profile_has_its_delays() -> None:
    """Profiles are those of the services."""
    assert set(PROFILES) <= set(DELAYS)


def test_figures() -> None:
    """Cut-offs, silences and yields are counted by kind; those of cut turns are no latencies."""
    seen = [
        Seen(kind="pause", name="a", sound_latency_ms=200.0, content_latency_ms=600.0),
        Seen(kind="pause", name="b", is_false_cutoff=True, talked_over_ms=400.0),
        Seen(kind="dictation", name="c"),
        Seen(kind="backchannel", name="d", silenced_ms=10.0),
        Seen(kind="backchannel", name="e", silenced_ms=300.0, is_resumed=True),
        Seen(kind="interruption", name="f", stop_ms=240.0),
        Seen(kind="interruption", name="g"),
        Seen(kind="memory", name="h", remembered_words=5, heard_words=6),
        Seen(kind="memory", name="i", remembered_words=5, heard_words=9),
    ]
    figures = figures_of(seen)
    assert (figures["pauses"], figures["pauses_cut_off"], figures["talked_over"]) == (2, 1, 1)
    assert (figures["dictations_cut_off"], figures["unanswered"]) == (0, 1)
    assert (figures["sound_p50_ms"], figures["content_p50_ms"]) == (200.0, 600.0)
    assert (figures["backchannels_talked_through_share"], figures["backchannels_went_on_share"]) == (0.5, 1)
    assert (figures["interruptions_yielded_share"], figures["interruption_stop_p50_ms"]) == (0.5, 240.0)
    assert (figures["cut_answers"], figures["heard_is_remembered_share"]) == (2, 0.5)
    assert "<svg" in to_svg(turn_taking.draw(BenchmarkResult(figures)))


def test_every_sound_is_followed_by_a_real_interruption_unless_it_is_one() -> None:
    """So each answer is cut once; the places change."""
    question = Clip("q", "question", b"")
    sounds = [Clip(kind, kind, b"") for kind in ("backchannel", "stop", "interruption", "cough")]
    overlaps = overlapping([question], sounds)
    assert [each.interruption is None for each in overlaps] == [False, True, True, False]
    assert [each.position_ms for each in overlaps] == list(POSITIONS_MS)


async def test_a_tiny_run() -> None:
    """Over a real socket a long answer is asked for, beeped at, interrupted, cut, and remembered as it was heard."""
    tone = (4_000 * np.cos(np.arange(3_200) * 0.4)).astype(np.int16)
    question = clip_of("question", "question", [await spoken("Please explain it.")])
    click = Clip("beep", "cough", tone.tobytes())
    interruption = clip_of("no", "interruption", [await spoken("No, that is wrong.")])
    wanted = {"questions": 1, "interruptions_yielded_share": 1.0, "heard_is_remembered_share": 1.0}
    result = await turn_taking.measure("ideal", [Overlap(question, click, 300, interruption)], lambda doing, done: None)
    assert {name: result.figures[name] for name in wanted} == wanted


async def spoken(text: str) -> Part:
    """A text in the callers' voice."""
    voice = caller_voice()
    try:
        return await read(voice, text)
    finally:
        await voice.close()
