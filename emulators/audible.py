"""Where sound begins, for whoever listens to a recording; where a voice ends is ``media.voice_end``'s.

A sample is audible when its magnitude exceeds ``AUDIBLE_PEAK``. That is −45 dBFS, as
``media.level`` has it: above the noise of a telephone line and of G.711 near silence,
and far below the first vowel or fricative of a voice at normal level (about −20 dBFS).
"""

import numpy as np
import numpy.typing as npt

from media.level import AUDIBLE_DBFS

Samples = npt.NDArray[np.int16]

AUDIBLE_PEAK = int(32768 * 10 ** (AUDIBLE_DBFS / 20))
"""Magnitude of a 16-bit sample."""
BYTES_PER_SAMPLE = 2
FRAME_MS = 20
"""The unit of the wire and of the emulator's clock."""


def samples_of(pcm: bytes) -> Samples:
    """View 16-bit little-endian mono PCM as samples, without a copy."""
    return np.frombuffer(pcm, dtype="<i2")


def samples_per_frame(sample_rate_hz: int) -> int:
    """How many samples make 20 ms."""
    return sample_rate_hz * FRAME_MS // 1000


def silent_frame(sample_rate_hz: int) -> bytes:
    """20 ms of digital silence."""
    return bytes(samples_per_frame(sample_rate_hz) * BYTES_PER_SAMPLE)


def ms_to_samples(duration_ms: float, sample_rate_hz: int) -> int:
    """Convert, to the nearest sample."""
    return round(duration_ms * sample_rate_hz / 1000)


def first_audible_sample(samples: Samples) -> int | None:
    """Index of the first audible sample, None when there is none."""
    audible = _audible(samples)
    index = int(audible.argmax()) if audible.size else 0
    return index if audible.size and audible[index] else None


def is_audible(samples: Samples) -> bool:
    """Whether any sample is audible."""
    return samples.size > 0 and (int(samples.max()) > AUDIBLE_PEAK or int(samples.min()) < -AUDIBLE_PEAK)


def _audible(samples: Samples) -> npt.NDArray[np.bool_]:
    # Two comparisons, since the magnitude of −32768 does not fit in 16 bits.
    return (samples > AUDIBLE_PEAK) | (samples < -AUDIBLE_PEAK)
