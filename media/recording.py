"""Stereo recording of a call: caller left, assistant right, on the caller's time line. Sans-IO.

The caller's audio is continuous; the assistant's frames are placed where they
were heard. What a barge-in took back is erased again, so the recording holds
what the caller heard and nothing else.
"""

import numpy as np

from media.frames import BYTES_PER_SAMPLE

_HELD_BACK_MS = 1_000
"""Never written before this age: playout runs at most 200 ms ahead and may be taken back."""


class StereoRecording:
    """Gathers both channels and gives out interleaved 16-bit PCM that will not change any more."""

    def __init__(self, *, sample_rate_hz: int) -> None:
        self.sample_rate_hz = sample_rate_hz
        self.channels = 2
        self._held_back = _HELD_BACK_MS * sample_rate_hz // 1000
        self._caller = bytearray()
        self._assistant = bytearray()
        self._written = 0

    @property
    def _caller_samples(self) -> int:
        return self._written + len(self._caller) // BYTES_PER_SAMPLE

    def caller(self, pcm: bytes) -> None:
        """Append what the caller said."""
        self._caller += pcm

    def assistant(self, start_sample: int, pcm: bytes) -> None:
        """Place what the caller hears from this sample on. What lies before the written part is cut."""
        offset = start_sample - self._written
        if offset < 0:
            pcm = pcm[-offset * BYTES_PER_SAMPLE :]
            offset = 0
        start = offset * BYTES_PER_SAMPLE
        if len(self._assistant) < start:
            self._assistant.extend(bytes(start - len(self._assistant)))
        self._assistant[start : start + len(pcm)] = pcm

    def take_back(self, from_sample: int) -> None:
        """Erase what was placed from this sample on: it was never heard."""
        del self._assistant[max(0, from_sample - self._written) * BYTES_PER_SAMPLE :]

    def take(self) -> bytes:
        """The stereo PCM that is final by now (may be empty)."""
        return self._take(max(0, self._caller_samples - self._held_back - self._written))

    def finish(self) -> bytes:
        """The rest. The longer channel decides how long the recording is."""
        return self._take(max(len(self._caller), len(self._assistant)) // BYTES_PER_SAMPLE)

    def _take(self, samples: int) -> bytes:
        if not samples:
            return b""
        size = samples * BYTES_PER_SAMPLE
        stereo = np.zeros((samples, 2), dtype="<i2")
        for channel, pcm in enumerate((self._caller, self._assistant)):
            part = np.frombuffer(bytes(pcm[:size]), dtype="<i2")
            stereo[: len(part), channel] = part
            del pcm[:size]
        self._written += samples
        return stereo.tobytes()
