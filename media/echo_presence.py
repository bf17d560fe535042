"""Whether a line gives an echo at all. Most do not: the phone or the network has taken it out. Sans-IO.

For each delay that an echo may have: whenever what was played so long ago was loud,
and nothing is heard now, an echo with that delay is refuted. When every delay is
refuted often enough, there is none, though the caller spoke in most of the time.
"""

from collections import deque
from typing import Any

import numpy as np
import numpy.typing as npt

from media.echo_filter import HOP

Floats = npt.NDArray[np.floating[Any]]

_DELAYS = 30
"""Frames: 0 to 600 ms."""
_PLAYED_FRAMES = 3
_HEARD_FRAMES = 4
"""One more than of what was played: a delay is seldom a whole number of frames."""
_SILENT = HOP * _HEARD_FRAMES * 46.0**2
"""-57 dBFS: an echo below is not heard by anybody."""
_SILENT_RATIO = 0.001
_SOFT_RATIO = 0.03
"""On a noisy line an echo below -15 dB is refuted only if its shape was not found either."""
_SILENT_TIMES = 25
_SOFT_TIMES = 25
_DOUBT = 5
"""By so much more must be refuted what was found once: some phones gate their echo."""
_SEARCHED_FRAMES = 120


class EchoPresence:
    """What is known of one line.

    Attributes:
        is_absent: No echo comes back.
    """

    def __init__(self) -> None:
        self.is_absent = False
        self._heard: deque[float] = deque(maxlen=_HEARD_FRAMES)
        self._latest: deque[float] = deque(maxlen=_PLAYED_FRAMES)
        self._played: Floats = np.zeros(_DELAYS)
        self._silent_times = np.zeros(_DELAYS, dtype=np.int64)
        self._soft_times = np.zeros(_DELAYS, dtype=np.int64)
        self._searched_frames = 0
        self._doubt = 1

    def found(self) -> None:
        """An echo was found."""
        self.is_absent = False
        self._doubt = _DOUBT
        self._silent_times[:] = 0
        self._soft_times[:] = 0
        self._searched_frames = 0

    def wake(self) -> None:
        """What comes next does not follow what was heard before."""
        self._heard.clear()
        self._latest.clear()
        self._played[:] = 0

    def follow(self, *, played: float, heard: float, is_proven: bool) -> None:
        """Take the powers of a frame, each the sum of its squares.

        Args:
            played: Of what plays in it.
            heard: Of the microphone.
            is_proven: Whether an echo is just being taken out.
        """
        self._heard.append(heard)
        self._latest.append(played)
        self._played[1:] = self._played[:-1]
        self._played[0] = sum(self._latest)
        self._searched_frames = 0 if is_proven else self._searched_frames + 1
        total = sum(self._heard)
        if len(self._heard) < _HEARD_FRAMES or (total >= _SILENT and is_proven):
            return
        if total < _SILENT:
            self._silent_times += self._played * _SILENT_RATIO > total
        self._soft_times += self._played * _SOFT_RATIO > max(total, _SILENT * _SOFT_RATIO)
        self.is_absent = self.is_absent or self._is_refuted()

    def _is_refuted(self) -> bool:
        if self._silent_times.min() >= _SILENT_TIMES * self._doubt:
            return True
        return self._searched_frames >= _SEARCHED_FRAMES and bool(self._soft_times.min() >= _SOFT_TIMES * self._doubt)
