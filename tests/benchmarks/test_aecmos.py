"""AECMOS without its own code."""

import numpy as np
import pytest

from benchmarks.aecmos import Listener, find_model, mel_decibels, mel_filters
from tests.support.echoes import chatter, echo_of, mixed


def test_each_band_hears_its_own_pitch() -> None:
    """A tone lights the band whose middle it is: 1000 Hz on Slaney's scale of 160 bands to 8 kHz."""
    filters = mel_filters()
    assert filters.shape == (160, 257)
    tone = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    loudest = mel_decibels(tone, filters).mean(axis=0).argmax()
    middle_mel = 15.0  # 1000 Hz: three mels every 200 Hz
    highest_mel = 15 + np.log(8) / np.log(6.4) * 27
    assert loudest == pytest.approx(middle_mel / highest_mel * 161 - 1, abs=1)


def test_the_spectrogram_is_bounded() -> None:
    """The loudest is one, what is 80 dB below is minus one, a frame every 16 ms."""
    sound = chatter(1, seed=1) / 32768
    sound[:8000] = 0
    spectrogram = mel_decibels(sound, mel_filters())
    assert spectrogram.shape == (63, 160)
    assert spectrogram.max() == pytest.approx(1)
    assert spectrogram.min() == pytest.approx(-1)


def test_listeners_prefer_no_echo() -> None:
    """Where the weights are installed: an echo that was taken out is judged better than one that was not."""
    model = find_model()
    if model is None:
        pytest.skip("speechmos is not installed")
    played = chatter(8, seed=2)
    heard = mixed(echo_of(played, delay=2000))
    listener = Listener(model)
    left = listener.judge(played=played, heard=heard, cleaned=heard, talk="far_end")
    gone = listener.judge(played=played, heard=heard, cleaned=heard // 1000, talk="far_end")
    assert 1 <= left.echo < gone.echo <= 5
