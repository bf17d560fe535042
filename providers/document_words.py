"""The words of documents and questions, as an index of words wants them. Any language.

Case and accents are taken off. Scripts without spaces (Chinese, Japanese) are cut into
overlapping pairs of characters: a pair is as near to a word as one gets without a dictionary.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import takewhile
from types import MappingProxyType
from typing import Final

_RUN: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NO_SPACES: Final = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_ENDINGS_OF_SHORT_FORMS: Final = re.compile(r"['’](?:s|re|ve|ll|d|m|t)$")

_SHORTEST_STEM: Final = 4
_LONGEST_ENDING: Final = 3

_COMMON_WORDS: Final = MappingProxyType(
    {
        "en": "a about am an and any are as at be been but by can could did do does for from had has have how i if in "
        "into is it its just like may me might more much my no not of on or our please shall should so some tell than "
        "that the their them then there these they this those to too us very want was we were what when where which "
        "who why will with would yes you your isn don doesn didn won wouldn shouldn couldn hasn haven",
        "fr": "a au aux ce ces cette comment dans de des du elle en est et il ils je la le les leur leurs ma mais mes "
        "mon ne nos notre nous ou par pas pour puis que quel quelle quelles quels qui quoi sa ses son sont sur un une "
        "vos votre vous qu l d c j m n s t",
        "es": "a al como con cual cuando de del donde el ella en es esta este hay la las lo los mas mi mis muy no nos "
        "o para pero por puedo que quien se si son su sus tiene un una unas unos y yo",
        "de": "aber als am an auch auf aus bei bin bis das dass dem den der des die durch ein eine einem einen einer "
        "es fur hat hatte ich ihr im in ist kann kein keine man mein meine mich mir mit nach nicht noch nur oder sein "
        "sich sie sind so uber um und uns unser von vor wann war was wenn wer wie wir wird wo zu zum zur",
    }
)
_COMMON: Final = MappingProxyType({language: frozenset(words.split()) for language, words in _COMMON_WORDS.items()})
"""Words that say nothing about what a text is about, as ``words_of`` writes them, by language."""


def words_of(text: str) -> list[str]:
    """All words of a text, in order."""
    words: list[str] = []
    for run in _RUN.findall(_plain(text)):
        at = 0
        for match in _NO_SPACES.finditer(run):
            words += _spaced(run[at : match.start()])
            characters = match.group()
            pairs = [characters[index : index + 2] for index in range(len(characters) - 1)]
            words += pairs or [characters]
            at = match.end()
        words += _spaced(run[at:])
    return words


def telling_words(text: str, language: str = "") -> list[str]:
    """The words that say what a text is about, each once; all of them where there are no such.

    Args:
        text: A question, or any other text.
        language: Its language (BCP 47); empty: English.
    """
    common = _COMMON.get(language.partition("-")[0].lower() or "en", frozenset())
    words = list(dict.fromkeys(words_of(text)))
    return [word for word in words if word not in common] or words


def share_held(text: str, words: Sequence[str]) -> float:
    """The share of these words that a text holds, 0 to 1; another form of a word counts.

    Args:
        text: Any text.
        words: As ``words_of`` writes them.
    """
    held = set(words_of(text))
    return sum(any(_is_form_of(word, each) for each in held) for word in words) / max(1, len(words))


def _is_form_of(word: str, other: str) -> bool:
    """Whether two words differ at most in their endings: roughly right where languages have such."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))
    return word == other or (same >= _SHORTEST_STEM and max(len(word), len(other)) - same <= _LONGEST_ENDING)


def _spaced(run: str) -> list[str]:
    word = _ENDINGS_OF_SHORT_FORMS.sub("", run)
    return re.split("['’]", word) if word else []


def _plain(text: str) -> str:
    """Without case and accents. Full-width forms become ordinary ones."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
