"""Finding the delay of an echo."""

import numpy as np
import pytest

from media.echo_delay import HEARD_SAMPLES, LONGEST_SAMPLES, WINDOW_SAMPLES, DelaySearch
from tests.support.echoes import chatter, echo_of, mixed


def _windows(delay: int, *, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    played = chatter(2, seed=seed)
    heard = mixed(echo_of(played, delay=delay))
    return played[-WINDOW_SAMPLES:].astype(np.float32), heard[-HEARD_SAMPLES:].astype(np.float32)


@pytest.mark.parametrize("delay", [0, 160, 1_931, 8_000, LONGEST_SAMPLES - 1])
def test_the_delay_is_found_to_the_sample(delay: int) -> None:
    """From nothing to 576 ms."""
    assert DelaySearch().look(*_windows(delay)) == pytest.approx(delay, abs=2)


def test_what_is_no_echo_gives_no_delay() -> None:
    """Two who speak at the same time are not alike."""
    played, _ = _windows(0)
    heard = chatter(2, seed=77)[-HEARD_SAMPLES:].astype(np.float32)
    assert DelaySearch().look(played, heard) is None


def test_silence_gives_no_delay() -> None:
    """Neither silence that was played nor silence that was heard."""
    played, heard = _windows(500)
    assert DelaySearch().look(np.zeros_like(played), heard) is None
    assert DelaySearch().look(played, np.zeros_like(heard)) is None


def test_what_was_found_before_is_forgotten() -> None:
    """A new delay is found at once after ``forget``."""
    search = DelaySearch()
    for _ in range(6):
        search.look(*_windows(1_000))
    search.forget()
    assert search.look(*_windows(3_000)) == pytest.approx(3_000, abs=2)
