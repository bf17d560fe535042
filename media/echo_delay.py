"""How late the echo comes: the generalised cross-correlation (PHAT) of what was played and what was heard. Sans-IO.

Costs a quarter of a millisecond: to be asked a few times a second, not with every frame.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]

_RATE_HZ = 16_000
WINDOW_SAMPLES = 16_384
"""Of what was played; a power of two."""
LONGEST_SAMPLES = 9_216
"""576 ms."""
HEARD_SAMPLES = WINDOW_SAMPLES - LONGEST_SAMPLES
"""Of what was heard: the end of the same window, 448 ms."""
_BAND_HZ = (250, 3400)
"""What every telephone carries."""
_KEEPS = 0.6
"""Of the correlation before: one window of speech is seldom enough."""
_SURE = 1.6
"""A peak this much higher than any other is the echo."""
_PEAK_SAMPLES = _RATE_HZ * 8 // 1000
"""What lies nearer belongs to the same peak: the room."""


class DelaySearch:
    """Looks for the echo of one call between 0 and 576 ms."""

    def __init__(self) -> None:
        low, high = (hz * WINDOW_SAMPLES // _RATE_HZ for hz in _BAND_HZ)
        self._band = slice(low, high)
        self._heard: Floats = np.zeros(WINDOW_SAMPLES, dtype=np.float32)
        self._correlation: Floats = np.zeros(LONGEST_SAMPLES, dtype=np.float32)

    def forget(self) -> None:
        """What was found before is true no more."""
        self._correlation[:] = 0

    def look(self, played: Floats, heard: Floats) -> int | None:
        """Take the latest windows, which end at the same sample.

        Args:
            played: The last ``WINDOW_SAMPLES`` of what was played.
            heard: The last ``HEARD_SAMPLES`` of the microphone.

        Returns:
            The delay of the echo in samples; None while it is not clear.
        """
        if not played.any():
            return None
        self._heard[LONGEST_SAMPLES:] = heard
        # The scale is of no matter; "ortho" keeps numpy in single precision, which is four times as fast.
        sound, echo = np.fft.rfft(played, norm="ortho"), np.fft.rfft(self._heard, norm="ortho")
        cross = np.zeros_like(sound)
        product = echo[self._band] * sound[self._band].conj()
        strength = np.abs(product)
        cross[self._band] = product / (strength + np.float32(1e-3) * strength.max() + np.float32(1e-9))
        self._correlation *= _KEEPS
        self._correlation += np.fft.irfft(cross)[:LONGEST_SAMPLES]
        return self._clear_peak()

    def _clear_peak(self) -> int | None:
        heights = np.abs(self._correlation)
        peak = int(heights.argmax())
        height = heights[peak]
        heights[max(0, peak - _PEAK_SAMPLES) : peak + _PEAK_SAMPLES] = 0
        return peak if height > _SURE * heights.max() > 0 else None
