"""The echo canceller of one call, whole."""

import numpy as np
import pytest

from media.echo import DELAY_SAMPLES, IDLE_SAMPLES, EchoCanceller
from tests.support.echoes import FRAME, RATE_HZ, cancelled, chatter, echo_of, loss_db, mixed

SILENCE = bytes(2 * FRAME)


@pytest.mark.parametrize("delay_ms", [20, 120, 300, 500])
def test_an_echo_is_taken_out_wherever_it_is(delay_ms: int) -> None:
    """Within two seconds at least 15 dB are gone, with every delay up to 500 ms."""
    played = chatter(4, seed=1)
    heard = mixed(echo_of(played, delay=delay_ms * 16))
    given = cancelled(EchoCanceller(), played, heard)
    assert loss_db(heard[2 * RATE_HZ : len(given)], given[2 * RATE_HZ :]) > 15


def test_the_delay_is_found() -> None:
    """The echo's delay is known to within the room."""
    played = chatter(3, seed=2)
    canceller = EchoCanceller()
    assert canceller.echo_delay_samples is None
    cancelled(canceller, played, mixed(echo_of(played, delay=4000)))
    assert canceller.echo_delay_samples == pytest.approx(4000, abs=32)


def test_an_echo_that_jumps_is_found_again() -> None:
    """60 ms more, as when the phone buffers more: a second later the echo is gone again."""
    played = chatter(8, seed=3)
    near, far = echo_of(played, delay=1920), echo_of(played, delay=2880)
    jump = 4 * RATE_HZ
    heard = mixed(np.concatenate((near[:jump], far[jump:])))
    given = cancelled(EchoCanceller(), played, heard)
    after = slice(jump + RATE_HZ, len(given))
    assert loss_db(heard[after], given[after]) > 15


def test_another_room_is_learned() -> None:
    """The same delay with another path, as when a loudspeaker is turned on: learned anew."""
    played = chatter(8, seed=4)
    one, other = echo_of(played, delay=1920, seed=5), echo_of(played, delay=1930, gain=-0.5, seed=6)
    change = 4 * RATE_HZ
    heard = mixed(np.concatenate((one[:change], other[change:])))
    given = cancelled(EchoCanceller(), played, heard)
    after = slice(change + 2 * RATE_HZ, len(given))
    assert loss_db(heard[after], given[after]) > 15


def test_a_caller_who_talks_over_the_echo_is_kept() -> None:
    """In double talk the caller comes out nearly as loud as they went in."""
    played = chatter(8, seed=7)
    spoken = chatter(8, seed=8)
    spoken[: 4 * RATE_HZ] = 0
    heard = mixed(echo_of(played, delay=1920), spoken)
    given = cancelled(EchoCanceller(), played, heard)
    after = slice(5 * RATE_HZ, len(given))
    assert abs(loss_db(spoken[after], given[after])) < 3
    likeness = np.corrcoef(spoken[after].astype(float), given[after].astype(float))[0, 1]
    assert likeness > 0.8


def test_a_caller_is_untouched_when_nothing_plays() -> None:
    """The same bytes, at once."""
    canceller = EchoCanceller()
    spoken = chatter(1, seed=9)
    for start in range(0, len(spoken), FRAME):
        frame = spoken[start : start + FRAME].tobytes()
        assert canceller.process(frame) is frame
    assert not canceller.is_awake


def test_silence_that_is_played_wakes_nobody() -> None:
    """Only what can be heard can echo."""
    canceller = EchoCanceller()
    canceller.played(SILENCE, at_sample=0)
    frame = chatter(0.5, seed=9).tobytes()
    assert canceller.process(frame) is frame


def test_a_line_without_echo_is_left_alone() -> None:
    """Where nothing comes back the caller soon passes untouched, though the assistant talks on."""
    played = chatter(8, seed=10)
    spoken = chatter(8, seed=11)
    spoken[: 3 * RATE_HZ] = 0
    heard = mixed(spoken)
    canceller = EchoCanceller()
    given = cancelled(canceller, played, heard)
    assert not canceller.is_awake
    assert np.array_equal(given[4 * RATE_HZ :], heard[4 * RATE_HZ :])


