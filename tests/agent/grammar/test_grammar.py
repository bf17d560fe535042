"""How the tables of words are made."""

from agent.grammar.grammar import folded, pattern, word_table


def test_patterns_read_any_case_and_apostrophe() -> None:
    """Recognisers write either."""
    assert pattern("c'est").fullmatch("C’EST")
    assert not pattern("c'est").fullmatch("c est")


def test_words_are_folded() -> None:
    """Without capitals and accents; Chinese stays what it is."""
    assert [folded(word) for word in ("Zéro", "DREISSIG", "dreißig", "fünf", "两")] == [
        "zero",
        "dreissig",
        "dreissig",
        "funf",
        "两",
    ]


def test_a_hyphen_separates_words() -> None:
    """As a recogniser may or may not write it."""
    assert word_table([("quatre-vingt-un", 81), ("vingt et un", 21)]) == {
        ("quatre", "vingt", "un"): 81,
        ("vingt", "et", "un"): 21,
    }
