"""Percentiles and the grid."""

import numpy as np
import pytest

from benchmarks.lateness import grid_lateness, percentile


def grid(frames: int, *, start_s: float = 50.0) -> list[float]:
    """Punctual arrivals."""
    return [start_s + n * 0.020 for n in range(frames)]


def test_percentile() -> None:
    """Percentiles lie between neighbours; of nothing, they are nothing."""
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile([0.0, 1.0], 25) == 0.25
    assert percentile([], 99) == 0.0


def test_punctual_frames_are_not_late() -> None:
    """Frames on the grid have no lateness, wherever the grid begins."""
    lateness = grid_lateness(grid(100), lead_ms=80)
    assert lateness.late_ms == pytest.approx(np.zeros(100), abs=1e-9)
    assert lateness.underruns == 0


def test_one_late_frame() -> None:
    """One late frame is late by itself: those after it are on time again."""
    arrivals = grid(100)
    arrivals[40] += 0.015
    lateness = grid_lateness(arrivals, lead_ms=80)
    assert lateness.late_ms[40] == pytest.approx(15.0)
    assert np.delete(lateness.late_ms, 40) == pytest.approx(np.zeros(99), abs=1e-9)


def test_the_earliest_frame_gives_the_grid() -> None:
    """A first frame that was late makes no later frame early."""
    arrivals = grid(10)
    arrivals[0] += 0.005
    assert grid_lateness(arrivals, lead_ms=80).late_ms[0] == pytest.approx(5.0)


def test_a_frame_later_than_the_lead_begins_a_new_grid() -> None:
    """After an underrun, playing begins anew: the frames after it are not late."""
    arrivals = grid(100)
    for n in range(60, 100):
        arrivals[n] += 0.120
    lateness = grid_lateness(arrivals, lead_ms=80)
    assert lateness.underruns == 1
    assert lateness.late_ms[60] == pytest.approx(120.0)
    assert lateness.late_ms[61:] == pytest.approx(np.zeros(39), abs=1e-9)


def test_no_frames() -> None:
    """A call without frames has no lateness."""
    lateness = grid_lateness([], lead_ms=80)
    assert len(lateness.late_ms) == 0
    assert lateness.underruns == 0