def test_an_echo_that_begins_late_is_noticed() -> None:
    """A line that gave no echo is watched: when it gives one after all, it is taken out."""
    played = chatter(9, seed=12)
    echo = echo_of(played, delay=1920)
    echo[: 4 * RATE_HZ] = 0
    heard = mixed(echo)
    given = cancelled(EchoCanceller(), played, heard)
    assert np.array_equal(given[3 * RATE_HZ : 4 * RATE_HZ], heard[3 * RATE_HZ : 4 * RATE_HZ])
    assert loss_db(heard[6 * RATE_HZ : len(given)], given[6 * RATE_HZ :]) > 15


@pytest.mark.parametrize("pieces", [2, 77, 320, 333, 1000])
def test_no_sample_is_lost_or_added(pieces: int) -> None:
    """Whatever the sizes: what has come out never lags by more than the delay and a frame, and is whole in the end."""
    played = chatter(0.5, seed=13)
    heard = mixed(echo_of(np.concatenate((played, np.zeros(2 * RATE_HZ, dtype=np.int16))), delay=1000))
    canceller = EchoCanceller()
    for start in range(0, len(played), FRAME):
        canceller.played(played[start : start + FRAME].tobytes(), at_sample=start)
    taken = given = 0
    for start in range(0, len(heard), pieces):
        piece = heard[start : start + pieces].tobytes()
        taken += len(piece) // 2
        given += len(canceller.process(piece)) // 2
        assert taken - DELAY_SAMPLES - FRAME < given <= taken
    assert given == taken


def test_positions_stay_exact() -> None:
    """A click of the caller comes out at the sample at which it went in, awake and asleep."""
    played = chatter(1, seed=14, level=300)
    spoken = np.zeros(4 * RATE_HZ, dtype=np.int16)
    clicks = (3_000, 12_345, 60_001)
    for click in clicks:
        spoken[click] = 20_000
    given = cancelled(EchoCanceller(), played, spoken)
    for click in clicks:
        around = np.abs(given[click - 400 : click + 400].astype(np.int32))
        assert int(around.argmax()) == 400


