import pytest

from agent.openers import Openers, OpenerTexts


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("What does that cost?", "to_question"),
        ("can you tell me more", "to_question"),
        ("My kitchen is under water.", "to_statement"),
        ("No, it was Monday.", "to_correction"),
        ("Actually, wait.", "to_correction"),
    ],
)
def test_an_opener_suits_what_was_said(said: str, kind: str) -> None:
    """A question is not answered with "I see"."""
    texts = OpenerTexts()
    assert Openers(texts).candidates(said) == getattr(texts, kind)


@pytest.mark.parametrize("said", ["", "  ", "Thank you, goodbye.", "bye"])
def test_some_things_want_no_opener(said: str) -> None:
    """Silence, and farewells."""
    assert Openers().candidates(said) == ()


def test_never_the_same_twice_in_a_row() -> None:
    """The one after the last comes first."""
    openers = Openers(OpenerTexts(to_statement=("A.", "B.", "C.")))
    openers.used("B.")
    assert openers.candidates("It rains.") == ("C.", "A.")
    openers.used("C.")
    assert openers.candidates("It rains.") == ("A.", "B.")


def test_everything_that_may_be_said_can_be_spoken_ahead() -> None:
    """Each text once."""
    texts = OpenerTexts()
    assert len(set(texts.all)) == len(texts.all)
    assert set(texts.filler) <= set(texts.all)
