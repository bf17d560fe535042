"""The reference on the caller's timeline."""

import numpy as np

from media.echo_reference import AHEAD_SAMPLES, BEHIND_SAMPLES, Reference


def _sound(samples: int, value: int = 1000) -> bytes:
    return np.full(samples, value, dtype="<i2").tobytes()


def _added(*pieces: tuple[int, int]) -> Reference:
    """Sound of these lengths at these samples, before anything was processed."""
    reference = Reference()
    for at_sample, samples in pieces:
        reference.add(_sound(samples), at_sample=at_sample, passed=0, position=0)
    return reference


def test_sound_lies_where_it_plays() -> None:
    """Silence before it, silence after what is known."""
    reference = _added((1000, 320))
    window = reference.window(900, 600)
    assert window[:100].tolist() == [0] * 100
    assert window[100:420].tolist() == [1000] * 320
    assert window[420:].tolist() == [0] * 180
    assert reference.sound_end == 1320


def test_before_the_beginning_is_silence() -> None:
    """A window may begin before the call."""
    reference = _added((0, 100))
    assert reference.window(-50, 100).tolist() == [0] * 50 + [1000] * 50


def test_a_gap_is_silence() -> None:
    """Between two replies nothing plays, whatever the ring held there."""
    reference = _added((0, 320), (2000, 320))
    assert not reference.window(320, 1680).any()


def test_a_clock_that_breathes_leaves_no_gap() -> None:
    """Frames that begin within 5 ms of the last end continue it; from there on it is another place."""
    reference = _added((0, 320), (390, 320), (600, 320))
    assert reference.window(0, 960).tolist() == [1000] * 960
    assert reference.sound_end == 960
    assert _added((0, 320), (401, 320)).window(320, 81).tolist() == [0] * 81


def test_the_ring_turns() -> None:
    """After minutes the last second is there, and nothing older in its place."""
    reference = Reference()
    for frame in range(10_000):
        reference.add(_sound(320, frame + 100), at_sample=frame * 320, passed=frame * 320, position=frame * 320)
    assert reference.window(9_990 * 320, 3200).reshape(10, 320)[:, 0].tolist() == list(range(10_090, 10_100))
    assert reference.missed == reference.dropped == 0


def test_silence_after_long_idleness() -> None:
    """What the ring held minutes ago does not come back."""
    reference = _added((0, 16_000))
    later = 10_000_000
    reference.add(_sound(320), at_sample=later + 5_000, passed=later, position=later)
    assert not reference.window(later - 16_384, 16_384 + 5_000).any()
    assert reference.window(later + 5_000, 320).all()


def test_what_is_taken_back_is_silence() -> None:
    """And what comes later lies where it belongs."""
    reference = _added((0, 1600))
    reference.take_back(800)
    assert reference.window(0, 1600).tolist() == [1000] * 800 + [0] * 800
    assert reference.sound_end == 800
    reference.add(_sound(320), at_sample=1600, passed=0, position=0)
    assert not reference.window(800, 800).any()


def test_sound_that_was_taken_back_whole_never_was() -> None:
    """The last sound is then the one before."""
    reference = _added((0, 320), (5000, 320))
    reference.take_back(5000)
    assert reference.sound_end == 320
    reference.take_back(0)
    assert reference.sound_end == 0


def test_late_sound_is_missed() -> None:
    """Counted in frames of 20 ms: as many as had been passed, begun ones included."""
    reference = Reference()
    reference.add(_sound(1600), at_sample=0, passed=330, position=330)
    assert (reference.missed, reference.dropped) == (2, 0)
    assert reference.window(0, 1600).all()


def test_late_silence_is_not_missed() -> None:
    """There is no echo of what cannot be heard."""
    reference = Reference()
    reference.add(bytes(640), at_sample=0, passed=3200, position=3200)
    assert reference.missed == 0


def test_what_cannot_be_used_is_dropped() -> None:
    """Too far ahead, or too far behind: counted in frames, and not there."""
    reference = Reference()
    position = 200_000
    reference.add(_sound(640), at_sample=position + AHEAD_SAMPLES - 639, passed=position, position=position)
    reference.add(_sound(320), at_sample=position - BEHIND_SAMPLES - 1, passed=position, position=position)
    assert (reference.missed, reference.dropped) == (0, 3)
    assert reference.sound_end == 0
    reference.add(_sound(640), at_sample=position + AHEAD_SAMPLES - 640, passed=position, position=position)
    assert reference.dropped == 3
