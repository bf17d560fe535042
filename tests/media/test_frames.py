import pytest

from media import frames


@pytest.mark.parametrize(("rate", "samples", "size"), [(16_000, 320, 640), (24_000, 480, 960), (8_000, 160, 320)])
def test_a_frame_is_twenty_milliseconds(rate: int, samples: int, size: int) -> None:
    """Samples and bytes of a frame follow from its rate."""
    assert (frames.frame_samples(rate), frames.frame_bytes(rate)) == (samples, size)
    assert frames.duration_ms(samples, rate) == frames.FRAME_MS
    assert len(frames.silence(samples)) == size
    assert frames.sample_count(bytes(size)) == samples


def test_durations_are_rounded_to_the_nearest_sample() -> None:
    """0.1 ms at 16 kHz is 1.6 samples: 2."""
    assert frames.samples_in(0.1, 16_000) == 2
