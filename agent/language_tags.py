"""Languages by their tags (BCP 47, as in ``fr-CA``). Pure."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ar": "Arabic",
        "bg": "Bulgarian",
        "ca": "Catalan",
        "cs": "Czech",
        "da": "Danish",
        "de": "German",
        "el": "Greek",
        "en": "English",
        "es": "Spanish",
        "et": "Estonian",
        "fi": "Finnish",
        "fr": "French",
        "he": "Hebrew",
        "hi": "Hindi",
        "hr": "Croatian",
        "hu": "Hungarian",
        "id": "Indonesian",
        "it": "Italian",
        "ja": "Japanese",
        "ko": "Korean",
        "lt": "Lithuanian",
        "lv": "Latvian",
        "nb": "Norwegian",
        "nl": "Dutch",
        "pl": "Polish",
        "pt": "Portuguese",
        "ro": "Romanian",
        "ru": "Russian",
        "sk": "Slovak",
        "sl": "Slovenian",
        "sv": "Swedish",
        "th": "Thai",
        "tr": "Turkish",
        "uk": "Ukrainian",
        "vi": "Vietnamese",
        "zh": "Chinese",
    }
)
"""In English, by ISO 639-1 code."""


_TELLING_WORDS: Final = 3
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of scripts that put no blanks between words: two are about a word."""


def primary(tag: str) -> str:
    """The language alone, in small letters: ``fr`` of ``fr-CA``; empty of an empty tag."""
    return _plain(tag).partition("-")[0]


def english_name(tag: str) -> str:
    """What a language is called in English, or its tag where we do not know."""
    return _NAMES.get(primary(tag), tag)


def closest(tag: str, among: Iterable[str]) -> str | None:
    """The one of these that whoever speaks ``tag`` understands best: itself, else the first of the same language.

    None when there is none, or no language is meant.
    """
    if not tag:
        return None
    tags = tuple(among)
    exact = next((each for each in tags if _plain(each) == _plain(tag)), None)
    return exact or next((each for each in tags if primary(each) == primary(tag)), None)


def _plain(tag: str) -> str:
    return tag.replace("_", "-").casefold()


def is_telling(text: str) -> bool:
    """Whether the language of this can be told: three words or more."""
    return len(text.split()) + len(_UNSPACED.findall(text)) // 2 >= _TELLING_WORDS
