"""The block list: words that are not to be said, in any script, casing and disguise. Sans-IO.

A word is found in its capitals and accents, spelled out ("c o n t o s o"), with digits for
letters ("c0nt0so"), stretched ("contosooo"), with hyphens inside, and in look-alike letters.
It is not found inside other words. Where a script does not part its words with spaces,
nobody can tell without a dictionary: there a term is found anywhere, and phrases that are
innocent are listed as allowed.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from agent.errors import InvalidTerm
from agent.folding import fold, spelled

_UNSPACED: Final = (
    r"\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts without spaces: of South East Asia, Japan and China."""
_LETTER: Final = rf"(?:[^\W\d_{_UNSPACED}]|[\u0900-\u0dff])"
"""Of a script that parts its words; in those of India vowels are marks."""
_KATAKANA: Final = r"[\u30a1-\u30fa\u30fc-\u30ff]"
_DISGUISES: Final = MappingProxyType(
    {
        "a": "4@",
        "b": "8",
        "c": "(¢",
        "e": "3€",
        "g": "9",
        "i": "1!|",
        "l": "1|",
        "o": "0",
        "s": "5$",
        "t": "7+",
        "z": "2",
    }
)
"""What is written for a letter."""
_PARTICLES: Final = (
    "은|는|이|가|을|를|의|에|에서|에게|으로|로|와|과|도|만|까지|부터|처럼|보다|이나|나|이라고|라고|입니다|이에요|예요"
)
"""What is written behind a Korean word without a space."""
_ARABIC_PREFIX: Final = "[\u0648\u0641]?[\u0628\u0644\u0643]?(?:\u0627\u0644)?"
_HEBREW_PREFIX: Final = "[\u05d5\u05d4\u05d1\u05dc\u05de\u05e9\u05db]{0,3}"
_INSIDE: Final = r"[-._*·~]{0,2}"
_BETWEEN: Final = r"[\W_]{0,3}"
_TAIL_CHARACTERS: Final = 160
_LEAST_SPELLED: Final = 3
_SURELY_SPELLED: Final = 6
"""So many letters are no accident amid a longer word that is spelled."""


class BlockList:
    """The words of one company.

    Args:
        terms: Words or phrases; ``*`` at an end lets the word go on there.
        allowed: Phrases in which a term is innocent.

    Raises:
        InvalidTerm: A term has no letter or digit.
    """

    def __init__(self, terms: Iterable[str], allowed: Iterable[str] = ()) -> None:
        terms = tuple(terms)
        is_number = {term: _letters(term).isdigit() for term in terms}
        self._words = _union([_bordered(term) for term in terms if not is_number[term]])
        self._numbers = _union([_bordered(term) for term in terms if is_number[term]])
        self._allowed = _union([_bordered(phrase) for phrase in allowed])
        cores = [_letters(term) for term in terms]
        self._spelled = _union([_core(core) if len(core) == _LEAST_SPELLED else f".?{_core(core)}.?" for core in cores])
        self._long = _union([_core(core) for core in cores if len(core) >= _SURELY_SPELLED])

    def finds(self, text: str) -> bool:
        """Whether a term is in the text."""
        return self.ends_in(text, 0)

    def ends_in(self, text: str, start: int) -> bool:
        """Whether a term is in the text that ends behind this position: the part before it was judged already."""
        seen = len(fold(text[:start]))
        folded = fold(text)
        innocent = [each.span() for each in self._allowed.finditer(folded)] if self._allowed is not None else []
        found = [each.span() for each in _overlapping(self._words, folded) if _has_letters(each[0])]
        found += [each.span() for each in _overlapping(self._numbers, folded)]
        if any(
            end > seen and not any(first <= begin and end <= last for first, last in innocent) for begin, end in found
        ):
            return True
        before = len(spelled(fold(text[:start]))) if start else 0
        runs = spelled(folded)
        return any(self._is_spelled(run) for run in runs[max(0, before - 1) :])

    def _is_spelled(self, run: str) -> bool:
        is_whole = self._spelled is not None and self._spelled.fullmatch(run) is not None
        return is_whole or (self._long is not None and self._long.search(run) is not None)


