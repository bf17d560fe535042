"""Documents are cut where their authors would cut them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.document_splitting import (
    MOST_LETTERS,
    Piece,
    Section,
    excerpt_of,
    pieces_of,
    sections_of_markdown,
    sentences_of,
)

MARKDOWN = """\
---
title: ignored
---
# Glass damage

A chip is **repaired**, see [the list](https://example.com/list).

## What it costs ##

- Nothing for a chip.
- `150` dollars for a *new* windscreen.

| part | deductible |
|------|-----------:|
| roof | 300 dollars |

```
# no heading
```

Opening hours
-------------
Monday to Friday.
"""


def test_markdown_is_cut_at_its_headings() -> None:
    """Lists and tables become lines, markup goes, code keeps what looks like a heading."""
    title, sections = sections_of_markdown(MARKDOWN)
    assert title == "Glass damage"
    assert sections == [
        Section("Glass damage", "A chip is repaired, see the list."),
        Section(
            "What it costs",
            "Nothing for a chip.\n150 dollars for a new windscreen.\n"
            "part, deductible.\nroof, 300 dollars.\n# no heading",
        ),
        Section("Opening hours", "Monday to Friday."),
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("no heading at all", ""),
        ("## Second\ntext\n# First\ntext", "First"),
        ("Title\n=====\ntext", "Title"),
        ("", ""),
        ("---\nnot: closed", ""),
    ],
)
def test_the_title_is_the_first_of_the_highest_headings(text: str, title: str) -> None:
    """Wherever it stands."""
    assert sections_of_markdown(text)[0] == title


def test_what_is_short_stays_whole() -> None:
    """One section, one piece, under its own place."""
    assert pieces_of([Section("Hours", "We open at eight."), Section("page 2", "And close at six.")]) == [
        Piece("Hours", "We open at eight."),
        Piece("page 2", "And close at six."),
    ]


def test_what_is_long_is_cut_between_sentences_and_overlaps() -> None:
    """A piece begins with the last sentence of the one before it."""
    sentences = [f"This is sentence number {index} of a rather long page about glass." for index in range(40)]
    pieces = [piece.text for piece in pieces_of([Section("page 1", " ".join(sentences))])]
    assert len(pieces) > 3
    assert all(len(piece) <= MOST_LETTERS for piece in pieces)
    for before, after in pairwise(pieces):
        assert sentences_of(before)[-1] == sentences_of(after)[0]
    assert set(sentences) == {sentence for piece in pieces for sentence in sentences_of(piece)}


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Call us. We help!", ["Call us.", "We help!"]),
        ("It costs e.g. 150 dollars. Mr. Doe pays.", ["It costs e.g. 150 dollars.", "Mr. Doe pays."]),
        ("Pay 3.5 percent\nor nothing", ["Pay 3.5 percent", "or nothing"]),
        ("先打电话。然后等待。", ["先打电话。", "然后等待。"]),
        ("", []),
    ],
)
def test_sentences_are_found(text: str, sentences: list[str]) -> None:
    """Abbreviations and numbers end none; other scripts have their own full stop."""
    assert sentences_of(text) == sentences


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=3000))
def test_nothing_is_lost(text: str) -> None:
    """Whatever the text, every word of it is in a piece, and no piece is too long."""
    pieces = [piece.text for piece in pieces_of([Section("", text)])]
    assert all(0 < len(piece) <= MOST_LETTERS + 1 for piece in pieces)
    joined = "".join("".join(piece.split()) for piece in pieces)
    for line in text.splitlines():
        for word in line.split():
            if len(line.strip()) > 1 and len(word) < MOST_LETTERS:
                assert word in joined


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("One. Two fits 9. Three fits 1.", "Two fits 9."),
        ("One. Two fits 9. Three fits 5.", "Two fits 9. Three fits 5."),
        ("None fits. Not one.", "None fits. Not one."),
        (f"Fits 9. {'It goes on and on ' * 20}and fits 9.", "Fits 9."),
        ("Does it fit 9? It does. Other 1.", "It does."),
        ("Does it fit 9? Does it? It does 2.", "It does 2."),
        ("Only asked?", "Only asked?"),
        ("", ""),
    ],
)
def test_an_excerpt_is_what_fits(text: str, excerpt: str) -> None:
    """One sentence or two, and never a long speech."""
    found = excerpt_of(text, lambda sentence: float(sentence[-2]) if sentence[-2].isdigit() else 0.1)
    assert found == excerpt
