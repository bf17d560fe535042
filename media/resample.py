"""Rate conversion of 16-bit mono PCM, as a stream (soxr)."""

import numpy as np
import soxr


class Resampler:
    """Converts one continuous stream; equal rates pass through untouched.

    soxr's filter delays the sound by some milliseconds; nothing is lost once
    ``finish`` has been called.
    """

    def __init__(self, *, from_hz: int, to_hz: int) -> None:
        self._stream = None if from_hz == to_hz else soxr.ResampleStream(from_hz, to_hz, 1, dtype="int16", quality="MQ")

    def feed(self, pcm: bytes) -> bytes:
        """The converted sound that is ready now (may be empty)."""
        return self._convert(pcm, is_last=False)

    def finish(self, pcm: bytes = b"") -> bytes:
        """The rest. The stream is over; ``feed`` must not be called again."""
        return self._convert(pcm, is_last=True)

    def _convert(self, pcm: bytes, *, is_last: bool) -> bytes:
        if self._stream is None:
            return pcm
        converted: np.ndarray[tuple[int], np.dtype[np.int16]] = self._stream.resample_chunk(
            np.frombuffer(pcm, dtype="<i2"), last=is_last
        )
        return converted.astype("<i2", copy=False).tobytes()


def resample(pcm: bytes, *, from_hz: int, to_hz: int) -> bytes:
    """Convert a whole recording at once."""
    return Resampler(from_hz=from_hz, to_hz=to_hz).finish(pcm)
