"""What is counted in a recording."""

import numpy as np
import pytest

from benchmarks.echo_scores import (
    RATE_HZ,
    Hits,
    erle_db,
    erle_over_time,
    first_audible,
    hits,
    interruptions,
    seconds_to_erle,
    speech_windows,
)

LOUD = np.full(4 * RATE_HZ, 3000, dtype=np.int16)


class LevelDetector:
    """Takes what is loud for speech; remembers how often it was reset."""

    sample_rate_hz = RATE_HZ
    window_samples = 512

    def __init__(self) -> None:
        self.resets = 0

    def probability(self, window: bytes) -> float:
        """One for loud, nothing for soft."""
        return float(np.abs(np.frombuffer(window, dtype="<i2").astype(int)).max() > 1000)

    def reset(self) -> None:
        """Count."""
        self.resets += 1


def _windows(drawn: str) -> np.ndarray:
    return np.array([mark == "#" for mark in drawn])


def test_erle() -> None:
    """Ten times softer is 20 dB, unchanged is none, silence is much."""
    assert erle_db(LOUD, LOUD // 10) == pytest.approx(20)
    assert erle_db(LOUD, LOUD) == 0
    assert erle_db(LOUD, np.zeros_like(LOUD)) > 60


def test_the_first_audible_sample() -> None:
    """Where the echo begins, not where the noise does."""
    sound = np.full(1000, 100, dtype=np.int16)
    sound[700] = -800
    assert first_audible(sound) == 700


def test_the_time_to_a_loss_is_counted_from_where_it_is_asked() -> None:
    """The echo is 20 dB softer from the second second on."""
    after = LOUD.copy()
    after[2 * RATE_HZ :] //= 10
    assert seconds_to_erle(LOUD, after, since=0, least_db=15) == pytest.approx(2, abs=0.02)
    assert seconds_to_erle(LOUD, after, since=RATE_HZ, least_db=15) == pytest.approx(1, abs=0.02)
    assert seconds_to_erle(LOUD, after, since=3 * RATE_HZ, least_db=15) == 0
    assert seconds_to_erle(LOUD, LOUD, since=0, least_db=15) is None


def test_a_pause_is_no_loss() -> None:
    """Where nothing echoes nothing is taken out."""
    before = LOUD.copy()
    before[:RATE_HZ] = 0
    assert seconds_to_erle(before, before // 10, since=0, least_db=15) == pytest.approx(0.75, abs=0.26)
    assert [second for second, _ in erle_over_time(before, before // 10)] == [1.0, 1.5, 2.0, 2.5, 3.0, 3.5]


def test_speech_windows_begin_anew() -> None:
    """A detector hears each recording for the first time; what fills no window is left out."""
    detector = LevelDetector()
    sound = np.concatenate((LOUD[:512], np.zeros(700, dtype=np.int16)))
    assert speech_windows(sound, detector).tolist() == [True, False]
    assert detector.resets == 1


def test_hits_are_counted_by_window() -> None:
    """Heard of spoken, invented of silent; beside speech nothing is invented."""
    found = hits(_windows("..####..."), _windows("#.#.###.#"))
    assert (found.heard, found.spoken) == (3, 4)
    assert (found.invented, found.silent) == (2, 3)
    assert found.recall == pytest.approx(0.75)
    assert found.false_rate == pytest.approx(2 / 3)
    assert found + found == Hits(6, 8, 4, 6)
    assert Hits().recall == Hits().false_rate == 0


def test_the_longer_one_is_cut() -> None:
    """A canceller's last windows may be missing."""
    assert hits(_windows("###"), _windows("##")).spoken == 2


def test_interruptions_last_200_ms() -> None:
    """Six windows of 32 ms are a click, seven are an interruption."""
    assert interruptions(_windows("######...######"), window_samples=512) == 0
    assert interruptions(_windows("#######...########."), window_samples=512) == 2
