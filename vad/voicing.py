"""Where a voice pauses: from the levels of the last moments. Sans-IO.

A detector's decision trails the voice by 50 to 250 ms. Whether the caller has finished
must be asked earlier, and with the moment at which the voice fell silent. What is
reported of an end is found afterwards, when what follows is known (``media.voice_end``).
"""

import math
from collections import deque

import numpy as np

from media.frames import samples_in

BLOCK_MS = 5
_KEPT_MS = 4_000
_ABOVE_NOISE_DB = 9.0
_BELOW_SPEECH_DB = 30.0
"""What is this much weaker than the speech before it is breath, room or line."""
_FLOOR_DBFS = -50.0

_QUIET_BELOW_SPEECH_DB = 20.0
"""What is this much weaker than the loudest just before is a pause, or a stop consonant."""
_FORGET_DB_PER_BLOCK = 10.0 * BLOCK_MS / 1000
_LEAST_POWER = 1e-10


class Voicing:
    """Remembers the level of the last seconds in blocks of 5 ms."""

    def __init__(self, *, sample_rate_hz: int) -> None:
        self._block = samples_in(BLOCK_MS, sample_rate_hz)
        self._power_scale = 1 / (self._block * 32768**2)
        self._levels: deque[float] = deque(maxlen=_KEPT_MS // BLOCK_MS)
        self._blocks = 0
        self._rest = np.zeros(0, dtype=np.float32)
        self._loudest = _FLOOR_DBFS
        self._loud_until_block = 0

    @property
    def loud_until_sample(self) -> int:
        """One past the last sound that was not much weaker than the loudest just before it."""
        return self._loud_until_block * self._block

    def feed(self, pcm: bytes) -> None:
        """Take the next samples (16-bit PCM, any number)."""
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
        if len(self._rest):
            samples = np.concatenate((self._rest, samples))
        whole = len(samples) - len(samples) % self._block
        self._rest = samples[whole:]
        if whole:
            blocks = samples[:whole].reshape(-1, self._block)
            for power in np.vecdot(blocks, blocks).tolist():  # a few: numpy's logarithm would cost more
                self._take(10 * math.log10(power * self._power_scale + _LEAST_POWER))

    def _take(self, level: float) -> None:
        self._levels.append(level)
        self._blocks += 1
        self._loudest = max(level, _FLOOR_DBFS, self._loudest - _FORGET_DB_PER_BLOCK)
        if level > self._loudest - _QUIET_BELOW_SPEECH_DB and level > _FLOOR_DBFS:
            self._loud_until_block = self._blocks

    def last_voiced_sample(self, *, since_sample: int) -> int | None:
        """One past the last voiced sample after ``since_sample``; None when none is known.

        Voiced is what is clearly above the noise and not far below the speech.
        """
        oldest = self._blocks - len(self._levels)
        first = max(oldest, since_sample // self._block)
        levels = np.array(self._levels, dtype=np.float32)[first - oldest :]
        if not len(levels):
            return None
        noise, speech = np.percentile(np.array(self._levels), 10), np.percentile(levels, 95)
        threshold = max(_FLOOR_DBFS, min(noise + _ABOVE_NOISE_DB, speech - 6.0), speech - _BELOW_SPEECH_DB)
        voiced = np.flatnonzero(levels >= threshold)
        if not len(voiced):
            return None
        return int(first + voiced[-1] + 1) * self._block
