import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.speech_pieces import FIRST_CHARACTERS, MOST_CHARACTERS, ends_sentence, pause_after_ms, pieces_of
from providers.spoken_text import spoken_forms


def cut(text: str) -> list[str]:
    return [" ".join(word.written for word in piece) for piece in pieces_of(spoken_forms(text))]


def test_short_text_stays_whole() -> None:
    """What fits the first piece is spoken in one breath."""
    assert cut("No, wait. It was the bathroom.") == ["No, wait. It was the bathroom."]


def test_first_piece_is_the_sentence_that_fits() -> None:
    """A long text begins with its first sentences, not with half of the next."""
    text = "Thank you for calling. I will now note the details of your claim, and call you back."
    assert cut(text) == ["Thank you for calling.", "I will now note the details of your claim, and call you back."]


def test_long_sentence_is_cut_at_a_clause() -> None:
    """Without a sentence end the last comma counts."""
    text = "If nobody was hurt, which I hope, then we can go on with the damage to your kitchen and the floor."
    assert cut(text)[0] == "If nobody was hurt, which I hope,"


def test_long_clause_is_cut_before_a_joining_word() -> None:
    """Without punctuation the voice rests where a speaker would."""
    text = "Somebody from our office will look at your kitchen because the floor has been under water for days"
    assert cut(text)[0] == "Somebody from our office will look at your kitchen"


@pytest.mark.parametrize("word", ["Dr.", "a.m.", "e.g.", "No.", "(Mr."])
def test_abbreviations_end_no_sentence(word: str) -> None:
    """A full stop may belong to the word."""
    assert not ends_sentence(word)


@pytest.mark.parametrize(("text", "pause_ms"), [("Yes.", 250), ("“Yes!”", 250), ("Yes,", 120), ("Yes", 0), ("Dr.", 0)])
def test_pauses_follow_the_punctuation(text: str, pause_ms: int) -> None:
    """A sentence is followed by a longer rest than a clause."""
    assert pause_after_ms(spoken_forms(text)) == pause_ms


@given(st.lists(st.text("ab.,! ", min_size=1, max_size=30), max_size=30).map(" ".join))
def test_nothing_is_lost_and_pieces_are_bounded(text: str) -> None:
    """The pieces put together are the text, and none is too long."""
    pieces = cut(text)
    assert " ".join(pieces) == " ".join(text.split())
    assert all(len(piece) <= MOST_CHARACTERS for piece in pieces)
    assert FIRST_CHARACTERS < MOST_CHARACTERS
