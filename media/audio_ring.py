"""The last seconds of a call's audio, addressed by sample position."""

import numpy as np
import numpy.typing as npt

Pcm = npt.NDArray[np.int16]

_BYTES_PER_SAMPLE = 2
_DTYPE = np.dtype("<i2")


class AudioRing:
    """Keeps the newest samples of a stream; overflow drops the oldest.

    Positions count samples from the start of the stream, so they stay valid however
    much has been dropped.
    """

    def __init__(self, capacity_samples: int) -> None:
        """Make room for so many samples (2 bytes each)."""
        self._samples: Pcm = np.zeros(capacity_samples, np.int16)
        self._pushed = 0
        self._odd = b""

    @property
    def end_sample(self) -> int:
        """One past the newest sample."""
        return self._pushed

    @property
    def start_sample(self) -> int:
        """The oldest sample that is still here."""
        return max(0, self._pushed - len(self._samples))

    def push(self, pcm: bytes) -> None:
        """Append 16-bit little-endian samples; half a sample waits for its other half."""
        if self._odd or len(pcm) % _BYTES_PER_SAMPLE:
            pcm = self._odd + pcm
            whole = len(pcm) // _BYTES_PER_SAMPLE * _BYTES_PER_SAMPLE
            pcm, self._odd = pcm[:whole], pcm[whole:]
        new = np.frombuffer(pcm, _DTYPE)
        capacity = len(self._samples)
        at = self._pushed % capacity
        end = at + len(new)
        if end <= capacity:  # the common case: one piece
            self._samples[at:end] = new
            self._pushed += len(new)
            return
        kept = new[-capacity:]
        self._pushed += len(new)
        at = (self._pushed - len(kept)) % capacity
        first = min(len(kept), capacity - at)
        self._samples[at : at + first] = kept[:first]
        self._samples[: len(kept) - first] = kept[first:]

    def read(self, start_sample: int, end_sample: int) -> Pcm:
        """Copy the samples from ``start_sample`` up to before ``end_sample``.

        What has been dropped or has not come yet is left out, so fewer samples than
        asked for may be returned, or none.
        """
        start = max(start_sample, self.start_sample)
        end = min(end_sample, self._pushed)
        if end <= start:
            return np.zeros(0, np.int16)
        capacity = len(self._samples)
        at = start % capacity
        first = min(end - start, capacity - at)
        return np.concatenate([self._samples[at : at + first], self._samples[: end - start - first]])


def quietest_sample(audio: Pcm, from_sample: int, sample_rate_hz: int) -> int:
    """Find the middle of the quietest fifth of a second, at or after ``from_sample``.

    Returns:
        An index into ``audio``; ``len(audio)`` when nothing of that length is left.
    """
    step = sample_rate_hz // 100
    window_steps = 20
    candidates = audio[from_sample:].astype(np.float32)
    steps = len(candidates) // step
    if steps < window_steps:
        return len(audio)
    energy = np.square(candidates[: steps * step].reshape(steps, step)).mean(axis=1)
    smooth = np.convolve(energy, np.ones(window_steps), "valid")
    return from_sample + (int(smooth.argmin()) + window_steps // 2) * step
