"""Going on where somebody else broke off."""

import pytest

from providers.continuation import Continuation


def heard(said: str, *pieces: str) -> str:
    """All that the caller hears."""
    rest = Continuation(said)
    return said + "".join(rest.feed(piece) for piece in pieces) + rest.finish()


WHOLE = "Good. I have noted the kitchen."


@pytest.mark.parametrize(
    ("said", "pieces"),
    [
        ("Good. I have noted", (" the", " kitchen.")),
        ("Good. I have noted", ("the", " kitchen.")),
        ("Good. I have noted ", ("the kitchen.",)),
        # All of it again, or its sentence, or a few words.
        ("Good. I have noted", ("Good.", " I have", " noted", " the", " kitchen.")),
        ("Good. I have noted", ("I have ", "noted the kitchen.")),
        ("Good. I have noted", ("have noted the kitchen.",)),
        ("Good. I have noted", ("good.  i HAVE\nnoted the kitchen.",)),
        ("Good. I have noted the kitchen", (".",)),
        ("Good. I have noted the kitchen.", ("I have noted the kitchen.",)),
        ("Good. I have noted the kitchen.", ()),
        ("Good.", ("Good.", " I have noted the kitchen.")),
        ("", ("Good. I have", " noted the kitchen.")),
    ],
)
def test_nothing_is_said_twice_and_nothing_is_left_out(said: str, pieces: tuple[str, ...]) -> None:
    """However the second one begins."""
    assert heard(said, *pieces) == WHOLE


def test_what_only_looks_like_a_repetition_is_said() -> None:
    """It begins as it did before, and then goes another way."""
    assert heard("I see. I will", "I ", "see", " to it.") == "I see. I will I see to it."


def test_one_word_may_be_meant_again() -> None:
    """A single word at the end is no proof of a repetition."""
    assert heard("It was very", "very", " bad.") == "It was very very bad."


def test_what_was_held_back_is_said_at_the_end() -> None:
    """It might have become a repetition, and did not."""
    assert heard("Good. I have noted", "I", " have") == "Good. I have noted I have"
