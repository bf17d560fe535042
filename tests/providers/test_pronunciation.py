"""How the words of a company are said."""

import pytest

from providers.pronunciation import Lexicon
from providers.spoken_text import spoken_forms

LEXICON = Lexicon({"Siobhan": "shiv awn", "Les Tilleuls": "lay tee yurl", "AT&T": "a t and t", "plain": ""})


@pytest.mark.parametrize(
    ("text", "ssml"),
    [
        ("Ask Siobhan, please.", 'Ask <sub alias="shiv awn">Siobhan</sub>, please.'),
        ("SIOBHAN's car", '<sub alias="shiv awn">SIOBHAN</sub>\'s car'),
        ("Siobhans", "Siobhans"),
        ("at les  tilleuls now", 'at <sub alias="lay tee yurl">les  tilleuls</sub> now'),
        ("AT&T < B", '<sub alias="a t and t">AT&amp;T</sub> &lt; B'),
        ("plain & simple", "plain &amp; simple"),
        ("", ""),
    ],
)
def test_a_service_is_given_an_alias(text: str, ssml: str) -> None:
    """In any casing, within no other word; the text itself stays."""
    assert LEXICON.ssml(text) == ssml


def test_our_own_voice_reads_what_it_sounds_like() -> None:
    """In the place of the word; of several words, in the place of the first."""
    forms = spoken_forms("Ask (Siobhan), at Les Tilleuls.", LEXICON)
    assert [form.written for form in forms] == ["Ask", "(Siobhan),", "at", "Les", "Tilleuls."]
    assert [form.said for form in forms] == ["Ask", "(shiv awn),", "at", "lay tee yurl.", ""]
    assert [form.said for form in spoken_forms("Siobhans Les", LEXICON)] == ["Siobhans", "Les"]
    assert spoken_forms("Siobhan's car", LEXICON)[0].said == "shiv awn's"


def test_without_terms_nothing_changes() -> None:
    """An empty lexicon is like none."""
    assert Lexicon().ssml("a < b") == "a &lt; b"
    assert spoken_forms("Hello there.", Lexicon()) == spoken_forms("Hello there.")
    assert Lexicon({"a b": "c"}) == Lexicon({"A  B": "c"})
    assert len({Lexicon({"a": "c"}), Lexicon({"A": "c"}), Lexicon()}) == 2
