import numpy as np
import pytest

from providers.voice_finish import LEVEL_DBFS, PEAK_DBFS, Audio, finished


def tone(seconds: float, level: float, rate_hz: int = 22_050) -> Audio:
    time = np.arange(int(seconds * rate_hz)) / rate_hz
    return (level * np.sin(2 * np.pi * 300 * time)).astype(np.float32)


def in_silence(sound: Audio, rate_hz: int = 22_050) -> Audio:
    silence = np.zeros(rate_hz // 2, np.float32)
    return np.concatenate([silence, sound, silence])


def test_silence_around_is_trimmed() -> None:
    """Ten milliseconds stay before the sound and forty after; word ends move along."""
    start = 11_025
    samples, ends = finished(
        in_silence(tone(1, 0.3)), [start + 11_025, start + 22_050], from_rate_hz=22_050, to_rate_hz=16_000
    )
    assert len(samples) == pytest.approx(16_000 + 800, abs=400)
    assert ends[0] == pytest.approx(8_160, abs=200)
    assert ends[1] == pytest.approx(16_160, abs=200)
    assert abs(int(samples[0])) < 30


@pytest.mark.parametrize("level", [0.01, 0.1, 0.9])
def test_every_piece_has_the_same_level(level: float) -> None:
    """Soft and loud sound come out alike."""
    samples, _ = finished(in_silence(tone(1, level)), [0], from_rate_hz=22_050, to_rate_hz=16_000)
    middle = samples[4_000:12_000] / 32_768
    assert 20 * np.log10(np.sqrt(np.square(middle).mean())) == pytest.approx(LEVEL_DBFS, abs=1)


def test_peaks_stay_below_the_limit() -> None:
    """A sound of short bursts is kept from clipping, at the price of its level."""
    bursts = np.zeros(22_050, np.float32)
    bursts[::400] = 0.9
    samples, _ = finished(bursts, [0], from_rate_hz=16_000, to_rate_hz=16_000)
    assert 20 * np.log10(np.abs(samples).max() / 32_768) <= PEAK_DBFS + 0.1


def test_pitch_changes_the_length() -> None:
    """Taken at a higher rate the same samples last shorter, and the word ends follow."""
    sound = in_silence(tone(1, 0.3))
    samples, ends = finished(sound, [11_025 + 22_050], from_rate_hz=22_050 * 1.25, to_rate_hz=16_000)
    assert len(samples) == pytest.approx(12_800 + 800, abs=400)
    assert ends[0] == pytest.approx(12_800 + 160, abs=250)


def test_silence_gives_nothing() -> None:
    """Silence has no sound to keep, and neither has nothing."""
    for audio in (np.zeros(22_050, np.float32), np.zeros(0, np.float32)):
        samples, ends = finished(audio, [10, 20], from_rate_hz=22_050, to_rate_hz=16_000)
        assert (len(samples), ends) == (0, (0, 0))


def test_word_ends_never_fall() -> None:
    """Ends that came in disorder or beyond the sound are put right."""
    samples, ends = finished(tone(1, 0.3), [9_000, 3_000, 99_999], from_rate_hz=22_050, to_rate_hz=16_000)
    assert ends[0] == ends[1] < ends[2] == len(samples)
