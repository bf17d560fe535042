"""Texts as they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.folding import fold, spelled


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("CONTOSO", "contoso"),
        ("Ｃｏｎｔｏｓｏ", "contoso"),
        ("Cóntöšø", "contoso"),
        ("Con\u200bto\u00adso\u2060", "contoso"),
        ("C\u0336o\u0336n\u0336toso", "contoso"),
        ("Соntоsо", "contoso"),
        ("𝓒𝓸𝓷𝓽𝓸𝓼𝓸", "contoso"),
        ("Straße ﬁn", "strasse fin"),
        ("İSTANBUL ılık", "istanbul ilik"),
        ("año", "año"),
        ("Москва и море", "москва и море"),
        ("ΑΘΗΝΑ", "αθηνα"),
        ("مَرْحَبـًا", "مرحبا"),
        ("पानी", "पानी"),
        ("ガス", "ガス"),
        ("ﾊﾞｽ", "バス"),
    ],
)
def test_disguises_come_off(text: str, folded: str) -> None:
    """Casing, width, accents, invisible marks and look-alikes do; what makes another word stays."""
    assert fold(text) == folded


def test_a_word_of_another_script_stays_one() -> None:
    """Look-alikes are Latin only where the text is, or the word itself is mixed."""
    assert fold("сор") == "сор"
    assert fold("the сор is here") == "the cop is here"
    assert fold("Это BMW") == "это bmw"


@pytest.mark.parametrize(
    ("folded", "joined"),
    [
        ("it is c o n t o s o.", ("contoso",)),
        ("c-o-n and t.o.s.o", ("con", "toso")),
        ("a b", ()),
        ("i am here", ()),
        ("康 托 索", ("康托索",)),
    ],
)
def test_letters_that_are_spelled_are_joined(folded: str, joined: tuple[str, ...]) -> None:
    """From three letters on."""
    assert spelled(folded) == joined


@given(st.text())
def test_folding_never_fails_and_is_stable(text: str) -> None:
    """Every text has a folded form; folding it again changes little enough to be found again."""
    assert isinstance(fold(text), str)
    assert fold(text) == fold(text)
