import pytest

from agent.openers import Openers, OpenerTexts, opener_texts
from agent.texts.bundled import BUNDLED


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


@pytest.mark.parametrize(
    ("language", "said", "kind"),
    [
        ("fr", "Combien ça coûte", "to_question"),
        ("fr", "Ma cuisine est inondée.", "to_statement"),
        ("fr", "Non, c'était lundi.", "to_correction"),
        ("es", "¿Cuánto cuesta eso?", "to_question"),
        ("es", "Mi cocina está inundada.", "to_statement"),
        ("es", "No, fue el lunes.", "to_correction"),
        ("de", "Wann kommt jemand", "to_question"),
        ("de", "Meine Küche steht unter Wasser.", "to_statement"),
        ("de", "Nein, das war am Montag.", "to_correction"),
        ("zh", "这个多少钱？", "to_question"),
        ("zh", "我家厨房进水了。", "to_statement"),
        ("zh", "不对，是星期一。", "to_correction"),
    ],
)
def test_openers_suit_in_every_language(language: str, said: str, kind: str) -> None:
    """What was said is understood, and answered, in its own language."""
    others = {each: opener_texts(texts) for each, texts in BUNDLED.items()}
    openers = Openers(OpenerTexts(), others)
    assert openers.candidates(said, f"{language}-XX") == getattr(others[language], kind)
    assert openers.fillers(language) == BUNDLED[language].timeout_loading


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "Merci, au revoir."), ("es", "Muchas gracias."), ("de", "Tschüss!"), ("zh", "谢谢，再见。"), ("de", "Bye")],
)
def test_farewells_want_no_opener_in_any_language(language: str, said: str) -> None:
    """Nobody says "I see" to a goodbye."""
    assert Openers().candidates(said, language) == ()
