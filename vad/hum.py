"""Is it a hum: "mm-hmm" has no consonants and no open vowels, so nearly no sound above 1 kHz."""

import numpy as np
import numpy.typing as npt

_BORDER_HZ = 900
_HIGH_SHARE_MAX = 0.012
"""Share of the energy above the border. Measured: hums below 0.01, words mostly above 0.03 (telephone band too)."""
_LOUD_ENOUGH = 100.0**2


def is_hum(samples: npt.NDArray[np.int16], sample_rate_hz: int) -> bool:
    """Whether this beginning of speech (150 ms or more) sounds like a hum."""
    wave = samples.astype(np.float32)
    if len(wave) < sample_rate_hz // 10 or float(np.mean(wave * wave)) < _LOUD_ENOUGH:
        return False
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    border = int(_BORDER_HZ * len(wave) / sample_rate_hz)
    return float(spectrum[border:].sum() / spectrum.sum()) < _HIGH_SHARE_MAX


def loudness_dbfs(samples: npt.NDArray[np.int16], sample_rate_hz: int) -> float:
    """How loud the loudest tenth of this is, in pieces of 10 ms."""
    size = sample_rate_hz // 100
    pieces = samples[: len(samples) // size * size].astype(np.float32).reshape(-1, size)
    if not len(pieces):
        return -100.0
    power = np.einsum("ij,ij->i", pieces, pieces) / size
    return float(10 * np.log10(np.percentile(power, 90) / 32768**2 + 1e-10))
