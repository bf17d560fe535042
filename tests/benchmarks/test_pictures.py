"""Pictures of figures."""

from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

from benchmarks import pictures


def each_kind() -> dict[str, Figure]:
    """One small picture of each kind."""
    values = {"ours": [1.0, 2.0, 2.5, 9.0], "theirs": [3.0, 4.0]}
    stages = {"turn 1": {"end of turn": 200.0, "reply": 300.0}, "turn 2": {"end of turn": 250.0, "reply": 100.0}}
    return {
        "histogram": pictures.histogram("Answers", "latency, ms", values),
        "cumulative": pictures.cumulative("Answers", "latency, ms", values, limit=5),
        "bars_and_cumulative": pictures.bars_and_cumulative("Answers", "latency, ms", values, limit=2),
        "bars": pictures.bars("Cost", "µs per frame", {"vad": 80.0, "codec": 2.0}, limit=100),
        "stacked_bars": pictures.stacked_bars("Turns", "ms", stages),
        "curve": pictures.curve("Load", "calls", "jitter, ms", {"p99": [(1, 0.5), (100, 8.0)]}, limit=10),
    }


@pytest.mark.parametrize("kind", ["histogram", "cumulative", "bars_and_cumulative", "bars", "stacked_bars", "curve"])
def test_each_kind_is_svg_and_always_the_same(kind: str) -> None:
    """A picture is well-formed SVG, and the same figures give the same bytes."""
    first, second = (pictures.to_svg(each_kind()[kind]) for _ in range(2))
    assert ElementTree.fromstring(first).tag.endswith("svg")
    assert first == second


def test_percentiles_stand_in_the_legend() -> None:
    """A cumulative picture says its percentiles in words."""
    figure = pictures.cumulative("Answers", "ms", {"ours": [float(value) for value in range(101)]})
    labels = figure.axes[0].get_legend_handles_labels()[1]
    assert labels == ["ours: p50 50, p95 95, p99 99"]


def test_stacked_bars_end_at_the_sum() -> None:
    """The parts of a row stand one after another, and the sum is written at its end."""
    figure = each_kind()["stacked_bars"]
    assert [text.get_text().strip() for text in figure.axes[0].texts] == ["500", "350"]
