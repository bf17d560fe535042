"""How the names and words of a company are said, where that is not as they are written. Sans-IO.

A service is told by SSML; our own voice reads what it sounds like in the place of the word.
The text itself stays as it is: it is what is remembered, and what the places of words are of.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import escape, quoteattr

_EDGE: Final = r"(?<![^\W_]){}(?![^\W_])"
_MARKS: Final = "\"'()[]{}<>.,;:!?"


class Lexicon:
    """What terms sound like.

    Args:
        sounds: By term, in common words. Case does not matter; the longest term counts.
    """

    def __init__(self, sounds: Mapping[str, str] | None = None) -> None:
        kept = {" ".join(term.split()): " ".join(sound.split()) for term, sound in (sounds or {}).items()}
        self._sounds = MappingProxyType({term.casefold(): sound for term, sound in kept.items() if term and sound})
        longest_first = sorted(self._sounds, key=len, reverse=True)
        pattern = "|".join(re.escape(term).replace(r"\ ", r"\s+") for term in longest_first)
        self._terms = re.compile(_EDGE.format(f"(?:{pattern})"), re.IGNORECASE) if longest_first else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lexicon) and dict(self._sounds) == dict(other._sounds)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._sounds.items())))

    def ssml(self, text: str) -> str:
        """A text as the content of an SSML element, with an alias for each term in it."""
        if self._terms is None:
            return escape(text)
        parts, end = [], 0
        for found in self._terms.finditer(text):
            alias = quoteattr(self._sounds[_key(found[0])])
            parts += [escape(text[end : found.start()]), f"<sub alias={alias}>{escape(found[0])}</sub>"]
            end = found.end()
        return "".join((*parts, escape(text[end:])))

    def sound_at(self, words: Sequence[str], index: int) -> tuple[int, str] | None:
        """The term that begins with this word of a text.

        Returns:
            How many words it takes, and what it sounds like, with the marks that stand around it; None: there is none.
        """
        if self._terms is None:
            return None
        rest = " ".join(words[index:])
        opening = rest[: len(rest) - len(rest.lstrip(_MARKS))]
        found = self._terms.match(rest, len(opening))
        if found is None:
            return None
        count = len(found[0].split())
        closing = rest[found.end() :].split(" ")[0]
        if closing.strip(_MARKS) and not closing.startswith(("'s", "\u2019s", "-")):
            return None
        return count, f"{opening}{self._sounds[_key(found[0])]}{closing}"


def _key(found: str) -> str:
    return " ".join(found.split()).casefold()
