"""Answers from documents, without a model."""

import pytest

from agent.document_answer import ANSWERED_ABOVE, answer_to, asks_back, is_question, title_within
from tests.support.passages import passage

QUESTION = "What does a new windscreen cost?"
GLASS = passage("It costs 150 dollars.", score=ANSWERED_ABOVE)


def test_a_question_that_a_document_fits_is_answered() -> None:
    """By the best passage; not below the threshold, not what is no question, not without documents."""
    assert answer_to(QUESTION, (GLASS, passage("Other."))) is GLASS
    assert answer_to(QUESTION, (passage("It costs.", score=ANSWERED_ABOVE - 0.01),)) is None
    assert answer_to("My windscreen is broken.", (GLASS,)) is None
    assert answer_to(QUESTION, ()) is None


@pytest.mark.parametrize(
    ("utterance", "language", "asks"),
    [
        ("Are you open on Saturday?", "", True),
        ("are you open on saturday", "en-US", True),
        ("Um, well, I have a question: how much is the deductible", "en", True),
        ("Could you please tell me when you open", "en", True),
        ("I'd like to know if hail is covered.", "en", True),
        ("what's your address", "en", True),
        ("Where I parked it, somebody broke the glass.", "en", False),
        ("In the kitchen, when I came home.", "en", False),
        ("Is.", "en", False),
        ("My name is Robert.", "en", False),
        ("Can of paint fell on the car.", "en", False),
        ("Combien coûte le remorquage", "fr-FR", True),
        ("C'est cassé.", "fr", False),
        ("¿Cuánto cuesta?", "es", True),
        ("Wann haben Sie geöffnet", "de", True),
        ("Das Fenster ist kaputt.", "de", False),
        ("你们几点开门", "zh-CN", True),
        ("窗户坏了。", "zh", False),
        ("Paljonko se maksaa?", "fi", True),
        ("Se maksaa.", "fi", False),
    ],
)
def test_questions_are_told_from_statements(utterance: str, language: str, asks: bool) -> None:
    """With the mark or without it."""
    assert is_question(utterance, language) is asks


@pytest.mark.parametrize(
    ("title", "language", "within"),
    [
        ("Glass damage", "en-US", "glass damage"),
        ("Towing", "", "towing"),
        ("Contoso Direct", "en", "Contoso Direct"),
        ("IT support", "en", "IT support"),
        ("Glasschäden", "de", "Glasschäden"),
    ],
)
def test_a_title_fits_into_a_sentence(title: str, language: str, within: str) -> None:
    """Small in English, unless it is a name."""
    assert title_within(passage("x", title=title), language) == within


@pytest.mark.parametrize(
    ("said", "language", "expected"),
    [
        ("Who are you?", "en-US", True),
        ("do you know where I am", "", True),
        ("What should I tell you now?", "en", True),
        ("In Boston?", "en", False),
        ("Is it far? It happened in Boston.", "en", False),
        ("Where the river meets the road.", "en", False),
        ("I was wondering whether you can help me, somebody has stolen my car", "en", False),
        ("Wer sind Sie?", "de-DE", True),
        ("Wo die Leopoldstraße anfängt", "de-DE", False),
        ("Qui êtes-vous ?", "fr-FR", True),
        ("Quand je suis rentré, la porte était cassée.", "fr-FR", False),
        ("¿Con quién hablo?", "es-ES", True),
        ("你是谁？", "zh-CN", True),
        ("Who?", "ko-KR", False),
    ],
)
def test_what_is_nothing_but_a_question(said: str, language: str, *, expected: bool) -> None:
    """It holds no value; a clause that begins like a question, and a value that is asked, may."""
    assert asks_back(said, language) is expected
