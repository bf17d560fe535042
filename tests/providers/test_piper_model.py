from threading import Timer

import numpy as np
import onnxruntime as ort
import pytest

from providers.phonemes import Phonemizer, WordPhonemes
from providers.piper_model import PiperModel, VoiceSettings, with_output

STILL = VoiceSettings(noise_scale=0, noise_w=0)


@pytest.fixture(scope="module")
def model() -> PiperModel:
    return PiperModel()


@pytest.fixture(scope="module")
def words() -> tuple[WordPhonemes, ...]:
    return Phonemizer().phonemes(["Hello,", "my", "name", "", "is", "Joe."])


def test_words_end_where_their_sound_ends(model: PiperModel, words: tuple[WordPhonemes, ...]) -> None:
    """Ends rise through the audio; the silent word ends with the one before; the comma's pause is no word."""
    utterance = model.speak(words, STILL, ort.RunOptions())
    hello, my, name, nothing, is_, joe = utterance.word_ends
    assert 0 < hello < my < name == nothing < is_ < joe < len(utterance.audio)
    assert np.abs(utterance.audio).max() <= 1


def test_without_noise_it_repeats_itself(model: PiperModel, words: tuple[WordPhonemes, ...]) -> None:
    """Two runs give the same samples, and a slower one is longer."""
    first, second = (model.speak(words, STILL, ort.RunOptions()) for _ in range(2))
    assert np.array_equal(first.audio, second.audio)
    slow = model.speak(words, VoiceSettings(1.5, 0, 0), ort.RunOptions())
    assert len(slow.audio) > 1.2 * len(first.audio)


def test_unknown_symbols_are_left_out(model: PiperModel) -> None:
    """A symbol that the voice never learned makes no sound and no error."""
    plain = model.speak([WordPhonemes("jˈɛs", ".")], STILL, ort.RunOptions())
    strange = model.speak([WordPhonemes("jˈ☃ɛs", ".")], STILL, ort.RunOptions())
    assert np.array_equal(plain.audio, strange.audio)


def test_a_run_can_be_broken_off(model: PiperModel, words: tuple[WordPhonemes, ...]) -> None:
    """Terminating ends a long run with an error; the next one is whole."""
    options = ort.RunOptions()
    timer = Timer(0.02, lambda: setattr(options, "terminate", True))
    timer.start()
    with pytest.raises(Exception, match="terminate"):
        model.speak(words * 20, STILL, options)
    timer.join()
    assert len(model.speak(words, STILL, ort.RunOptions()).audio)


def test_output_is_added_to_the_graph() -> None:
    """The appended bytes are field 7, in it field 12, in it field 1 with the name."""
    assert with_output(b"model", "ab") == b"model" + bytes([0x3A, 6, 0x62, 4, 0x0A, 2]) + b"ab"
