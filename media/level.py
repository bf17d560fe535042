"""From when until when something can be heard: levels of 16-bit PCM. Where a voice ends is ``media.voice_end``'s."""

import math

import numpy as np

AUDIBLE_DBFS = -45.0
"""Peak level from which a sound counts as heard: soft speech is above, line noise below."""

QUIETEST_DBFS = -96.0
"""What 16 bits can tell from silence."""
_AUDIBLE_PEAK = int(32768 * 10 ** (AUDIBLE_DBFS / 20))


def first_audible_sample(pcm: bytes) -> int | None:
    """Where the sound can first be heard; None in silence."""
    audible = np.flatnonzero(np.abs(np.frombuffer(pcm, dtype="<i2").astype(np.int32)) >= _AUDIBLE_PEAK)
    return int(audible[0]) if len(audible) else None


def last_audible_sample(pcm: bytes) -> int | None:
    """One past where the sound can last be heard; None in silence. For what we make ourselves: it has no noise."""
    audible = np.flatnonzero(np.abs(np.frombuffer(pcm, dtype="<i2").astype(np.int32)) >= _AUDIBLE_PEAK)
    return int(audible[-1]) + 1 if len(audible) else None


class PeakMeter:
    """The loudest of what has come since it was read last."""

    def __init__(self) -> None:
        self._peak = 0
        self.has_heard = False
        """Whether anything but digital silence has ever come."""

    def take(self, pcm: bytes) -> None:
        """Look at the next sound: any whole number of samples."""
        samples = np.frombuffer(pcm, dtype="<i2")
        if len(samples):
            self._peak = max(self._peak, int(samples.max()), -int(samples.min()))
            self.has_heard = self.has_heard or self._peak > 0

    def read_dbfs(self) -> float:
        """The peak since the last time, relative to full scale; at least ``QUIETEST_DBFS``."""
        peak, self._peak = self._peak, 0
        return max(QUIETEST_DBFS, 20 * math.log10(peak / 32768)) if peak else QUIETEST_DBFS
