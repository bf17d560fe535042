"""G.711 mu-law companding (ITU-T Recommendation G.711, table 2).

Python's own ``audioop`` left the standard library in 3.13.
"""

import numpy as np
import numpy.typing as npt

from emulators.audible import Samples

Codes = npt.NDArray[np.uint8]

_BIAS = 132
"""33 in the recommendation's 14-bit scale: moves the segment borders to powers of two."""
_CLIP = 32635
"""The largest magnitude that has a code, on the 16-bit scale."""


def mu_law_encode(samples: Samples) -> Codes:
    """Compress 16-bit samples to 8-bit codes, as they are sent (all bits inverted)."""
    wide = samples.astype(np.int32)
    biased = np.minimum(np.abs(wide), _CLIP) + _BIAS
    segment = np.frexp(biased.astype(np.float64))[1].astype(np.int32) - 8  # 0…7: the highest set bit
    step = (biased >> (segment + 3)) & 0x0F
    sign = np.where(wide < 0, 0x80, 0)
    codes: Codes = (~(sign | (segment << 4) | step) & 0xFF).astype(np.uint8)
    return codes


def mu_law_decode(codes: Codes) -> Samples:
    """Expand 8-bit codes to 16-bit samples."""
    bits = ~codes.astype(np.int32) & 0xFF
    segment, step = (bits >> 4) & 0x07, bits & 0x0F
    magnitude = (((step << 3) + _BIAS) << segment) - _BIAS
    return np.where(bits & 0x80, -magnitude, magnitude).astype(np.int16)
