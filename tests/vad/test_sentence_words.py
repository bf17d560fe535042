import dataclasses
from collections.abc import Iterator

import pytest

from vad.sentence_words import ENGLISH, LANGUAGES, Language


def entries(language: Language) -> Iterator[str]:
    """All words and phrases of a language."""
    for field in dataclasses.fields(language):
        yield from getattr(language, field.name)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_entries_are_as_texts_are_cut(tag: str) -> None:
    """Lower case, straight apostrophes, single spaces: otherwise an entry could never be found."""
    for entry in entries(LANGUAGES[tag]):
        assert entry == " ".join(entry.lower().split())
        assert entry
        assert "’" not in entry


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_opener_is_an_answer_by_itself(tag: str) -> None:
    """A word that cannot stand last does not close a turn as a phrase either."""
    language = LANGUAGES[tag]
    assert not language.openers & language.closings


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_digit_can_be_said(tag: str) -> None:
    """There are at least ten words of one digit."""
    assert sum(count == 1 for count in LANGUAGES[tag].digits.values()) >= 10


def test_phrases_are_short_enough_to_be_found() -> None:
    """Endings are compared up to five words long."""
    assert max(len(entry.split()) for entry in entries(ENGLISH)) <= 5