@dataclass(slots=True)
class BlockWatch:
    """Follows one reply chunk by chunk: a phrase that is cut in two is found when it is complete."""

    block_list: BlockList
    _tail: str = ""

    def finds(self, chunk: str) -> bool:
        """Whether a term is complete with this chunk."""
        text = self._tail + chunk
        is_found = self.block_list.ends_in(text, len(self._tail))
        self._tail = text[-_TAIL_CHARACTERS:]
        return is_found


def _union(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None


def _overlapping(pattern: re.Pattern[str] | None, text: str) -> Iterable[re.Match[str]]:
    """Every place where it begins, also within another one."""
    at = 0
    while pattern is not None and (found := pattern.search(text, at)) is not None:
        yield found
        at = found.start() + 1


def _has_letters(found: str) -> bool:
    """Whether this is a word in disguise, and no number that happens to look like one."""
    written = [character for character in found if not character.isspace()]
    letters = sum(character.isalpha() for character in written)
    return 3 * letters >= len(written)


def _letters(term: str) -> str:
    letters = "".join(character for character in fold(term) if _is_letter(character))
    if not letters:
        raise InvalidTerm(term, "has neither letters nor digits")
    return letters


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _core(letters: str) -> str:
    return "".join(_class(letter) for letter in letters)


def _bordered(term: str) -> str:
    goes_on = term.rstrip().endswith("*")
    came_on = term.lstrip().startswith("*")
    words = [_letters(word) for word in re.split(r"\s+", fold(term).strip().strip("*")) if any(map(str.isalnum, word))]
    if not words:
        raise InvalidTerm(term, "has neither letters nor digits")
    core = _BETWEEN.join(_INSIDE.join(_stretched(word)) for word in words)
    before = "" if came_on else _border_before(words[0][0])
    after = "" if goes_on else _border_after(words[-1][-1])
    return f"{before}{core}{after}"


def _stretched(word: str) -> list[str]:
    """Its letters, each of which may be stretched; one that is double is not the same as a single one."""
    runs = re.finditer(r"(.)\1*", word)
    return [f"{_class(run[1])}{{{len(run[0])}}}(?:{_class(run[1])}{{2,}})?" for run in runs]


def _class(letter: str) -> str:
    return f"[{re.escape(letter)}{re.escape(_DISGUISES.get(letter, ''))}]"


def _border_before(first: str) -> str:
    match _script(first):
        case "katakana":
            return f"(?<!{_KATAKANA})"
        case "thai":
            return "(?<![\u0e40-\u0e44\u0ec0-\u0ec4])"
        case "unspaced":
            return ""
        case "arabic":
            return f"(?<!{_LETTER}){_ARABIC_PREFIX}"
        case "hebrew":
            return f"(?<!{_LETTER}){_HEBREW_PREFIX}"
        case "digit":
            return rf"(?<!\d)(?<!{_LETTER})"
        case _:
            return f"(?<!{_LETTER})"


def _border_after(last: str) -> str:
    match _script(last):
        case "katakana":
            return f"(?!{_KATAKANA})"
        case "thai":
            return "(?![\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd])"
        case "unspaced":
            return ""
        case "hangul":
            return f"(?=(?:{_PARTICLES})?(?!{_LETTER}))"
        case "digit":
            return rf"(?!\d)(?!{_LETTER})"
        case _:
            return f"(?!{_LETTER})"


def _script(letter: str) -> str:
    if letter.isdigit():
        return "digit"
    for name, low, high in (
        ("hebrew", "\u0590", "\u05ff"),
        ("arabic", "\u0600", "\u077f"),
        ("thai", "\u0e00", "\u0eff"),
        ("katakana", "\u30a0", "\u30ff"),
        ("hangul", "\uac00", "\ud7af"),
    ):
        if low <= letter <= high:
            return name
    return "unspaced" if re.fullmatch(f"[{_UNSPACED}]", letter) else ""
