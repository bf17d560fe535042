from vad import dictation
from vad.sentence import Sentence, read_sentence
from vad.sentence_words import ENGLISH


def read(text: str) -> Sentence:
    sentence = read_sentence(text, ENGLISH)
    assert sentence is not None
    return sentence


def judged(text: str) -> float:
    found = dictation.number(read(text))
    assert found is not None
    return found


def test_half_a_number_is_open() -> None:
    """Nine digits of a telephone number, and ten that begin as none does in North America."""
    assert judged("my phone number is four two five five five five zero one nine") < 0.05
    assert judged("zero one seven six five five five three eight two") <= 0.2


def test_a_number_that_says_where_it_ends_is_closed() -> None:
    """Ten digits, announced as a telephone number; a little less sure without a word about it."""
    number = "four two five, five five five, zero one nine nine"
    assert judged(f"my phone number is {number}") >= 0.8
    assert judged("425-555-0199") >= 0.6


def test_digits_that_are_not_known_one_by_one_are_not_counted_as_whole() -> None:
    """Nobody knows what "double" doubles; a number of 10 digits could still be meant."""
    assert judged("four two five five five double five zero one nine nine") <= 0.2


def test_a_number_behind_an_article_wants_its_noun() -> None:
    """As in "a twelve percent chance", "drop the two figures"; "the red one" is for other rules."""
    assert judged("that gives us a twelve") < 0.1
    assert judged("drop the two") <= 0.3
    assert dictation.number(read("I want the red one")) is None


def test_dates_times_and_amounts_are_not_dictated() -> None:
    """They are said in one go."""
    assert judged("on july two") >= 0.6
    assert judged("at seven thirty") >= 0.6
    assert judged("two thousand") >= 0.6


def test_spelling_is_open() -> None:
    """Letters one by one, or with their words."""
    assert (dictation.spelling(read("S M I")) or 1) < 0.05
    assert (dictation.spelling(read("b as in boy")) or 1) < 0.1
    assert dictation.spelling(read("it is cold")) is None


def test_an_address_ends_with_its_domain() -> None:
    """Open until then."""
    assert (dictation.address(read("john dot smith at example")) or 1) < 0.1
    assert (dictation.address(read("john at example dot com")) or 0) >= 0.8
    assert dictation.address(read("it is cold")) is None
