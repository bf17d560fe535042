"""Playout jitter: one tiny run."""

from benchmarks import playout_jitter
from benchmarks.calls_per_core import Plan
from benchmarks.pictures import to_svg


async def test_a_tiny_run() -> None:
    """Two calls talk for a moment; each frame has a lateness, and there is a picture."""
    plan = Plan(settle_s=0.3, measure_s=0.5)
    result = await playout_jitter.measure((2,), plan, lambda doing, done: None)
    assert {"2_calls_p50_ms", "2_calls_p99_ms", "2_calls_max_ms", "2_calls_holes"} <= set(result.figures)
    late = result.details["late_ms"]
    assert isinstance(late, dict)
    assert len(late["2_calls"]) > 20
    assert "<svg" in to_svg(playout_jitter.draw(result))
