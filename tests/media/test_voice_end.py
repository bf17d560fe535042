"""Where a voice ends: sounds whose end is known, and people whose ends were read off their spectra."""

import numpy as np
import numpy.typing as npt
import pytest

from media.voice_end import voice_end
from tests.support.recordings import recording

RATE = 16_000
Sound = npt.NDArray[np.float64]


def noise(milliseconds: float, dbfs: float, seed: int = 1) -> Sound:
    """White noise: the sound of a fricative, or of a line."""
    return np.random.default_rng(seed).standard_normal(int(RATE * milliseconds / 1000)) * 10 ** (dbfs / 20)


def tone(milliseconds: float, dbfs: float, hz: float) -> Sound:
    """A sine of this level (RMS)."""
    t = np.arange(int(RATE * milliseconds / 1000)) / RATE
    sine: Sound = np.sin(2 * np.pi * hz * t) * np.sqrt(2) * 10 ** (dbfs / 20)
    return sine


def silence(milliseconds: float) -> Sound:
    """Nothing at all."""
    return np.zeros(int(RATE * milliseconds / 1000))


def end_ms(*parts: Sound, over: Sound | None = None, noise_until_ms: float | None = None) -> float | None:
    """Where the voice ends when these follow each other, perhaps with something under them all."""
    sound = np.concatenate(parts)
    if over is not None:
        sound = sound + np.resize(over, len(sound))
    pcm = (sound * 32768).clip(-32768, 32767).astype("<i2").tobytes()
    known = None if noise_until_ms is None else int(noise_until_ms * 16)
    end = voice_end(pcm, RATE, noise_until_sample=known)
    return None if end is None else end / 16


def test_an_abrupt_end_is_found_within_one_window() -> None:
    """A vowel of one second; then nothing."""
    assert end_ms(silence(300), tone(1_000, -20, 200), silence(500)) == pytest.approx(1_300, abs=15)


def test_a_faint_fricative_is_voice() -> None:
    """The /f/ of "enough" is 30 dB weaker than the vowel before it."""
    assert end_ms(silence(200), noise(600, -20), noise(120, -50, 2), silence(400)) == pytest.approx(920, abs=5)


def test_the_release_of_a_stop_is_voice() -> None:
    """The /t/ of "out": 110 ms of silence, then 20 ms 32 dB weaker than the vowel."""
    parts = (noise(600, -20), silence(110), noise(20, -52, 2), silence(400))
    assert end_ms(*parts, over=noise(100, -75, 3)) == pytest.approx(730, abs=6)


def test_a_breath_is_not_voice() -> None:
    """A quarter of a second after the last word, a breath as faint as that release."""
    parts = (noise(600, -20), silence(250), noise(200, -52, 2), silence(300))
    assert end_ms(*parts, over=noise(100, -75, 3)) == pytest.approx(600, abs=6)


def test_a_second_word_after_a_pause_is_voice() -> None:
    """The same silence, but what follows is no weaker than a person who speaks."""
    assert end_ms(noise(600, -20), silence(250), noise(200, -34, 2), silence(300)) == pytest.approx(1_050, abs=6)


def test_the_rumble_of_a_room_is_not_voice() -> None:
    """40 Hz, 20 dB weaker than the voice and loud to a meter, goes on after the end and stops with the file."""
    assert end_ms(noise(800, -20), silence(230), over=tone(1_030, -40, 40)) == pytest.approx(800, abs=12)


def test_the_noise_of_a_recording_is_not_voice() -> None:
    """35 dB below the speech, in its pauses and after its end; then the line falls silent."""
    spoken = np.concatenate((noise(600, -17), silence(100), noise(500, -17, 2), silence(120)))
    spoken = spoken + noise(1_320, -52, 3)
    assert end_ms(spoken, silence(400), noise_until_ms=1_300) == pytest.approx(1_200, abs=15)


def test_on_a_noisy_telephone_line() -> None:
    """Noise at -50 dBFS, before, under and after the voice: what drowns in it has ended."""
    line = noise(1_500, -50, 3)
    assert end_ms(silence(300), noise(700, -22), silence(500), over=line) == pytest.approx(1_000, abs=15)
    faint = (silence(300), noise(700, -22), noise(100, -54, 2), silence(400))
    assert end_ms(*faint, over=line) == pytest.approx(1_000, abs=15)


def test_a_quiet_speaker_has_quiet_consonants() -> None:
    """The same sound 12 dB weaker ends at the same place, though nothing of it peaks above -45 dBFS."""
    parts = (silence(200), noise(600, -20), noise(120, -45, 2), silence(400))
    quiet = tuple(part * 10 ** (-12 / 20) for part in parts)
    assert end_ms(*quiet, over=noise(100, -75, 3)) == pytest.approx(end_ms(*parts) or 0, abs=6)


def test_a_decay_ends_where_it_drowns() -> None:
    """A room takes half a second for 60 dB: its last third is heard by nobody."""
    fading = noise(500, -20, 2) * np.logspace(0, -3, RATE // 2)
    found = end_ms(noise(500, -20), fading, silence(300), over=noise(100, -70, 3))
    assert found == pytest.approx(800, abs=30)


def test_nobody_speaks() -> None:
    """Nothing, digital silence, a line at rest."""
    assert voice_end(b"", RATE) is None
    assert voice_end(bytes(20), RATE) is None
    assert end_ms(silence(1_000)) is None
    assert end_ms(noise(1_000, -70)) is None


@pytest.mark.parametrize("rate", [8_000, 24_000])
def test_at_other_rates(rate: int) -> None:
    """The definition is one of time and level."""
    loud = np.random.default_rng(1).standard_normal(rate) * 3_000
    pcm = np.concatenate((loud, np.zeros(rate // 2))).clip(-32768, 32767).astype("<i2").tobytes()
    assert voice_end(pcm, rate) == pytest.approx(rate, abs=rate * 0.006)


@pytest.mark.parametrize(
    ("name", "ends_at_ms"),
    [
        ("librivox/sense_and_sensibility_01_austen_64kb-0870.wav", 6_855),  # /m/ of "them", then rumble at 40 Hz
        ("librivox/sense_and_sensibility_01_austen_64kb-0880.wav", 2_800),  # /n/ of "man", then the rumble
        ("librivox/sense_and_sensibility_01_austen_64kb-0890.wav", 5_075),  # release of "ill disposed", then the rumble
        ("librivox/sense_and_sensibility_01_austen_64kb-0920.wav", 5_810),  # /z/ of "was", then the rumble
        ("librivox/sense_and_sensibility_01_austen_64kb-0930.wav", 3_010),  # /f/ of "himself", then the rumble
        ("librispeech/librispeech-1995-1837-0001.wav", 8_600),  # release of "around it", then noise at -50 dBFS
        ("picovoice/test_en.wav", 3_468),  # release of "used", 50 ms after its /z/
        ("speechbrain/spk2_snt1.wav", 1_832),  # /f/ of "enough", 35 dB below the vowel
        ("speechbrain/spk2_snt5.wav", 1_895),  # release and breath of "bank"
        ("ps_cards/001.wav", 950),  # /z/ of "clubs", then the noise of the recording, to its end
        ("ps_cards/004.wav", 1_210),  # "five", then a breath 38 dB weaker
        ("ps_cards/005.wav", 3_250),  # "hearts", then noise
    ],
)
def test_people(name: str, ends_at_ms: float) -> None:
    """Where level and spectrum in steps of 10 ms show the last sound of a mouth."""
    end = voice_end(recording(name), RATE)
    assert end is not None
    assert end / 16 == pytest.approx(ends_at_ms, abs=20)
