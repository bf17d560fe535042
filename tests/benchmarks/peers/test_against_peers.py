"""Figures of contenders, and their comparison."""

import importlib.util

from benchmarks import runner
from benchmarks.delayed_services import DELAYS
from benchmarks.peers.against_peers import PROFILES, Seen, compared, draw, figures_of
from benchmarks.peers.callers import HESITATION, INTERRUPTION, SENTENCE
from benchmarks.peers.held_call import Turn
from benchmarks.pictures import to_svg
from benchmarks.result import BenchmarkResult

TURNS = [
    Turn(SENTENCE, "a", answer_ms=500.0),
    Turn(SENTENCE, "b", answer_ms=700.0),
    Turn(SENTENCE, "c", answer_ms=9_000.0, client_late_ms=31.0),
    Turn(SENTENCE, "d", answer_ms=100.0, is_cut_off=True),
    Turn(SENTENCE, "e"),
    Turn(HESITATION, "f", answer_ms=600.0, is_cut_off=True),
    Turn(HESITATION, "g", answer_ms=600.0),
    Turn(INTERRUPTION, "h", stop_ms=240.0, was_audible=True),
    Turn(INTERRUPTION, "i", was_audible=True),
    Turn(INTERRUPTION, "j"),
]


def test_every_profile_has_its_delays() -> None:
    """Profiles are those of the services."""
    assert set(PROFILES) <= set(DELAYS)


def test_figures_are_of_the_turns_that_count() -> None:
    """A late turn, a cut-off, a missing answer and a silent assistant are counted, and in no percentile."""
    figures = figures_of(Seen(TURNS, processor_s=2.0, call_s=80.0))
    assert (figures["p50_ms"], figures["max_ms"], figures["turns"], figures["left_out"]) == (600.0, 700.0, 4, 1)
    assert (figures["unanswered"], figures["cut_off_sentences"]) == (1, 1)
    assert (figures["cut_off_hesitations"], figures["hesitations"]) == (1, 2)
    assert (figures["stop_p50_ms"], figures["stopped"], figures["interruptions"]) == (240.0, 1, 2)
    assert figures["core_percent_per_call"] == 2.5


def test_nothing_measured_is_no_figure_of_a_peer() -> None:
    """Ratios are against the best that was measured, for each figure by itself."""
    kinds = ("p50_ms", "p95_ms", "stop_p50_ms", "core_percent_per_call", "cut_off_hesitations")
    values = {
        "antiphon": (300, 350, 200, 2, 0),
        "one_default": (600, 700, 0, 1, 3),
        "two_best": (500, 2_000, 400, 4, 2),
    }
    figures = {name: dict(zip(kinds, each, strict=True)) for name, each in values.items()}
    ratios = compared(figures)
    assert (ratios["p50_ratio"], ratios["p95_ratio"], ratios["stop_p50_ratio"]) == (0.6, 0.5, 0.5)
    assert (ratios["p50_to_defaults_ratio"], ratios["p95_to_defaults_ratio"]) == (0.5, 0.5)
    assert (ratios["core_percent_per_call_ratio"], ratios["best_peer_cut_off_hesitations"]) == (2.0, 2)


def test_what_counts_is_known_by_its_name() -> None:
    """A turn that came too late has to be said again."""
    done = Seen(TURNS).done()
    assert (SENTENCE, "a") in done
    assert (SENTENCE, "c") not in done


def test_it_is_drawn() -> None:
    """One bar pair and one curve for each contender that answered."""
    turn = {"kind": SENTENCE, "answer_ms": 500.0, "is_cut_off": False, "client_late_ms": 1.0}
    turns = {"antiphon": [turn, turn | {"answer_ms": 600.0}], "peer_best": [turn], "silent": []}
    picture = to_svg(draw(BenchmarkResult({"floor_p50_ms": 400.0}, {"turns": turns})))
    assert "<svg" in picture


def test_it_is_no_part_of_the_benchmarks_that_need_nothing() -> None:
    """Whoever runs all benchmarks needs no environment of a peer."""
    assert "against_peers" not in runner.find_benchmarks()
    assert importlib.util.find_spec("benchmarks.peers.against_peers") is not None
