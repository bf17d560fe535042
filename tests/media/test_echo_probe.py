"""A tone that finds its echo."""

import numpy as np
import pytest

from media.echo_probe import TONE_SAMPLES, echo_of_tone, opening_tone
from media.level import PeakMeter
from tests.support.echoes import chatter, echo_of, mixed

SECOND = 16_000


def heard(delay: int, gain: float = 0.3) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """A second, with the tone in a room."""
    sound = np.zeros(SECOND, np.int16)
    sound[:TONE_SAMPLES] = np.frombuffer(opening_tone(), "<i2")
    return mixed(echo_of(sound, delay=delay, gain=gain))


@pytest.mark.parametrize("delay", [0, 700, 3_217, 9_000])
@pytest.mark.parametrize("gain", [1.0, 0.3, 0.03])
def test_the_echo_is_found(delay: int, gain: float) -> None:
    """To the millisecond, loud or soft."""
    found = echo_of_tone(heard(delay, gain).tobytes())
    assert found == pytest.approx(delay, abs=16)


def test_it_is_found_under_a_voice() -> None:
    """Somebody may be talking already."""
    voice = chatter(1.0, seed=3, level=600)
    found = echo_of_tone(np.clip(heard(2_000, 0.3) + voice.astype(int), -32768, 32767).astype("<i2").tobytes())
    assert found == pytest.approx(2_000, abs=16)


def test_where_there_is_none_none_is_found() -> None:
    """Silence, noise, voices, and too little of anything."""
    noise = np.random.default_rng(1).normal(0, 300, SECOND).astype("<i2")
    for sound in (bytes(2 * SECOND), noise.tobytes(), chatter(1.0, seed=4).tobytes(), b"", opening_tone()[:200]):
        assert echo_of_tone(sound) is None


def test_the_tone_is_soft() -> None:
    """And begins and ends without a click."""
    meter = PeakMeter()
    meter.take(opening_tone())
    assert meter.read_dbfs() == pytest.approx(-20, abs=0.1)
    samples = np.frombuffer(opening_tone(), "<i2")
    assert abs(samples[:20]).max() < 200
    assert abs(samples[-20:]).max() < 200
