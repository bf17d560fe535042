"""From moments to figures: percentiles, and how late frames are against their grid. No I/O."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Milliseconds = npt.NDArray[np.float64]

FRAME_S = 0.020


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late the frames of one call were."""

    late_ms: Milliseconds
    """One value a frame, never negative."""
    underruns: int
    """How often the far end had nothing left to play."""


def percentile(values: Sequence[float] | Milliseconds, share: float) -> float:
    """The percentile, linear between neighbours; 0.0 when there are no values.

    Args:
        values: In any order.
        share: 0 to 100.
    """
    return float(np.percentile(values, share)) if len(values) else 0.0


def grid_lateness(arrivals_s: Sequence[float] | Milliseconds, *, lead_ms: float) -> Lateness:
    """Compare arrivals with the ideal grid of one frame every 20 ms.

    The grid lies where the earliest frame of the call puts it. A frame that is later
    than ``lead_ms`` has left the far end without sound: it counts with its whole
    lateness, and playing, hence the grid, begins anew with what follows it.

    Args:
        arrivals_s: Monotonic seconds, one a frame, in order, without a frame missing.
        lead_ms: How far ahead of the far end's playing frames are sent.
    """
    arrivals = np.asarray(arrivals_s, dtype=np.float64)
    offsets = arrivals - np.arange(len(arrivals)) * FRAME_S
    late = np.zeros(len(arrivals))
    starts = [0, *_underruns(offsets, lead_ms / 1000), len(arrivals)]
    previous_zero = None
    for start, end in pairwise(starts):
        segment = offsets[start:end]
        if not len(segment):
            continue
        zero = segment.min()
        late[start:end] = segment - zero
        if previous_zero is not None:
            late[start] = segment[0] - previous_zero
        previous_zero = zero
    return Lateness(late * 1000, max(0, len(starts) - 2))


def _underruns(offsets: Milliseconds, lead_s: float) -> Iterator[int]:
    """Where a frame was later than the far end's buffer is long."""
    start = 0
    while start < len(offsets):
        earliest = np.minimum.accumulate(offsets[start:])
        dry = np.flatnonzero(offsets[start:] - earliest > lead_s)
        if not len(dry):
            return
        start += int(dry[0])
        yield start
