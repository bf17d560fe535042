"""Cutting a text into pieces that are synthesised one after the other.

The sooner the first piece is done, the sooner the caller hears something; but a voice
sounds right only over a whole clause.
"""

import re
from collections.abc import Sequence

from providers.spoken_text import SpokenForm

FIRST_CHARACTERS = 60
"""About 3.5 s of sound, synthesised in 150 ms."""
MOST_CHARACTERS = 110

_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'”’)\]]*$")
_CLAUSE_END = re.compile(r"[,;:…—–][\"'”’)\]]*$|^[-—–]$")
_ABBREVIATION = re.compile(r"\W*(mr|mrs|ms|dr|st|jr|sr|vs|no|prof|e\.g|i\.e|etc|[a-z](\.[a-z])*)\.$", re.IGNORECASE)
_JOINING = frozenset(
    (
        *("and", "but", "or", "so", "because", "that", "which", "who", "if", "when", "while"),
        *("where", "with", "for", "from", "until", "before", "after"),
    )
)

PAUSE_AFTER_CLAUSE_MS = 120
PAUSE_AFTER_SENTENCE_MS = 250


def pieces_of(words: Sequence[SpokenForm]) -> list[tuple[SpokenForm, ...]]:
    """Cut words into pieces, each ending where a speaker might pause.

    A piece ends with a sentence, or with a clause when the sentence is longer than a
    piece may be, failing that before a joining word. The first piece is kept shorter
    than the others where that is possible; only a long run of words without any such
    place is cut anywhere. Nothing is lost: the pieces put together are the words.
    """
    pieces: list[tuple[SpokenForm, ...]] = []
    remaining = list(words)
    while remaining:
        count = 0 if pieces else _natural_cut(remaining, FIRST_CHARACTERS)
        count = count or _natural_cut(remaining, MOST_CHARACTERS) or _fitting(remaining, MOST_CHARACTERS)
        pieces.append(tuple(remaining[:count]))
        del remaining[:count]
    return pieces


def pause_after_ms(words: Sequence[SpokenForm]) -> int:
    """How long a speaker rests between this piece and the next."""
    last = words[-1].written
    if ends_sentence(last):
        return PAUSE_AFTER_SENTENCE_MS
    return PAUSE_AFTER_CLAUSE_MS if _ends_clause(last) else 0


def ends_sentence(written: str) -> bool:
    """Whether a word closes a sentence, as far as it can tell by itself."""
    return bool(_SENTENCE_END.search(written)) and not _ABBREVIATION.match(written)


def _fitting(words: Sequence[SpokenForm], most_characters: int) -> int:
    """Count the words, at least one, that are no longer than so many characters together."""
    characters = -1
    for index, word in enumerate(words):
        characters += 1 + len(word.written)
        if characters > most_characters:
            return max(1, index)
    return len(words)


def _natural_cut(words: Sequence[SpokenForm], most_characters: int) -> int:
    """Count the words up to the last natural end within so many characters; 0 for none."""
    fitting = _fitting(words, most_characters)
    if fitting == len(words):
        return fitting
    for is_end in (ends_sentence, _ends_clause):
        for count in range(fitting, 0, -1):
            if is_end(words[count - 1].written):
                return count
    for count in range(fitting, fitting // 3, -1):
        if words[count].written.lower() in _JOINING:
            return count
    return 0


def _ends_clause(written: str) -> bool:
    return bool(_CLAUSE_END.search(written))
