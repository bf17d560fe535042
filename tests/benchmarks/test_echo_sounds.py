"""What is said and heard in the echo benchmark."""

import numpy as np
import pytest

from benchmarks.echo_sounds import RATE_HZ, double_talks, far_ends, said_from

ONE, OTHER = np.full(RATE_HZ, 100, dtype=np.int16), np.full(RATE_HZ, -100, dtype=np.int16)


def test_a_caller_says_one_piece_after_another() -> None:
    """From where they start, with pauses, all equally loud, in the order that is asked for."""
    said = said_from([ONE, OTHER], first=1, start=2 * RATE_HZ, samples=10 * RATE_HZ)
    assert not said[: 2 * RATE_HZ].any()
    level = round(32768 * 10 ** (-25 / 20))
    assert said[2 * RATE_HZ] == pytest.approx(-level, abs=1)
    assert not said[3 * RATE_HZ : 3 * RATE_HZ + 9600].any()
    assert said[3 * RATE_HZ + 9600] == pytest.approx(level, abs=1)


def test_a_caller_does_not_speak_into_the_end() -> None:
    """In the last two seconds nothing begins."""
    said = said_from([ONE], first=0, start=0, samples=4 * RATE_HZ)
    assert np.flatnonzero(said).max() < 3 * RATE_HZ


def test_recordings_are_aligned() -> None:
    """Where they are present: whole frames, equally long, the truth part of what is heard."""
    far, double = far_ends(), double_talks()
    if not far or not double:
        pytest.skip("the recordings are not here: they are not part of the project")
    for one in far:
        assert one.played.size == one.heard.size
        assert one.played.size % 320 == 0
    for other in double:
        assert other.played.size == other.heard.size == other.spoken.size
        assert np.corrcoef(other.heard.astype(float), other.spoken.astype(float))[0, 1] > 0.3
