import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.phonemes import Phonemizer
from providers.spoken_text import spoken_forms


@pytest.fixture(scope="module")
def phonemizer() -> Phonemizer:
    return Phonemizer()


def test_every_word_has_its_sounds(phonemizer: Phonemizer) -> None:
    """Words that hold several, none at all, or only a sign keep their places."""
    words = phonemizer.phonemes(["No,", "wait.", "9 30", "", "twenty-one!", "..."])
    assert [word.pauses for word in words] == [",", ".", "", "", "!", ""]
    assert [bool(word.sounds) for word in words] == [True, True, True, False, True, False]
    assert " " in words[2].sounds


def test_context_counts(phonemizer: Phonemizer) -> None:
    """The article before a vowel is pronounced otherwise than before a consonant."""
    before_vowel = phonemizer.phonemes(["the", "apple"])[0]
    before_consonant = phonemizer.phonemes(["the", "pear"])[0]
    assert before_vowel != before_consonant


def test_unknown_words_are_pronounced(phonemizer: Phonemizer) -> None:
    """A name that no dictionary has still gets sounds."""
    assert phonemizer.phonemes(["Xylqzt"])[0].sounds


def test_nothing_to_say(phonemizer: Phonemizer) -> None:
    """No words and empty words are fine."""
    assert phonemizer.phonemes([]) == ()
    assert not phonemizer.phonemes([""])[0].sounds


@settings(deadline=None, max_examples=50)
@given(text=st.text(max_size=30))
def test_any_text_can_be_pronounced(phonemizer: Phonemizer, text: str) -> None:
    """Whatever is written, each word has an entry and nothing raises."""
    said = [form.said for form in spoken_forms(text)]
    assert len(phonemizer.phonemes(said)) == len(said)


@settings(deadline=None, max_examples=25)
@given(words=st.lists(st.text(max_size=8), max_size=6))
def test_raw_words_keep_their_number(phonemizer: Phonemizer, words: list[str]) -> None:
    """Words that nobody made plain before give one entry each as well."""
    assert len(phonemizer.phonemes(words)) == len(words)
