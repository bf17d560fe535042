"""Is something being dictated: a number, a spelled name, an e-mail address? Rules of ``vad.sentence_end``. Sans-IO.

Whoever dictates pauses between groups for as long as others do between sentences: what
could go on is waited for, also where the digits so far could be all.
"""

import re

from vad.sentence import Sentence
from vad.sentence_words import Language
from vad.whole_number import is_whole_number

_DICTATED = 0.01
_OPEN = 0.06
_PERHAPS_OPEN = 0.2
_HALF_OPEN = 0.3
_PERHAPS_CLOSED = 0.6
_CLOSED = 0.8

_AS_LONG_AS_A_WHOLE_NUMBER = 0.2
"""As many digits as a telephone or card number has, though not those of one that is known to be whole."""
_WHOLE_NUMBER_DIGITS = frozenset({10, 11, 16})

_MIXED = re.compile(r"(?=[a-z\-]*\d)(?=[\d\-]*[a-z])[a-z\d\-]+")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|am|pm|s|k|%)")
_DIGITS = re.compile(r"\d+(?:-\d+)*")
_TOP_DOMAIN = re.compile(r"com|org|net|edu|gov|info|io|co|uk|us|eu|de|fr|es|it|nl|ch|at|be|ca|au")
_NUMBER_CONTEXT_WORDS = 6
_CHANGING_COMPANY = frozenset({"double", "triple", "plus"})


def _digits_of(word: str, language: Language) -> int:
    """How many digits a word stands for; 0 for another word."""
    if _DIGITS.fullmatch(word):
        return len(word.replace("-", ""))
    parts = [language.digits.get(part, 0) for part in word.split("-")]
    return sum(parts) if all(parts) else 0


def number(sentence: Sentence) -> float | None:
    """Digits at the end: a number that is being dictated, or just a number."""
    language, turn = sentence.language, sentence.turn
    start, digits, groups = len(turn), 0, 0
    for at in range(len(turn) - 1, -1, -1):
        count = _digits_of(turn[at], language)
        if count:
            start, digits, groups = at, digits + count, groups + 1
        elif turn[at] not in language.digit_company:
            break
    if not groups:
        return None
    before = turn[max(0, start - _NUMBER_CONTEXT_WORDS) : start]
    is_announced = any(word in language.number_context for word in before)
    if not _digits_of(turn[-1], language):
        return _DICTATED if groups > 1 or is_announced else None  # "four seven dash"
    if any(word in language.months for word in before[-3:]):
        return _CLOSED  # a date
    if turn[-1] in language.magnitudes:
        return _PERHAPS_CLOSED
    if before and before[-1] in language.measures and not is_announced:
        return _PERHAPS_CLOSED  # "at seven thirty"
    if turn[-1] == "one" and groups == 1 and before and not is_announced:
        return None  # "the red one"
    if groups == 1 and before and before[-1] in language.determiners and not is_announced:
        return _OPEN if before[-1] in language.openers else _HALF_OPEN  # "a twelve", "these two"
    if is_whole_number("".join(_written(word, language) for word in turn[start:])):
        return _CLOSED if any(word in language.phones for word in before) else _PERHAPS_CLOSED
    if not before and groups == 1 and digits <= 2:
        return _PERHAPS_OPEN  # an answer to "how many", or the first digit
    is_spelled = bool(before) and _is_letter(before[-1]) and before[-1] not in language.openers | {"i"}
    if groups > 1 or is_announced or is_spelled or digits > 2:
        return _AS_LONG_AS_A_WHOLE_NUMBER if digits in _WHOLE_NUMBER_DIGITS else _DICTATED
    return _PERHAPS_CLOSED


def _written(word: str, language: Language) -> str:
    """The digits of a word; a question mark for what is not known digit by digit."""
    if _DIGITS.fullmatch(word):
        return word.replace("-", "")
    if word in language.spoken_digits:
        return str(language.spoken_digits.index(word) % 10)
    is_silent = word in language.digit_company and word not in _CHANGING_COMPANY
    return "" if is_silent else "?"


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def spelling(sentence: Sentence) -> float | None:
    """Letters at the end: a name, a plate or an address that is being spelled."""
    words = sentence.turn
    if _MIXED.fullmatch(words[-1]) and not _ORDINAL.fullmatch(words[-1]):
        return _DICTATED  # "b4779"
    letters = 0
    while letters < len(words) and _is_letter(words[-1 - letters]):
        letters += 1
    if letters > 1:
        return _DICTATED
    is_word = words[-1] in sentence.language.openers or words[-1] in ("i", "o", "u")
    if letters == 1 and not is_word:
        return _OPEN
    if len(words) >= 3 and words[-2] in ("as", "for", "like") and _is_letter(words[-3]):
        return _OPEN
    if len(words) >= 4 and words[-2] == "in" and words[-3] == "as" and _is_letter(words[-4]):
        return _OPEN
    return None


def address(sentence: Sentence) -> float | None:
    """An e-mail address in progress, or a whole one."""
    language, words = sentence.language, sentence.turn
    if words[-1] == "@" or words[-1] in language.dots:
        return _DICTATED
    tail = words[-12:]
    has_dot = any(word in language.dots or word == "." for word in tail)
    at = next((spot for spot in range(len(tail) - 1, -1, -1) if tail[spot] in language.at_signs), None)
    if at is not None and (has_dot or tail[at] == "@"):
        domain = tail[at + 1 :]
        dotted = any(word in language.dots or word == "." for word in domain)
        if domain and dotted and _TOP_DOMAIN.fullmatch(domain[-1]):
            return _CLOSED
        return _OPEN if len(domain) <= 4 else None
    if len(tail) >= 3 and tail[-2] in (".", "dot", "underscore", "punkt", "arobase", "arroba"):
        return _CLOSED if _TOP_DOMAIN.fullmatch(tail[-1]) else _OPEN
    return None
