import numpy as np
import pytest

from tests.support.recordings import recording
from vad.hum import is_hum, loudness_dbfs

RATE = 16_000


def test_a_low_tone_is_a_hum_and_hiss_is_none() -> None:
    """150 Hz with weak harmonics; white noise."""
    t = np.arange(RATE // 5) / RATE
    hum = sum((np.sin(2 * np.pi * 150 * n * t) / n**2 for n in range(1, 6)), np.zeros(len(t)))
    assert is_hum((hum * 5_000).astype(np.int16), RATE)
    hiss = np.random.default_rng(1).standard_normal(RATE // 5) * 2_000
    assert not is_hum(hiss.astype(np.int16), RATE)


def test_silence_and_clicks_are_no_hum() -> None:
    """Too weak or too short to say."""
    assert not is_hum(np.zeros(RATE // 5, dtype=np.int16), RATE)
    assert not is_hum(np.full(100, 9_000, dtype=np.int16), RATE)


@pytest.mark.parametrize(
    "name", ["speechbrain/spk1_snt1.wav", "speechbrain/spk2_snt3.wav", "speechbrain/spk2_snt6.wav"]
)
def test_people_who_begin_a_sentence_do_not_hum(name: str) -> None:
    """The first 200 ms of recorded sentences."""
    samples = np.frombuffer(recording(name), dtype="<i2")
    loud = int(np.flatnonzero(np.abs(samples.astype(int)) > 800)[0])
    assert not is_hum(samples[loud : loud + RATE // 5], RATE)


def test_loudness_is_that_of_the_loud_part() -> None:
    """A full-scale square wave is 0 dBFS, silence beside it changes nothing, and nothing is -100."""
    loud = np.full(8_000, 32_767, dtype=np.int16)
    assert abs(loudness_dbfs(np.concatenate((loud, np.zeros(8_000, dtype=np.int16))), 16_000)) < 0.1
    assert loudness_dbfs(np.zeros(0, dtype=np.int16), 16_000) == -100.0
