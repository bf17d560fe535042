"""The linear part of the echo."""

import numpy as np

from media.echo_filter import HISTORY_SAMPLES, HOP, LinearEcho
from tests.support.echoes import RATE_HZ, Samples, chatter, echo_of, loss_db, mixed


def _removed(linear: LinearEcho, played: Samples, heard: Samples, *, is_learning: bool = True) -> Samples:
    frames = [
        linear.remove(
            played[at : at + HOP].astype(np.float32), heard[at : at + HOP].astype(np.float32), is_learning=is_learning
        )
        for at in range(0, len(played), HOP)
    ]
    cleaned: Samples = np.rint(np.concatenate(frames)).astype(np.int16)
    return cleaned


def test_a_linear_echo_is_learned() -> None:
    """After a second 15 dB are gone."""
    played = chatter(3, seed=1)
    heard = mixed(echo_of(played, delay=300))
    cleaned = _removed(LinearEcho(), played, heard)
    assert loss_db(heard[RATE_HZ:], cleaned[RATE_HZ:]) > 15


def test_the_caller_is_left_alone() -> None:
    """Somebody who speaks over an echo that is known comes out as they went in."""
    played, spoken = chatter(6, seed=2), chatter(6, seed=3)
    spoken[: 3 * RATE_HZ] = 0
    cleaned = _removed(LinearEcho(), played, mixed(echo_of(played, delay=300), spoken))
    after = slice(4 * RATE_HZ, None)
    assert loss_db(spoken[after], np.subtract(cleaned[after], spoken[after], dtype=np.int16)) > 10


def test_without_echo_nothing_is_taken() -> None:
    """What the filter cannot explain it leaves."""
    spoken = chatter(3, seed=4)
    cleaned = _removed(LinearEcho(), chatter(3, seed=5), spoken)
    assert abs(loss_db(spoken, cleaned)) < 0.5


def test_silence_passes_untouched() -> None:
    """When nothing was played for longer than the path, samples are not even rounded."""
    linear = LinearEcho()
    played = chatter(1, seed=6)
    _removed(linear, played, mixed(echo_of(played, delay=300)))
    silence, spoken = np.zeros(RATE_HZ, dtype=np.int16), chatter(1, seed=7)
    cleaned = _removed(linear, silence, spoken)
    assert np.array_equal(cleaned[RATE_HZ // 2 :], spoken[RATE_HZ // 2 :])
    assert linear.expected == 0


def test_the_fit_tells_an_echo_from_a_caller() -> None:
    """All of the expected echo is there while a caller speaks too; none of it once it has moved."""
    played, spoken = chatter(6, seed=8), chatter(6, seed=9)
    echo, moved = echo_of(played, delay=300), echo_of(played, delay=1500)
    linear = LinearEcho()
    _removed(linear, played[: 2 * RATE_HZ], mixed(echo)[: 2 * RATE_HZ])
    assert linear.fit > 0.9
    piece = slice(2 * RATE_HZ, 2 * RATE_HZ + 20 * HOP)
    _removed(linear, played[piece], mixed(echo, spoken)[piece], is_learning=False)
    assert linear.fit > 0.6
    piece = slice(piece.stop, piece.stop + 20 * HOP)
    _removed(linear, played[piece], mixed(moved)[piece], is_learning=False)
    assert linear.fit < 0.3


def test_a_path_is_kept_when_the_reference_is_shifted() -> None:
    """The echo comes 960 samples later, the reference too: no learning is needed."""
    played = chatter(4, seed=10)
    linear = LinearEcho()
    half, shift = 2 * RATE_HZ, 960
    _removed(linear, played[:half], mixed(echo_of(played, delay=300))[:half])
    late = np.concatenate((np.zeros(shift, dtype=np.int16), played[:-shift]))
    linear.realign(late[half - HISTORY_SAMPLES : half].astype(np.float32))
    heard = mixed(echo_of(played, delay=300 + shift))
    cleaned = _removed(linear, late[half:], heard[half:], is_learning=False)
    assert loss_db(heard[half:], cleaned) > 12


def test_what_is_forgotten_is_expected_no_more() -> None:
    """After ``forget`` the next frame passes as it is."""
    played = chatter(1, seed=11)
    linear = LinearEcho()
    heard = mixed(echo_of(played, delay=300))
    _removed(linear, played, heard)
    linear.forget()
    assert np.array_equal(_removed(linear, played[:HOP], heard[:HOP], is_learning=False), heard[:HOP])
