"""The near-end guard: keeps the caller's words, and closes on what is left of the echo. Sans-IO.

AEC3 by itself takes a third of the words of a caller who speaks over a loud echo.
Two things give them back, besides that it sees only what the linear filter left: a
tenth of that is always let past it, and all of it while a proven filter says that
the caller is much louder than the echo. What a voice detector needs, silence, is made
here: where far less comes out than went in, nobody speaks, and less still is let out.

Figures: docs/benchmarks.md, ``echo``.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from media.echo_filter import HOP, LinearEcho

Samples = npt.NDArray[np.int16]
Floats = npt.NDArray[np.floating[Any]]

SUPPRESSOR_DELAY_SAMPLES = 128
"""AEC3 gives each sample 8 ms later (measured: a noise comes out there, and nowhere else)."""

_PAST_SUPPRESSOR = 0.1
"""Share of the filter's output: at -20 dB a voice is still a voice, an echo filtered twice is not."""
_CLOSES_AT = 0.065
"""Power that came out, relative to what went in: from -12 dB down it is echo…"""
_CLOSES_BY = 1.5
"""…and is made softer still: by 15 dB more when it is 5 dB below."""
_FOLLOWS = 0.45
"""Weight of the latest frame in the powers: the gate opens within one frame of a voice."""
_LOST_GAIN = 0.03
_LOST_LOUDER = 3.0
"""While the echo has just moved away, what is not louder than it would be is taken for it."""
_LOUDER_FROM = 3.0
_LOUDER_TO = 10.0
"""What arrives, relative to the loudest echo expected lately: from 5 dB on more is let past AEC3, from 10 dB all."""
_EXPECTED_KEEPS = 0.93
"""Per frame: how long the echo may pause, as the voice does."""


class NearEndGuard:
    """The guard of one call. Frames of 20 ms."""

    def __init__(self) -> None:
        self._ramp: Floats = np.arange(1, HOP + 1, dtype=np.float32) / HOP
        self._before: Floats = np.zeros(SUPPRESSOR_DELAY_SAMPLES, dtype=np.float32)
        self._gain = 1.0
        self._came_in = 0.0
        self._came_out = 0.0
        self._loudest_expected = 0.0

    def guard(
        self, *, heard: Floats, cleaned: Floats, suppressed: Samples, linear: LinearEcho, is_proven: bool, is_lost: bool
    ) -> Samples:
        """Decide what of a frame is passed on.

        Args:
            heard: The microphone.
            cleaned: The same less its linear echo.
            suppressed: What AEC3 made of that, ``SUPPRESSOR_DELAY_SAMPLES`` late.
            linear: The filter, for what it expects.
            is_proven: Whether the filter has fitted for long.
            is_lost: Whether the echo has just moved away from where the filter expects it.

        Returns:
            As late as ``suppressed``.
        """
        self._loudest_expected = max(self._loudest_expected * _EXPECTED_KEEPS, linear.expected)
        late = np.concatenate((self._before, cleaned))
        self._before = late[HOP:]
        share = self._share_past_suppressor(linear.arriving) if is_proven else _PAST_SUPPRESSOR
        passed: Floats = suppressed + np.float32(share) * (late[:HOP] - suppressed)
        gain = self._gate(float(heard @ heard), float(passed @ passed), is_lost=is_lost)
        if gain < 1.0 or self._gain < 1.0:
            passed *= np.float32(self._gain) + np.float32(gain - self._gain) * self._ramp
        self._gain = gain
        return np.rint(passed).astype(np.int16)

    def _share_past_suppressor(self, arriving: float) -> float:
        louder = arriving / (self._loudest_expected + 1.0)
        return min(1.0, max(_PAST_SUPPRESSOR, (louder - _LOUDER_FROM) / (_LOUDER_TO - _LOUDER_FROM)))

    def _gate(self, power_in: float, power_out: float, *, is_lost: bool) -> float:
        self._came_in += _FOLLOWS * (power_in - self._came_in)
        self._came_out += _FOLLOWS * (power_out - self._came_out)
        if is_lost and power_in < _LOST_LOUDER * self._loudest_expected:
            return _LOST_GAIN
        # One in each sample is no sound: silence passes a gate that is open.
        ratio = (self._came_out + HOP) / (self._came_in + HOP)
        return float(min(1.0, (ratio / _CLOSES_AT) ** _CLOSES_BY))
