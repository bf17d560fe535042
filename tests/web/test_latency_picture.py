"""The picture of the latencies."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from stores.records import TurnRecord
from web.latency_picture import STYLE, latency_picture, milliseconds, percentile, stage_values_ms

SVG = "{http://www.w3.org/2000/svg}"


def turn(number: int, *stages_ms: float, was_interrupted: bool = False) -> TurnRecord:
    """A turn whose stages take so long."""
    end, recognition, words, sound = stages_ms
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return TurnRecord("call-1", number, at, sum(stages_ms), end, recognition, words, sound, was_interrupted)


def texts(picture: str) -> list[str]:
    """Everything that is written in the picture."""
    return [element.text or "" for element in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def widths(picture: str, style: str) -> list[float]:
    """How wide the bars of one colour are, without the legend's squares."""
    rects = ElementTree.fromstring(picture).iter(f"{SVG}rect")
    return [float(r.attrib["width"]) for r in rects if r.attrib["class"] == style and r.attrib["height"] == "5"]


def test_the_picture_stands_alone() -> None:
    """It is well-formed, knows its namespace and size, says what it shows, and loads nothing."""
    picture = latency_picture([turn(1, 400, 30, 120, 60), turn(2, 500, 40, 100, 60)])
    root = ElementTree.fromstring(picture)
    assert root.tag == f"{SVG}svg"
    assert root.attrib["role"] == "img"
    assert root.findtext(f"{SVG}title") == "Answer latency by turn"
    assert root.findtext(f"{SVG}desc") == "2 answers: p50 610 ms, p95 700 ms, max 700 ms."
    assert re.findall(r"https?://[^\"]+", picture) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme:dark" in picture


def test_every_number_is_written() -> None:
    """Totals, stages, percentiles and the interruption can be read."""
    written = texts(latency_picture([turn(1, 400, 30, 120, 60), turn(7, 1000, 41, 102, 63, was_interrupted=True)]))
    for text in ("Turn 1", "610 ms", "400 ms", "30 ms", "120 ms", "60 ms", "Turn 7", "1,206 ms", "interrupted"):
        assert text in written
    for text in ("p50", "p95", "max", "End of turn", "Recognition", "First words", "First sound"):
        assert text in written


def test_bars_are_as_long_as_their_stages() -> None:
    """Twice the time is twice the length, but for the gap between neighbours."""
    picture = latency_picture([turn(1, 400, 100, 100, 200), turn(2, 200, 100, 100, 200)])
    gap = 1.5
    long, short = widths(picture, "lp-turn")
    assert long + gap == pytest.approx(2 * (short + gap), abs=0.2)
    assert widths(picture, "lp-recognition")[0] + gap == pytest.approx((short + gap) / 2, abs=0.2)


def test_each_stage_begins_where_the_one_before_it_ends() -> None:
    """A waterfall: further to the right, and one line lower."""
    root = ElementTree.fromstring(latency_picture([turn(1, 400, 100, 200, 100)]))
    bars = [rect for rect in root.iter(f"{SVG}rect") if rect.attrib["height"] == "5"]
    lefts, tops = ([float(bar.attrib[name]) for bar in bars] for name in ("x", "y"))
    assert lefts == pytest.approx([0, 190, 237.5, 332.5])
    assert [lower - upper for upper, lower in pairwise(tops)] == [5, 5, 5]
    assert len({bar.attrib["class"] for bar in bars}) == 4


def test_a_page_may_bring_the_style() -> None:
    """Then the picture carries none."""
    assert "<style>" in latency_picture([turn(1, 400, 30, 120, 60)])
    assert "<style>" not in latency_picture([turn(1, 400, 30, 120, 60)], is_alone=False)
    assert STYLE.count(".lp-turn{") == 2


@pytest.mark.parametrize("longest", [0.0, 0.4, 9.0, 99.0, 1000.0, 12_345.6])
def test_nothing_leaves_the_picture(longest: float) -> None:
    """Whatever the scale, bars and marks stay inside, and stages of no length are still seen."""
    picture = latency_picture([turn(1, longest, 0, 0, 0), turn(2, 0, -3, 0, 0)])
    root = ElementTree.fromstring(picture)
    left, _, width, _ = map(float, root.attrib["viewBox"].split())
    for rect in root.iter(f"{SVG}rect"):
        x = float(rect.attrib["x"])
        assert left <= x
        assert x + float(rect.attrib["width"]) <= left + width
        assert float(rect.attrib["width"]) >= 1
    assert "nan" not in picture


def test_no_answers_are_said_to_be_none() -> None:
    """A call without an answer has a picture too."""
    assert texts(latency_picture([])) == ["No answer was measured in this call."]


@pytest.mark.parametrize(("percent", "expected"), [(50, 3), (95, 5), (100, 5), (20, 1), (21, 2), (0.1, 1)])
def test_percentiles_are_measured_values(percent: float, expected: float) -> None:
    """The nearest rank, of values in any order."""
    assert percentile([5, 1, 4, 2, 3], percent) == expected


def test_numbers_are_written_for_people() -> None:
    """Whole milliseconds with separated thousands."""
    assert [milliseconds(value) for value in (0, 61.6, 1010)] == ["0 ms", "62 ms", "1,010 ms"]
    assert stage_values_ms(turn(1, 1, 2, 3, 4)) == (1, 2, 3, 4)


def test_an_opener_has_a_mark_of_its_own() -> None:
    """Both latencies are written; the bar reaches to the answer itself."""
    plain = turn(1, 300.0, 50.0, 400.0, 150.0)
    opened = replace(plain, answer_latency_ms=300.0, content_latency_ms=plain.answer_latency_ms)
    assert "the answer itself" not in latency_picture([plain])
    assert 'class="lp-opener" d=' not in latency_picture([plain])
    drawn = latency_picture([opened])
    assert "300 ms, the answer itself" in drawn
    assert 'class="lp-opener" d=' in drawn
