import numpy as np

from media.level import QUIETEST_DBFS, PeakMeter, first_audible_sample, last_audible_sample


def test_the_edges_of_a_sound_are_found_to_the_sample() -> None:
    """What is below the threshold is silence."""
    pcm = np.array([0, 10, -20, 500, 3, -400, 20, 0], dtype="<i2").tobytes()
    assert first_audible_sample(pcm) == 3
    assert last_audible_sample(pcm) == 6


def test_silence_has_no_edges() -> None:
    """Digital silence and nothing at all are the same."""
    assert first_audible_sample(bytes(640)) is None
    assert last_audible_sample(b"") is None


def test_the_loudest_sample_of_all_is_audible() -> None:
    """-32768 has no positive counterpart in 16 bits."""
    assert first_audible_sample(np.array([-32768], dtype="<i2").tobytes()) == 0


def test_a_meter_tells_the_loudest_since_it_was_read() -> None:
    """Then it begins anew."""
    meter = PeakMeter()
    meter.take(bytes(640))
    assert (meter.has_heard, meter.read_dbfs()) == (False, QUIETEST_DBFS)
    meter.take(np.array([100, -16384, 5], dtype="<i2").tobytes())
    meter.take(np.array([3], dtype="<i2").tobytes())
    meter.take(b"")
    assert (meter.has_heard, round(meter.read_dbfs(), 1)) == (True, -6.0)
    assert meter.read_dbfs() == QUIETEST_DBFS


def test_the_loudest_sound_of_all_is_full_scale() -> None:
    """-32768 has no positive counterpart in 16 bits."""
    meter = PeakMeter()
    meter.take(np.array([-32768], dtype="<i2").tobytes())
    assert meter.read_dbfs() == 0.0
