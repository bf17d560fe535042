"""The cost of a frame: that it is measured, not what it is."""

import pytest

from benchmarks import frame_path
from benchmarks.frame_path import Cost, cost_of, gaps
from benchmarks.pictures import to_svg


def test_cost_is_the_median_of_the_rounds() -> None:
    """One bad round changes nothing."""
    quiet = [1_000, 1_000, 4_000]
    cost = cost_of([quiet, [90_000, 90_000, 90_000], quiet])
    assert cost == Cost(2.0, 1.0, cost.p99_us)
    assert cost.p99_us == pytest.approx(3.94)


def test_gaps() -> None:
    """A stamp ends where the next begins."""
    assert gaps([1, 4, 9]) == [3, 5]


async def test_a_tiny_run() -> None:
    """Every stage is measured, and the whole can be drawn."""
    progress: list[float] = []
    result = await frame_path.measure(1, 1, lambda doing, done: progress.append(done))
    assert progress == [0.0]
    assert all(value > 0 for value in result.figures.values() if isinstance(value, float))
    assert result.figures["total_us"] == pytest.approx(
        float(result.figures["in_us"]) + float(result.figures["out_us"]), abs=0.05
    )
    assert "<svg" in to_svg(frame_path.draw(result))
