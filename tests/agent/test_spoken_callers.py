"""Callers who speak of the line they call on."""

import pytest

from agent.spoken_callers import means_own_number


@pytest.mark.parametrize(
    ("said", "is_own"),
    [
        ("On this number.", True),
        ("the same number", True),
        ("The number I'm calling from", True),
        ("Use this phone, please", True),
        ("My number is two zero two", False),
        ("this number 202 555 0143", False),
        ("", False),
    ],
)
def test_the_own_line_is_told_from_a_number(said: str, is_own: bool) -> None:
    """Only words that point at the call itself mean its number; digits are always taken as said."""
    assert means_own_number(said) is is_own


@pytest.mark.parametrize(
    ("language", "said", "is_own"),
    [
        ("fr", "le numéro avec lequel je vous appelle", True),
        ("fr", "ce numéro", True),
        ("fr", "mon numéro est le zéro six", False),
        ("es", "este número", True),
        ("es", "En este mismo.", True),
        ("es", "el número desde el que llamo", True),
        ("es", "mi número es el seis", False),
        ("de", "die Nummer, von der ich anrufe", True),
        ("de", "diese Nummer bitte", True),
        ("de", "meine Nummer ist null drei", False),
        ("zh", "就是这个号码", True),
        ("zh", "我现在打的这个电话", True),
        ("zh", "我的号码是一三八", False),
    ],
)
def test_the_own_line_is_known_in_every_language(language: str, said: str, is_own: bool) -> None:
    """However they point at it."""
    assert means_own_number(said, language) is is_own
