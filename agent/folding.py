"""Folding: a text as it is compared, so that neither casing, accents, look-alikes nor gaps hide a word. Sans-IO.

What is folded is for comparing only: it is never spoken, stored or shown.
"""

import re
import unicodedata
from collections.abc import Callable
from itertools import chain
from types import MappingProxyType
from typing import Final

_ACCENTS: Final = frozenset(
    chain(
        range(0x0300, 0x0370),  # of Latin, Greek, Cyrillic
        range(0x0591, 0x05BE),  # points of Hebrew
        range(0x05BF, 0x05C8),
        range(0x0610, 0x061B),  # vowels of Arabic
        range(0x064B, 0x0660),
        (0x0640, 0x0670),
        range(0x06D6, 0x06ED),
        range(0x1AB0, 0x1B00),
        range(0x1DC0, 0x1E00),
        range(0x20D0, 0x2100),
        range(0xFE20, 0xFE30),
    )
)
"""Marks that can be left out. Those of Indic scripts and of kana are vowels and consonants: they stay."""
_INVISIBLE: Final = frozenset(
    chain((0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0), range(0x180B, 0x1810), range(0xFE00, 0xFE10))
)
"""Beside the format characters (Cf): joiners, fillers, variation selectors."""
_LETTERS: Final = MappingProxyType(
    str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"})
)
"""Latin letters that do not come apart."""
_LOOK_ALIKES: Final = MappingProxyType(
    str.maketrans("авеԁһіјкӏмнорсԛтѕуԝхαβεηικνορτυχωгп", "abedhijklmhopcqtsywxabenikvoptuxwrn")
)
"""Letters of Cyrillic and Greek that a reader takes for Latin ones."""
_LATIN: Final = re.compile(r"[a-z]")
_OTHER: Final = re.compile(r"[\u0370-\u052f]")
_WORD: Final = re.compile(r"\w+")
_SPELLED: Final = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,3}[^\W_](?![^\W_])){2,}")


def fold(text: str) -> str:
    """Lower-case a text, and take off accents, invisible characters and disguises of another script."""
    if text.isascii():
        return text.casefold()
    compatible = unicodedata.normalize("NFKC", text).casefold()
    apart = unicodedata.normalize("NFD", compatible.replace("ñ", "\0"))
    kept = "".join(character for character in apart if not _is_dropped(character))
    folded = unicodedata.normalize("NFC", kept).replace("\0", "ñ").translate(_LETTERS)
    return _in_one_script(folded)


def spelled(folded: str) -> tuple[str, ...]:
    """What is spelled out letter by letter in a folded text ("c o n", "c-o-n"), each run joined."""
    return tuple(_joined(run) for run in _SPELLED.finditer(folded))


def with_spelled(folded: str, write: Callable[[str], str]) -> str:
    """Write what is spelled out in a folded text as this says, which is given the joined letters."""
    return _SPELLED.sub(lambda run: write(_joined(run)), folded)


def _joined(run: re.Match[str]) -> str:
    return "".join(each for each in run[0] if each.isalnum())


def _is_dropped(character: str) -> bool:
    code = ord(character)
    if code < 0xAD:
        return False
    return code in _ACCENTS or code in _INVISIBLE or unicodedata.category(character) == "Cf"


def _in_one_script(folded: str) -> str:
    """Write words in Latin that only seem to be: those of two scripts, or any amid a Latin text."""
    others = len(_OTHER.findall(folded))
    if not others or not _LATIN.search(folded):
        return folded
    is_latin_text = len(_LATIN.findall(folded)) > others

    def latin(word: re.Match[str]) -> str:
        if not _OTHER.search(word[0]):
            return word[0]
        written = word[0].translate(_LOOK_ALIKES)
        is_disguised = _LATIN.search(word[0]) or (is_latin_text and not _OTHER.search(written))
        return written if is_disguised else word[0]

    return _WORD.sub(latin, folded)
