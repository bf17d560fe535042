"""The far end's buffer, tick by tick."""

import pytest

from emulators.acs_playout import CAPACITY_MS, AcsPlayout
from emulators.errors import ProtocolViolation


def sound(samples: int, value: int = 1) -> bytes:
    """So many samples of one value."""
    return value.to_bytes(2, "little") * samples


@pytest.fixture
def playout() -> AcsPlayout:
    """A buffer at 16 kHz: 320 samples a tick."""
    return AcsPlayout(sample_rate_hz=16_000)


def test_silence_is_played_when_nothing_is_queued(playout: AcsPlayout) -> None:
    """Silence is always the same object."""
    assert playout.tick() is playout.tick() is playout.silence
    assert playout.silence == bytes(640)


def test_sound_is_played_in_order_whatever_its_pieces(playout: AcsPlayout) -> None:
    """Pieces of any size come out as a gapless line, padded at its end."""
    playout.receive(sound(100, 1))
    playout.receive(sound(300, 2))
    assert playout.queued_samples == playout.max_queued_samples == 400
    assert playout.tick() == sound(100, 1) + sound(220, 2)
    assert playout.tick() == sound(80, 2) + bytes(480)
    assert playout.tick() is playout.silence


def test_stop_discards_what_was_not_played(playout: AcsPlayout) -> None:
    """What was played stays played, and what comes later is played."""
    playout.receive(sound(1000, 1))
    playout.tick()
    assert playout.stop() == 680
    assert (playout.stops, playout.discarded_samples, playout.queued_samples) == (1, 680, 0)
    playout.receive(sound(320, 3))
    assert playout.tick() == sound(320, 3)


def test_a_hole_in_the_sound_is_counted(playout: AcsPlayout) -> None:
    """Sound that resumes after one silent tick was late."""
    playout.receive(sound(320))
    playout.tick()
    playout.tick()
    playout.receive(sound(320))
    assert playout.underruns == 1


def test_a_frame_that_comes_just_in_time_makes_no_hole(playout: AcsPlayout) -> None:
    """An empty buffer is no fault as long as no tick finds it so."""
    for _ in range(3):
        playout.receive(sound(320))
        playout.tick()
    assert playout.underruns == 0


def test_a_pause_is_no_hole(playout: AcsPlayout) -> None:
    """After 200 ms without sound, or after a stop, new sound is a new sentence."""
    playout.receive(sound(320))
    for _ in range(13):
        playout.tick()
    playout.receive(sound(300))
    playout.tick()
    playout.stop()
    playout.receive(sound(320))
    assert playout.underruns == 0


def test_a_flood_is_refused(playout: AcsPlayout) -> None:
    """More than two minutes are not queued."""
    playout.receive(bytes(CAPACITY_MS * 32))
    with pytest.raises(ProtocolViolation, match="120 s"):
        playout.receive(sound(1))
    assert playout.queued_samples == CAPACITY_MS * 16
