"""A short tone that says that the line is open, and tells how late its echo comes. Sans-IO.

It slides upwards: such a sound is found to the sample, whatever else is heard. Who wears
a headset gives no echo, and none is found.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]

_RATE_HZ: Final = 16_000
TONE_SAMPLES: Final = _RATE_HZ * 240 // 1000
_FROM_HZ, _TO_HZ = 500.0, 2_500.0
"""What the loudspeakers of laptops can do."""
_PEAK = 0.1
"""Of full scale: -20 dB, softer than a voice."""
_FADE_SAMPLES = _RATE_HZ * 30 // 1000
_SURE = 8.0
"""A peak this much higher than the root mean square of all others is the echo."""
_SAME_SAMPLES = _RATE_HZ * 10 // 1000


def opening_tone() -> bytes:
    """The tone: 16 kHz, 16 bits, mono."""
    return np.rint(_tone() * 32767).astype("<i2").tobytes()


def echo_of_tone(heard: bytes) -> int | None:
    """Find the tone.

    Args:
        heard: 16 kHz, the tone and as much more as it may be late.

    Returns:
        The sample at which it begins; None where it is not clear.
    """
    samples = np.frombuffer(heard, "<i2").astype(np.float64)
    if len(samples) < TONE_SAMPLES or not samples.any():
        return None
    size = len(samples) + TONE_SAMPLES
    spectrum = np.fft.rfft(samples, size) * np.fft.rfft(_tone(), size).conj()
    heights = np.abs(np.fft.irfft(spectrum, size)[: len(samples)])
    peak = int(heights.argmax())
    height = float(heights[peak])
    heights[max(0, peak - _SAME_SAMPLES) : peak + _SAME_SAMPLES] = 0
    return peak if height > _SURE * float(np.sqrt(np.mean(np.square(heights)))) else None


def _tone() -> Floats:
    at = np.arange(TONE_SAMPLES) / _RATE_HZ
    slope = (_TO_HZ - _FROM_HZ) / (TONE_SAMPLES / _RATE_HZ)
    ramp = np.minimum(1.0, np.arange(TONE_SAMPLES) / _FADE_SAMPLES)
    tone: Floats = _PEAK * np.sin(2 * np.pi * (_FROM_HZ + slope * at / 2) * at) * ramp * ramp[::-1]
    return tone
