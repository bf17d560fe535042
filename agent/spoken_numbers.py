"""Numbers as they are said: "double seven", "twenty third", "oh", "nineteen".

Two readings, because a number is said in two ways: digit by digit (a telephone
number, a policy number) or as a quantity (a day, an hour, a year).
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from types import MappingProxyType
from typing import Final

_UNIT_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEEN_WORDS: Final = (
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS_WORDS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINAL_WORDS: Final = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
)

UNITS: Final = MappingProxyType({word: value for value, word in enumerate(_UNIT_WORDS)})
"""zero to nine."""
DIGITS: Final = MappingProxyType({**{word: str(value) for word, value in UNITS.items()}, "oh": "0", "o": "0"})
"""Words that stand for one digit where digits are being said."""
_TEENS: Final = MappingProxyType({word: value for value, word in enumerate(_TEEN_WORDS, start=10)})
_TENS: Final = MappingProxyType({word: 10 * value for value, word in enumerate(_TENS_WORDS, start=2)})
_ORDINALS: Final = MappingProxyType(
    {
        **{word: value for value, word in enumerate(_ORDINAL_WORDS, start=1)},
        "twentieth": 20,
        "thirtieth": 30,
    }
)
_REPEATS: Final = MappingProxyType({"double": 2, "triple": 3, "treble": 3})
_ZEROS: Final = MappingProxyType({"hundred": "00", "thousand": "000"})
_PAUSES: Final = frozenset({"and", "then", "uh", "um", "erm", "er", "dash", "hyphen", "space", "comma", "area", "code"})
"""Words within a number that are no part of it."""

_DIGIT_TOKEN: Final = re.compile(r"\+|[a-z]+(?:'[a-z]+)?|[0-9]+")
_QUANTITY_TOKEN: Final = re.compile(r"[0-9]+[a-z]+|[a-z']+|[^a-z'\s]+|\s+")


def digit_runs(said: str) -> list[str]:
    """Find the stretches of digits that were said, in order.

    A stretch may begin with "+" and is ended by any word that is neither a number nor a pause.
    """
    runs: list[str] = []
    run = ""
    for piece in _digit_pieces(_DIGIT_TOKEN.findall(said.casefold())):
        if piece is not None and not (piece == "+" and run):
            run += piece
            continue
        runs.append(run)
        run = piece or ""
    runs.append(run)
    return [run for run in runs if run.strip("+")]


def _digit_pieces(tokens: list[str]) -> Iterator[str | None]:
    """Turn each token into its digits, or into None where a stretch ends."""
    repeat = 1
    tens = 0
    for token in tokens:
        if tens:
            yield str(tens + UNITS.get(token, 0)) * repeat
            tens, repeat = 0, 1
            if UNITS.get(token, 0):
                continue
        if token in _REPEATS:
            repeat = _REPEATS[token]
        elif token in _TENS:
            tens = _TENS[token]
        elif token in _TEENS:
            yield str(_TEENS[token])
        elif token in _ZEROS:
            yield _ZEROS[token]
        elif token in DIGITS or token.isdigit():
            yield DIGITS.get(token, token) * repeat
            repeat = 1
        elif token in {"+", "plus"}:
            yield "+"
        elif token not in _PAUSES:
            repeat = 1
            yield None
    if tens:
        yield str(tens)


def numerals(said: str) -> str:
    """Write the quantities in a text as numerals: "the twenty third at nine" gives "the 23rd at 9".

    Lower-cases the text. Years said in pairs ("twenty twenty six") or with
    "thousand" become one numeral. "Oh" is left alone: it is too often a sigh.
    """
    pieces = _QUANTITY_TOKEN.findall(re.sub(r"(?<=[a-z])-(?=[a-z])", " ", said.casefold()))
    words = [piece for piece in pieces if not piece.isspace()]
    numbers = _with_years(_with_tens(words))
    return re.sub(r"\s+([,.;!?]+)(?=\s|$)", r"\1", " ".join(numbers))


def _with_tens(words: list[str]) -> list[str]:
    """Join tens and units, and write each number word as a numeral."""
    written: list[str] = []
    skip = False
    for word, following in pairwise([*words, ""]):
        if skip:
            skip = False
        elif word in _TENS and UNITS.get(following, 0):
            written.append(str(_TENS[word] + UNITS[following]))
            skip = True
        elif word in _TENS and 0 < _ORDINALS.get(following, 0) < 10:
            written.append(_ordinal(_TENS[word] + _ORDINALS[following]))
            skip = True
        elif word in _ORDINALS:
            written.append(_ordinal(_ORDINALS[word]))
        else:
            value = UNITS.get(word, _TEENS.get(word, _TENS.get(word)))
            written.append(word if value is None else str(value))
    return written


def _with_years(words: list[str]) -> list[str]:
    """Join "20 26" and "2 thousand [and] 26" to 2026, "19 87" to 1987."""
    text = " ".join(words)
    text = re.sub(r"\b2 thousand(?: and)? (\d{1,2})\b", lambda match: f"20{int(match[1]):02}", text)
    text = re.sub(r"\b(19|20) ([1-9]\d)\b(?! ?(?:[ap]m\b|:))", r"\1\2", text)
    return text.split(" ")


def _ordinal(value: int) -> str:
    suffix = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{suffix}"
