import numpy as np
import pytest

from media.resample import Resampler, resample


def tone(rate: int, seconds: float, hertz: float = 440.0) -> bytes:
    t = np.arange(int(rate * seconds)) / rate
    return (8000 * np.sin(2 * np.pi * hertz * t)).astype("<i2").tobytes()


@pytest.mark.parametrize(("from_hz", "to_hz"), [(24_000, 16_000), (16_000, 24_000), (22_050, 16_000)])
def test_a_tone_keeps_its_pitch_and_its_length(from_hz: int, to_hz: int) -> None:
    """One second stays one second, 440 Hz stays 440 Hz."""
    converted = np.frombuffer(resample(tone(from_hz, 1.0), from_hz=from_hz, to_hz=to_hz), dtype="<i2")
    assert abs(len(converted) - to_hz) <= 2
    spectrum = np.abs(np.fft.rfft(converted))
    assert abs(int(spectrum.argmax()) * to_hz / len(converted) - 440) < 2


def test_frame_by_frame_is_the_same_as_at_once() -> None:
    """The stream keeps its state between frames."""
    pcm = tone(24_000, 0.4)
    stream = Resampler(from_hz=24_000, to_hz=16_000)
    parts = [stream.feed(pcm[start : start + 960]) for start in range(0, len(pcm), 960)]
    joined = np.frombuffer(b"".join([*parts, stream.finish()]), dtype="<i2").astype(int)
    whole = np.frombuffer(resample(pcm, from_hz=24_000, to_hz=16_000), dtype="<i2").astype(int)
    assert len(joined) == len(whole)
    assert np.abs(joined - whole).max() <= 3  # soxr dithers


def test_equal_rates_pass_through() -> None:
    """No filter, no delay."""
    assert Resampler(from_hz=16_000, to_hz=16_000).feed(b"\x01\x02") == b"\x01\x02"
