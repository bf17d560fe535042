"""The reference of the echo canceller: what the caller hears, laid on the timeline of what the caller says.

A ring of the last second and of the next one; silence where nothing was played. Sans-IO.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from media.frames import frame_samples

Samples = npt.NDArray[np.int16]
Floats = npt.NDArray[np.floating[Any]]

RATE_HZ = 16_000
_FRAME = frame_samples(RATE_HZ)
_RING = 1 << 16
AHEAD_SAMPLES = RATE_HZ
"""Sound further ahead than this is dropped: nothing is sent so early."""
BEHIND_SAMPLES = _RING - AHEAD_SAMPLES - _FRAME
"""How far back ``window`` may reach."""
_CONTIGUOUS_SAMPLES = RATE_HZ * 5 // 1000
"""The line's clock breathes, the sound does not: what begins this near to the last end continues it."""
_AUDIBLE_PEAK = 8
"""-72 dBFS: the echo of less drowns in the noise of any line."""


class Reference:
    """What was sent to one caller, by the sample of the caller's audio at which it plays.

    Attributes:
        missed: Frames of 20 ms, begun ones included, of sound that came only after the canceller
            had passed the place where it plays: the caller's audio there was processed without it.
        dropped: Frames of 20 ms, begun ones included, that were thrown away: more than one
            second ahead, or so late that no later frame could use them.
    """

    def __init__(self) -> None:
        self._ring: Samples = np.zeros(_RING, dtype=np.int16)
        self._end = 0
        self._sound_end = 0
        self._stretch_start = 0
        self._end_before = 0
        self.missed = 0
        self.dropped = 0

    @property
    def sound_end(self) -> int:
        """One past the last sample of what was audible, ever; 0 before any."""
        return self._sound_end

    def add(self, pcm: bytes, *, at_sample: int, passed: int, position: int) -> None:
        """Lay sound down.

        Args:
            pcm: 16 kHz.
            at_sample: Where it starts to play. Within 5 ms of the last end it continues there.
            passed: Reference before this sample has been used already.
            position: The sample of the caller's audio that is processed next.
        """
        sound = np.frombuffer(pcm, dtype="<i2")
        if abs(at_sample - self._end) <= _CONTIGUOUS_SAMPLES:
            at_sample = self._end
        end = at_sample + len(sound)
        if end > position + AHEAD_SAMPLES or at_sample < position - BEHIND_SAMPLES:
            self.dropped += _frames(len(sound))
            return
        self._silence_until(at_sample, oldest=position - BEHIND_SAMPLES)
        self._write(sound, at_sample)
        self._end = end if end > self._end else self._end
        if len(sound) and _is_audible(sound):
            if at_sample > self._sound_end:
                self._stretch_start, self._end_before = at_sample, self._sound_end
            self._sound_end = max(self._sound_end, end)
            if at_sample < passed:
                self.missed += _frames(min(end, passed) - at_sample)

    def take_back(self, at_sample: int) -> None:
        """What was to play from this sample on never will."""
        self._end = min(self._end, at_sample)
        before = self._end_before if at_sample <= self._stretch_start else self._sound_end
        self._sound_end = min(before, at_sample)

    def window(self, start: int, samples: int) -> Floats:
        """A copy of what plays from ``start`` on; silence before the beginning and after what is known."""
        first, last = max(0, start), min(start + samples, self._end)
        begin = first % _RING
        if last - first == samples and begin + samples <= _RING:  # the common case: one piece, and all of it
            return self._ring[begin : begin + samples].astype(np.float32)
        taken = np.zeros(samples, dtype=np.float32)
        if first < last:
            whole = last - first
            part = min(whole, _RING - begin)
            taken[first - start : first - start + part] = self._ring[begin : begin + part]
            taken[first - start + part : last - start] = self._ring[: whole - part]
        return taken

    def _silence_until(self, at_sample: int, *, oldest: int) -> None:
        start = max(self._end, oldest)
        if start < at_sample:
            self._write(np.zeros(at_sample - start, dtype=np.int16), start)

    def _write(self, sound: Samples, at_sample: int) -> None:
        begin = at_sample % _RING
        part = min(len(sound), _RING - begin)
        self._ring[begin : begin + part] = sound[:part]
        if part < len(sound):
            self._ring[: len(sound) - part] = sound[part:]


def _is_audible(sound: Samples) -> bool:
    # The ufunc itself: half of what the array's method costs, and this is asked for each frame.
    return bool(np.maximum.reduce(sound) > _AUDIBLE_PEAK or np.minimum.reduce(sound) < -_AUDIBLE_PEAK)


def _frames(samples: int) -> int:
    return -(-samples // _FRAME)
