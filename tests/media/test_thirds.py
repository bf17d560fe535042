"""Rate conversion by three: what passes, what does not, and how late it is."""

import numpy as np
import pytest
from numpy.typing import NDArray

from media.thirds import ToThird, ToTriple

LOUD = 10_000


def tone(frequency_hz: int, rate_hz: int, seconds: float = 1.0) -> NDArray[np.int16]:
    """A sine."""
    at = np.arange(int(seconds * rate_hz)) / rate_hz
    return (LOUD * np.sin(2 * np.pi * frequency_hz * at)).astype(np.int16)


def to_16_khz(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    """Converted frame by frame of 20 ms."""
    third = ToThird()
    pcm = b"".join(third.feed(samples[start : start + 960]) for start in range(0, samples.size, 960))
    return np.frombuffer(pcm, dtype="<i2")


def to_48_khz(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    """Converted frame by frame of 20 ms."""
    triple = ToTriple()
    pcm = b"".join(triple.feed(samples[start : start + 320].tobytes()) for start in range(0, samples.size, 320))
    return np.frombuffer(pcm, dtype="<i2")


def level_db(samples: NDArray[np.int16]) -> float:
    """Against the tone that went in, without its onset."""
    steady = samples[500:].astype(float)
    return float(20 * np.log10(np.sqrt((steady**2).mean()) * np.sqrt(2) / LOUD + 1e-9))


@pytest.mark.parametrize("frequency_hz", [200, 1_000, 3_400, 6_500])
def test_speech_passes(frequency_hz: int) -> None:
    """Both ways, as loud as it was."""
    assert abs(level_db(to_16_khz(tone(frequency_hz, 48_000)))) < 0.1
    assert abs(level_db(to_48_khz(tone(frequency_hz, 16_000)))) < 0.1


@pytest.mark.parametrize("frequency_hz", [9_000, 11_000, 15_000, 20_000])
def test_nothing_folds_back(frequency_hz: int) -> None:
    """What 16 kHz cannot hold is gone, and not heard as something else."""
    assert level_db(to_16_khz(tone(frequency_hz, 48_000))) < -55


def test_no_image_is_added() -> None:
    """What 16 kHz cannot hold does not come to be either."""
    converted = to_48_khz(tone(1_000, 16_000))[4_800:43_200].astype(float)
    spectrum = np.abs(np.fft.rfft(converted * np.hanning(converted.size)))
    peak = int(np.argmax(spectrum))
    beside = np.concatenate((spectrum[: peak - 5], spectrum[peak + 6 :]))
    assert 20 * np.log10(beside.max() / spectrum[peak]) < -55


def test_a_frame_is_a_frame() -> None:
    """Nothing is held back: each has its size, and the sound is 1 ms late both ways."""
    assert [len(ToThird().feed(np.zeros(960, np.int16))), len(ToTriple().feed(bytes(640)))] == [640, 1_920]
    click = np.zeros(9_600, dtype=np.int16)
    click[960] = 30_000
    assert int(np.argmax(to_16_khz(click))) == 320 + 16
    click = np.zeros(3_200, dtype=np.int16)
    click[320] = 30_000
    assert int(np.argmax(to_48_khz(click))) == 960 + 48


def test_what_is_too_loud_does_not_turn_over() -> None:
    """A square of full scale overshoots behind a filter: it is clipped."""
    square = np.tile(np.repeat(np.array([32_767, -32_768], dtype=np.int16), 120), 40)
    converted = to_16_khz(square)
    assert converted[60:].max() > 30_000
    assert np.abs(np.diff(converted.astype(int))).max() < 65_535
    assert to_48_khz(square).min() == -32_768
