"""The linear part of the echo: a Kalman filter in the frequency domain, in partitions of one frame.

It knows how sure it is of itself, so that it goes on adapting slowly while the
caller speaks too, and needs no detector of double talk. Sans-IO.

Spectra of signals are unitary (``norm="ortho"``), and the path is not scaled: so the product of
both is the spectrum of the echo. It is also what keeps numpy's transforms in single precision.
What does not outlive a frame is not kept with the call: so it lies where that of the last call
lay, in the processor's cache.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from media.frames import frame_samples

Floats = npt.NDArray[np.floating[Any]]
Spectrum = npt.NDArray[np.complexfloating[Any, Any]]

HOP = frame_samples(16_000)
PARTITIONS = 8
"""Together 160 ms of room: what is later is left to the suppressor."""
HISTORY_SAMPLES = (PARTITIONS + 1) * HOP

_BINS = HOP + 1
_FORGETS = np.float32(0.999**2)
"""How much of the echo path is still the same after a frame."""
_SHRINKS = np.float32(-0.5) * _FORGETS
_NOISE_KEEPS = np.float32(0.6)
_UNSURE = np.float32(1.0)
"""Variance of the path before anything is known: an echo as loud as its sound."""
_FOLLOWS = 0.25
"""Weight of the latest frame in what is known of the filter's fit."""
_FIT_FLOOR = 0.2
"""A filter that fits no better only adds noise to what AEC3 sees."""
_LOWEST, _HIGHEST = np.float32(-32768), np.float32(32767)
_TINY = np.float32(1e-3 / (2 * HOP))

_rfft: Any = np.fft.rfft
_irfft: Any = np.fft.irfft
"""numpy's types say that ``out`` is double."""


class LinearEcho:
    """The echo path of one call as far as it is linear. Frames of 20 ms at 16 kHz, no delay.

    Attributes:
        fit: How much of the echo that it expects is really there, lately: 1 when all of it,
            whoever speaks besides; near 0 when the echo has moved or is none; 0 to 1.
        expected: Power of the echo that it expects, lately, summed over a frame.
        arriving: Power of the microphone, the same way.
    """

    def __init__(self) -> None:
        self._last: Floats = np.zeros(HOP, dtype=np.float32)
        self._played: Spectrum = np.zeros((PARTITIONS, _BINS), dtype=np.complex64)
        self._power: Floats = np.zeros((PARTITIONS, _BINS), dtype=np.float32)
        self._path: Spectrum = np.zeros((PARTITIONS, _BINS), dtype=np.complex64)
        self._variance: Floats = np.full((PARTITIONS, _BINS), _UNSURE, dtype=np.float32)
        self._noise: Floats = np.zeros(_BINS, dtype=np.float32)
        self._turn = 0
        self._silent_frames = PARTITIONS
        self._common = 0.0
        self.expected = 0.0
        self.arriving = 0.0
        self.fit = 0.0

    def forget(self) -> None:
        """The echo path is another one."""
        self._path[:] = 0
        self._variance[:] = _UNSURE
        self._common = self.expected = self.fit = 0.0

    def realign(self, history: Floats) -> None:
        """The reference was shifted in time: take its last ``HISTORY_SAMPLES`` anew.

        The path itself is kept: a phone that buffers more has still the same room.
        """
        for partition in range(PARTITIONS):
            end = HISTORY_SAMPLES - partition * HOP
            _rfft(history[end - 2 * HOP : end], norm="ortho", out=self._played[partition])
        self._power[:] = _squared(self._played)
        self._last = history[-HOP:]
        self._silent_frames = 0

    def remove(self, reference: Floats, captured: Floats, *, is_learning: bool = True) -> Floats:
        """The captured frame less the echo of what was played.

        Args:
            reference: The next 320 samples of what was played, aligned.
            captured: The next 320 samples of the microphone.
            is_learning: Whether the path may be corrected by this frame.
        """
        self.arriving += _FOLLOWS * (float(captured @ captured) - self.arriving)
        self._silent_frames = 0 if reference.any() else self._silent_frames + 1
        if self._silent_frames > PARTITIONS:
            self._common = self.expected = 0.0
            return captured  # the path hears nothing: nothing can echo, and nothing can be learned
        self._advance(reference)
        echo = _irfft(np.add.reduce(self._played * self._path, axis=0), 2 * HOP, norm="ortho")[HOP:]
        if is_learning:
            self._learn(captured - echo)
        self._common += _FOLLOWS * (float(captured @ echo) - self._common)
        self.expected += _FOLLOWS * (float(echo @ echo) - self.expected)
        self.fit = min(1.0, max(0.0, self._common / (self.expected + 1)))
        trust = max(0.0, self.fit - _FIT_FLOOR) / (1 - _FIT_FLOOR)
        echo *= np.float32(trust)
        cleaned: Floats = captured - echo
        np.maximum(cleaned, _LOWEST, out=cleaned)
        return np.minimum(cleaned, _HIGHEST, out=cleaned)

    def _advance(self, reference: Floats) -> None:
        """Take the next frame of what was played; and put the partition right that was learned last."""
        waves: Floats = np.empty((2, 2 * HOP), dtype=np.float32)
        line, response = waves
        # A partition answers for one frame of the path only; one is put right in each frame, in turn.
        _irfft(self._path[self._turn], 2 * HOP, norm="ortho", out=response)
        response[HOP:] = 0
        line[:HOP] = self._last
        line[HOP:] = self._last = reference
        self._played[1:] = self._played[:-1]
        self._power[1:] = self._power[:-1]
        self._played[0], self._path[self._turn] = _rfft(waves, norm="ortho")
        self._power[0] = _squared(self._played[0])

    def _learn(self, error_frame: Floats) -> None:
        """Correct the path by what was heard otherwise."""
        self._turn = (self._turn + 1) % PARTITIONS
        noise = self._noise
        padded: Floats = np.zeros(2 * HOP, dtype=np.float32)
        padded[HOP:] = error_frame
        error = _rfft(padded, norm="ortho")
        noise += (1 - _NOISE_KEEPS) * (_squared(error) - noise)
        sensed = self._power * self._variance
        total = np.add.reduce(sensed, axis=0)
        total += noise
        total += noise
        total += _TINY
        np.reciprocal(total, out=total)
        error *= total
        step = np.conjugate(self._played)
        step *= error
        step *= self._variance
        self._path += step
        sensed *= total
        sensed *= _SHRINKS
        sensed += _FORGETS
        self._variance *= sensed
        grown = _squared(self._path)
        grown *= 1 - _FORGETS
        self._variance += grown


def _squared(spectrum: Spectrum) -> Floats:
    """The squared magnitudes."""
    pairs = spectrum.view(np.float32)
    squares = pairs * pairs
    magnitudes: Floats = squares[..., ::2] + squares[..., 1::2]
    return magnitudes
