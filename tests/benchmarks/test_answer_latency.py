"""Answer latency: what the figures mean, and one real turn."""

from collections.abc import Sequence

import pytest

from benchmarks import answer_latency
from benchmarks.answer_latency import PROFILES, Pass, dealt, figures_of, opened_figures, prepared_figures
from benchmarks.caller_tracks import CallerTrack, Sentence, read_sentences
from benchmarks.delayed_services import DELAYS
from benchmarks.heard_answers import HeardAnswer
from benchmarks.pictures import to_svg
from benchmarks.result import ReportProgress
from benchmarks.server_order import ServerOrder


def test_every_profile_has_its_delays() -> None:
    """Profiles are those of the services."""
    assert set(PROFILES) == set(DELAYS)


def test_figures() -> None:
    """Cut-offs and missing answers are counted, and are no part of the percentiles."""
    answers = [
        HeardAnswer("read", "a", 900.0, False, 910.0, 1.0),
        HeardAnswer("read", "b", 1_100.0, False, 1_050.0, -4.0),
        HeardAnswer("human", "c", None, True),
        HeardAnswer("human", "d", None, False),
    ]
    figures = figures_of(answers, {"a": 640.0, "b": 640.0})
    assert (figures["p50_ms"], figures["turns"], figures["measured_turns"]) == (1_000.0, 4, 2)
    assert (figures["false_cutoffs"], figures["unanswered"]) == (1, 1)
    assert (figures["reported_max_difference_ms"], figures["reported_within_40_ms_share"]) == (50.0, 0.5)
    assert figures["reported_clock_max_difference_ms"] == 4.0
    assert (figures["floor_p50_ms"], figures["above_floor_p50_ms"]) == (640.0, 360.0)
    assert figures_of(answers, {}, "human")["measured_turns"] == 0


def test_figures_of_openers_and_of_preparing() -> None:
    """Turns are compared with themselves; one that was not measured in both runs is left out."""
    plain = [HeardAnswer("read", "a", 700.0, False), HeardAnswer("read", "b", 800.0, False)]
    opened = [
        HeardAnswer("read", "a", 300.0, False, content_latency_ms=750.0),
        HeardAnswer("read", "b", None, True),
    ]
    figures = opened_figures(plain, opened)
    assert (figures["sound_p50_ms"], figures["content_later_p50_ms"]) == (300.0, 50.0)
    assert figures["false_cutoffs_with_openers"] == 1
    slow = [HeardAnswer("read", "a", 900.0, False), HeardAnswer("read", "b", 1_100.0, False)]
    saved = prepared_figures(Pass(plain, {"model_calls": 3}, 0.0), Pass(slow, {"model_calls": 2}, 0.0))
    assert (saved["prepared_saves_p50_ms"], saved["model_calls_per_turn"]) == (250.0, 1.5)
    assert saved["model_calls_wasted_share"] == 0.333


def test_sentences_are_dealt_fairly() -> None:
    """Every sentence is dealt once, and no call gets all the long ones."""
    sentences = [Sentence("read", str(n), bytes(n * 32_000), ()) for n in range(1, 9)]
    shares = dealt(sentences, 4)
    assert sorted(each.name for share in shares for each in share) == [str(n) for n in range(1, 9)]
    assert [len(share) for share in shares] == [2, 2, 2, 2]
    assert len(dealt(sentences[:1], 4)) == 1


async def test_a_tiny_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence is said over a real socket, answered, and drawn; the three passes are one, which takes its time."""
    sentences = [each async for each in read_sentences(("My name is Robert Miller.",))]
    one_pass, orders = answer_latency.one_pass, list[ServerOrder]()
    held: list[Pass] = []

    async def held_once(order: ServerOrder, tracks: Sequence[CallerTrack], progress: ReportProgress) -> Pass:
        orders.append(order)
        if not held:
            held.append(await one_pass(order, tracks, progress))
        return held[0]

    monkeypatch.setattr(answer_latency, "one_pass", held_once)
    result = await answer_latency.measure("ideal", sentences, lambda doing, done: None, lead_in_ms=1_000, gap_ms=3_000)
    assert [(order.openers, order.speculation_max == 0) for order in orders] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    assert (result.figures["turns"], result.figures["measured_turns"]) == (1, 1)
    assert "<svg" in to_svg(answer_latency.draw(result))