def test_whole_frames_come_out_whole() -> None:
    """With whole frames the length changes twice only: when the canceller wakes, and when it falls asleep."""
    played = chatter(0.2, seed=15)
    canceller = EchoCanceller()
    lengths = []
    for start in range(0, 3 * RATE_HZ, FRAME):
        if start == RATE_HZ:
            canceller.played(played.tobytes(), at_sample=RATE_HZ)
        lengths.append(len(canceller.process(mixed(np.zeros(FRAME)).tobytes())) // 2)
    other = [(index, length) for index, length in enumerate(lengths) if length != FRAME]
    slept_at = (RATE_HZ + len(played) + IDLE_SAMPLES) // FRAME
    assert other == [(50, FRAME - DELAY_SAMPLES), (slept_at - 1, FRAME + DELAY_SAMPLES)]


def test_what_is_flushed_is_no_reference() -> None:
    """Sound that was taken back wakes nobody and is not looked for."""
    canceller = EchoCanceller()
    canceller.played(chatter(0.2, seed=16).tobytes(), at_sample=640)
    canceller.flushed(640)
    frame = chatter(0.5, seed=17).tobytes()
    assert canceller.process(frame) is frame
    assert not canceller.is_awake


def test_a_flush_ends_the_sound_where_it_was_stopped() -> None:
    """After StopAudio the canceller sleeps a second after what was really heard."""
    canceller = EchoCanceller()
    canceller.played(chatter(0.8, seed=18).tobytes(), at_sample=0)
    for _ in range(5):
        canceller.process(SILENCE)
    canceller.flushed(5 * FRAME)
    for _ in range(IDLE_SAMPLES // FRAME):
        assert canceller.is_awake
        canceller.process(SILENCE)
    assert not canceller.is_awake


def test_counters_stay_zero_in_time() -> None:
    """What is reported before the caller's audio of its moment is neither missed nor dropped."""
    canceller = EchoCanceller()
    played = chatter(2, seed=19)
    cancelled(canceller, played, mixed(echo_of(played, delay=500)))
    assert (canceller.missed, canceller.dropped) == (0, 0)


def test_what_comes_too_late_is_missed() -> None:
    """Two frames of the caller went through before the sound in them was known."""
    canceller = EchoCanceller()
    sound = chatter(0.06, seed=20, level=5000).tobytes()
    for _ in range(2):
        canceller.process(SILENCE)
    canceller.played(sound, at_sample=0)
    assert (canceller.missed, canceller.dropped) == (2, 0)


def test_what_is_far_ahead_is_dropped() -> None:
    """Nothing is sent more than a second ahead: such a frame has a wrong position."""
    canceller = EchoCanceller()
    canceller.played(chatter(0.5, seed=21).tobytes(), at_sample=3 * RATE_HZ)
    assert (canceller.missed, canceller.dropped) == (0, 25)
    assert not canceller.is_awake


def test_a_known_change_of_delay_is_looked_for() -> None:
    """After ``reset_delay`` the delay is unknown until it is found again."""
    played = chatter(6, seed=22)
    canceller = EchoCanceller()
    heard = mixed(echo_of(played, delay=3000))
    half = 3 * RATE_HZ
    cancelled(canceller, played[:half], heard[:half])
    assert canceller.echo_delay_samples is not None
    canceller.reset_delay()
    assert canceller.echo_delay_samples is None
    for start in range(half, len(heard), FRAME):
        canceller.played(played[start : start + FRAME].tobytes(), at_sample=start)
        canceller.process(heard[start : start + FRAME].tobytes())
    assert canceller.echo_delay_samples == pytest.approx(3000, abs=32)


def test_two_calls_share_nothing() -> None:
    """The same call gives the same samples, whatever another one does meanwhile."""
    played = chatter(1.5, seed=23)
    heard = mixed(echo_of(played, delay=800))
    alone = cancelled(EchoCanceller(), played, heard)
    one, other = EchoCanceller(), EchoCanceller()
    given = []
    for start in range(0, len(heard), FRAME):
        one.played(played[start : start + FRAME].tobytes(), at_sample=start)
        other.played(heard[start : start + FRAME].tobytes(), at_sample=start)
        given.append(one.process(heard[start : start + FRAME].tobytes()))
        other.process(played[start : start + FRAME].tobytes())
    together = np.frombuffer(b"".join(given), dtype="<i2")
    assert np.array_equal(alone, together)


@pytest.mark.parametrize("kind", ["loudest", "square", "constant"])
def test_extremes_do_no_harm(kind: str) -> None:
    """The loudest sounds leave nothing broken behind: a second later a caller comes through."""
    chance = np.random.default_rng(24)
    loudest = chance.integers(-32768, 32767, 2 * RATE_HZ).astype(np.int16)
    sounds = {
        "loudest": loudest,
        "square": np.where(np.arange(2 * RATE_HZ) // 50 % 2 == 0, 32767, -32768).astype(np.int16),
        "constant": np.full(2 * RATE_HZ, 32767, dtype=np.int16),
    }
    canceller = EchoCanceller()
    cancelled(canceller, sounds[kind], sounds[kind])
    spoken = chatter(3, seed=25)
    given = [canceller.process(spoken[at : at + FRAME].tobytes()) for at in range(0, len(spoken), FRAME)]
    passed = np.frombuffer(b"".join(given), dtype="<i2")
    assert np.array_equal(passed[-RATE_HZ:], spoken[-RATE_HZ:])
