import pytest

from vad.sentence import last_sentence, read_sentence
from vad.sentence_words import ENGLISH


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello. My name is John", "my name is john"),
        ("What? No, it isn’t!", "no it isn't"),
        ("S-M-I-T-H", "s m i t h"),
        ("my e-mail", "my e-mail"),
        ("at 10:15", "at 10:15"),
        ("it costs 600,000", "it costs 600,000"),
        ("john.smith@example.com", "john . smith @ example . com"),
        ("I am at home.Thank you", "thank you"),
        ("my plate is KXB", "my plate is k x b"),
        ("I have a DVD", "i have a dvd"),
        ("", ""),
        ("... ?!", ""),
    ],
)
def test_cuts_the_last_sentence(text: str, words: str) -> None:
    """A text gives these words of its last sentence."""
    assert " ".join(last_sentence(text)) == words


@pytest.mark.parametrize(
    ("text", "mark"), [("yes", ""), ("yes.", "."), ("yes?", "?"), ("yes,", ","), ("and…", "…"), ("and...", "…")]
)
def test_keeps_the_last_mark(text: str, mark: str) -> None:
    """The punctuation at the very end is known."""
    sentence = read_sentence(text, ENGLISH)
    assert sentence is not None
    assert sentence.mark == mark


def test_keeps_the_whole_turn() -> None:
    """The words of earlier sentences are there for numbers that go on."""
    sentence = read_sentence("My number is 4 7 2. 9 1 3.", ENGLISH)
    assert sentence is not None
    assert sentence.turn == ("my", "number", "is", "4", "7", "2", "9", "1", "3")
    assert sentence.words == ("9", "1", "3")


@pytest.mark.parametrize(
    ("text", "is_question"),
    [("where is it", True), ("is it far", True), ("yes can you help", True), ("what I wanted", False), ("what", False)],
)
def test_tells_questions(text: str, is_question: bool) -> None:
    """A question begins like one, "what I wanted" does not."""
    sentence = read_sentence(text, ENGLISH)
    assert sentence is not None
    assert sentence.is_question is is_question
