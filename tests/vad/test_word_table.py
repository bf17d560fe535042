import pytest

from vad.word_table import PLACES, STEP, WordTable, english_word_table, places, skeleton


def test_adds_the_weights_of_the_places() -> None:
    """The log-odds are the sum of the signed bytes at the words' places."""
    words = ("can", "you", "help")
    weights = bytearray(PLACES)
    for place in places(words):
        weights[place] = 0xFF  # -1
    assert WordTable(bytes(weights)).logit(words) == pytest.approx(-STEP * len(list(places(words))))
    assert WordTable(bytes(PLACES)).logit(words) == 0


def test_numbers_count_alike() -> None:
    """Which number it is says nothing about the sentence."""
    assert list(places(("route", "66"))) == list(places(("route", "9")))


def test_a_skeleton_keeps_how_a_sentence_is_built() -> None:
    """Function words stay; of the others only the ending is left."""
    words = ("the", "sound", "of", "my", "voice", "is", "slowly", "fading", "at", "7")
    assert skeleton(words) == ["the", "*", "of", "my", "*", "is", "*ly", "*ing", "at", "#"]


def test_refuses_another_size() -> None:
    """A damaged file is noticed."""
    with pytest.raises(ValueError, match="131072"):
        WordTable(bytes(10))


@pytest.mark.parametrize(
    ("whole", "cut"),
    [
        ("i would like to change my address", "i would like to change my"),
        ("can you help me find some flights", "can you help me find some"),
        ("what is the maximum amount", "what is the maximum"),
        ("my card was stolen", "my card was"),
        ("how do i activate my card", "how do i activate"),
        ("the sound of my voice will help the service", "the sound of my voice will help"),
        ("your message has been saved", "your message"),
    ],
)
def test_the_english_table_knows_sentences(whole: str, cut: str) -> None:
    """A whole sentence is likelier to end than its beginning."""
    table = english_word_table()
    assert table.logit(tuple(whole.split())) > table.logit(tuple(cut.split()))
