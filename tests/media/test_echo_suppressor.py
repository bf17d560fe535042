"""AEC3 as it is wrapped."""

import numpy as np

from media.echo_suppressor import Suppressor
from media.near_end import SUPPRESSOR_DELAY_SAMPLES
from tests.support.echoes import FRAME, RATE_HZ, Samples, chatter, echo_of, loss_db, mixed


def _suppressed(played: Samples, captured: Samples) -> Samples:
    suppressor = Suppressor()
    frames = [
        suppressor.suppress(played[at : at + FRAME], captured[at : at + FRAME]) for at in range(0, len(played), FRAME)
    ]
    return np.concatenate(frames)


def test_the_delay_is_known() -> None:
    """A noise comes out 128 samples late, and nowhere else as much."""
    captured = np.random.default_rng(1).integers(-8000, 8000, 2 * RATE_HZ).astype(np.int16)
    given = _suppressed(np.zeros_like(captured), captured).astype(float)
    piece = captured[8000:24000].astype(float)
    likeness = [float(given[8000 + late : 24000 + late] @ piece) for late in range(400)]
    assert int(np.argmax(likeness)) == SUPPRESSOR_DELAY_SAMPLES
    assert sorted(likeness)[-2] < 0.3 * max(likeness)


def test_an_echo_is_suppressed() -> None:
    """By itself, too."""
    played = chatter(3, seed=2)
    heard = mixed(echo_of(played, delay=800))
    assert loss_db(heard[RATE_HZ:], _suppressed(played, heard)[RATE_HZ:]) > 15


def test_what_goes_in_is_not_changed() -> None:
    """AEC3 works in place, but not in ours."""
    played = chatter(1, seed=3)
    heard = mixed(echo_of(played, delay=800))
    before = played.copy(), heard.copy()
    _suppressed(played, heard)
    assert np.array_equal(played, before[0])
    assert np.array_equal(heard, before[1])
