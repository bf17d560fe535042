"""mu-law, against values of the recommendation's table."""

import numpy as np
import pytest

from emulators.g711 import mu_law_decode, mu_law_encode


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        (0, 0xFF),
        (4, 0xFE),
        (100, 0xF2),
        (-100, 0x72),
        (1000, 0xCE),
        (-1000, 0x4E),
        (12345, 0x97),
        (32767, 0x80),
        (-32768, 0x00),
    ],
)
def test_known_codes(sample: int, code: int) -> None:
    """Codes that every implementation agrees on."""
    assert mu_law_encode(np.array([sample], dtype=np.int16))[0] == code


@pytest.mark.parametrize(
    ("code", "sample"), [(0xFF, 0), (0x7F, 0), (0xFE, 8), (0x7E, -8), (0x80, 32124), (0x00, -32124), (0xCE, 988)]
)
def test_known_levels(code: int, sample: int) -> None:
    """Decoder output levels, on the 16-bit scale."""
    assert mu_law_decode(np.array([code], dtype=np.uint8))[0] == sample


def test_every_level_encodes_to_its_own_code() -> None:
    """Decoding and encoding again changes nothing, but for the second zero."""
    codes = np.arange(256, dtype=np.uint8)
    again = mu_law_encode(mu_law_decode(codes))
    assert [int(code) for code in codes[again != codes]] == [0x7F]


def test_the_error_grows_with_the_level_and_never_exceeds_half_a_step() -> None:
    """A logarithmic code: within 3.2 percent plus the smallest step."""
    samples = np.arange(-32635, 32636, dtype=np.int16)
    error = np.abs(mu_law_decode(mu_law_encode(samples)).astype(int) - samples)
    assert np.all(error <= np.abs(samples.astype(int)) / 31 + 4)
