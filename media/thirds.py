"""Rate conversion between 48 kHz and 16 kHz, as a stream that holds nothing back. Sans-IO.

``media.resample`` gives its sound in blocks, up to 38 ms late. On a line that is paced
frame by frame that would be a delay which nobody knows of. Here each frame in is one
frame out, and the filter delays the sound by 1 ms.
"""

import numpy as np
from numpy.typing import NDArray

FACTOR = 3
_TAPS = 97
"""Symmetric: the delay is half of it, 1 ms at 48 kHz."""
_CUTOFF = 7_600 / 48_000
_BETA = 6.5
"""Of the Kaiser window: 65 dB, from 6.6 to 8.6 kHz. What folds back stays above 7.4 kHz."""
_LOUDEST = 32_767


def _low_pass() -> NDArray[np.float32]:
    at = np.arange(_TAPS) - _TAPS // 2
    taps = np.sinc(2 * _CUTOFF * at) * np.kaiser(_TAPS, _BETA)
    normal: NDArray[np.float32] = (taps / taps.sum()).astype(np.float32)
    return normal


class ToThird:
    """48 kHz in, 16 kHz out."""

    def __init__(self) -> None:
        self._taps = _low_pass()
        self._before = np.zeros(_TAPS - 1, dtype=np.float32)

    def feed(self, samples: NDArray[np.int16]) -> bytes:
        """Convert one piece, a multiple of three samples, to 16-bit PCM."""
        joined = np.concatenate((self._before, samples.astype(np.float32)))
        self._before = joined[samples.size :]
        windows = np.lib.stride_tricks.sliding_window_view(joined, _TAPS)[::FACTOR]
        return _as_pcm(windows @ self._taps)


class ToTriple:
    """16 kHz in, 48 kHz out."""

    def __init__(self) -> None:
        padded = np.zeros((_TAPS + FACTOR - 1) // FACTOR * FACTOR, dtype=np.float32)
        padded[:_TAPS] = _low_pass() * FACTOR
        # Column p makes the p-th of three samples; the newest input stands last in a window.
        self._phases = padded.reshape(-1, FACTOR)[::-1].copy()
        self._before = np.zeros(self._phases.shape[0] - 1, dtype=np.float32)

    def feed(self, pcm: bytes) -> bytes:
        """Convert one piece of 16-bit PCM."""
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
        joined = np.concatenate((self._before, samples))
        self._before = joined[samples.size :]
        windows = np.lib.stride_tricks.sliding_window_view(joined, self._phases.shape[0])
        return _as_pcm((windows @ self._phases).ravel())


def _as_pcm(samples: NDArray[np.float32]) -> bytes:
    return np.clip(np.rint(samples), -_LOUDEST - 1, _LOUDEST).astype("<i2").tobytes()
