"""The words of documents and questions."""

import pytest

from providers.document_words import share_held, telling_words, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Café's windscreen—BROKEN!", ["the", "cafe", "windscreen", "broken"]),
        ("Don't pay $1,200.50", ["don", "pay", "1", "200", "50"]),
        ("Qu'est-ce que l'assurance?", ["qu", "est", "ce", "que", "l", "assurance"]),
        ("Straße über Köln", ["strasse", "uber", "koln"]),
        ("挡风玻璃", ["挡风", "风玻", "玻璃"]),
        ("保险A级 水", ["保险", "a", "级", "水"]),
        ("\uff21\uff22\uff23", ["abc"]),
        ("… — !", []),
    ],
)
def test_words_are_alike_however_they_are_written(text: str, words: list[str]) -> None:
    """Case, accents, apostrophes, scripts without spaces, full-width letters."""
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("What do I do when the windscreen is broken, is broken?", "", ["windscreen", "broken"]),
        ("Is war covered?", "en-GB", ["war", "covered"]),
        ("Est-ce que je peux annuler mon contrat?", "fr-FR", ["peux", "annuler", "contrat"]),
        ("Wann haben Sie geöffnet?", "de", ["haben", "geoffnet"]),
        ("Who are you?", "", ["who", "are", "you"]),
        ("Kiitos paljon", "fi", ["kiitos", "paljon"]),
    ],
)
def test_only_what_tells_something_is_searched(text: str, language: str, words: list[str]) -> None:
    """Each once; a question of nothing but common words keeps them, and so does a language without a list."""
    assert telling_words(text, language) == words


@pytest.mark.parametrize(
    ("text", "words", "share"),
    [
        ("We repair windscreens.", ["repaired", "windscreen"], 1.0),
        ("A car and a tow truck", ["care", "tow"], 0.5),
        ("Towing", ["glass", "tow"], 0.0),
        ("挡风玻璃", ["玻璃"], 1.0),
        ("x", [], 0.0),
    ],
)
def test_words_count_in_any_form(text: str, words: list[str], share: float) -> None:
    """Endings do not matter where enough of the word is left."""
    assert share_held(text, words) == share
