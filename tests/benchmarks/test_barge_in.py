"""Barge-in: what the figures mean."""

from benchmarks import barge_in
from benchmarks.barge_in import figures_of
from benchmarks.pictures import to_svg
from benchmarks.result import BenchmarkResult
from benchmarks.turn_taking import Seen


def test_figures() -> None:
    """Only what was yielded to has a latency; memory and what the server believed are shown beside it."""
    seen = [
        (150, Seen(kind="interruption", name="a", stop_ms=240.0)),
        (600, Seen(kind="interruption", name="b", stop_ms=280.0, is_resumed=True)),
        (600, Seen(kind="interruption", name="c")),
        (600, Seen(kind="question", name="q", content_latency_ms=700.0)),
        (-1, Seen(kind="memory", name="turn 1", remembered_words=3, heard_words=4)),
    ]
    figures = figures_of(seen, [250.0])
    assert (figures["interruptions"], figures["yielded_share"], figures["resumed_first"]) == (3, 0.667, 1)
    assert (figures["p50_ms"], figures["max_ms"], figures["reported_p50_ms"]) == (260.0, 280.0, 250.0)
    assert (figures["cut_answers"], figures["heard_is_remembered_share"]) == (1, 1.0)


def test_it_can_be_drawn() -> None:
    """One line for each place in the answer."""
    tried = [{"kind": "interruption", "stop_ms": 240.0 + n, "position_ms": 150 + n % 2} for n in range(4)]
    result = BenchmarkResult({}, {"interruptions": tried})
    assert "<svg" in to_svg(barge_in.draw(result))
