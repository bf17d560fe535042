"""Where sound begins."""

import numpy as np
import pytest

from emulators.audible import (
    AUDIBLE_PEAK,
    first_audible_sample,
    is_audible,
    ms_to_samples,
    samples_of,
    samples_per_frame,
    silent_frame,
)


def samples(*values: int) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    """A few samples."""
    return np.array(values, dtype=np.int16)


def test_first_audible_sample() -> None:
    """The threshold itself is silence, one more is sound, in both directions."""
    sound = samples(0, AUDIBLE_PEAK, -AUDIBLE_PEAK - 1, 0, AUDIBLE_PEAK + 1, -AUDIBLE_PEAK)
    assert first_audible_sample(sound) == 2


@pytest.mark.parametrize("quiet", [samples(), samples(0, 5, -5), samples(-AUDIBLE_PEAK, AUDIBLE_PEAK)])
def test_silence_has_no_audible_sample(quiet: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> None:
    """Nothing is found in nothing."""
    assert first_audible_sample(quiet) is None
    assert not is_audible(quiet)


def test_the_most_negative_sample_is_audible() -> None:
    """Its magnitude does not fit in 16 bits, and is loud all the same."""
    assert is_audible(samples(-32768))


def test_frames_are_20_ms() -> None:
    """The sizes of the ACS wire at both rates."""
    assert (len(silent_frame(16_000)), len(silent_frame(24_000))) == (640, 960)
    assert samples_per_frame(16_000) == samples_of(silent_frame(16_000)).size == 320
    assert ms_to_samples(900, 16_000) == 14_400
