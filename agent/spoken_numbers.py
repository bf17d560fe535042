"""Numbers as they are said: "double seven", "twenty third", "vingt-deux", "zwo", "幺".

Two readings, because a number is said in two ways: digit by digit (a telephone
number, a policy number) or as a quantity (a day, an hour, a year).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from agent.grammar.english import ENGLISH
from agent.grammar.grammar import NumberWords, folded

_UNITS: Final = MappingProxyType({key[0]: value for key, value in ENGLISH.numbers.table.items() if value < 10})
_TEENS: Final = MappingProxyType({key[0]: value for key, value in ENGLISH.numbers.table.items() if 10 <= value < 20})
_TENS: Final = MappingProxyType(
    {key[0]: value for key, value in ENGLISH.numbers.table.items() if value >= 20 and len(key) == 1}
)
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
_ORDINALS: Final = MappingProxyType(
    {
        **{word: value for value, word in enumerate(_ORDINAL_WORDS, start=1)},
        "twentieth": 20,
        "thirtieth": 30,
    }
)

_DIGIT_TOKEN: Final = re.compile(r"\+|[^\W\d_]+(?:'[^\W\d_]+)?|[0-9]+")
_UNSPACED_TOKEN: Final = re.compile(r"\+|[a-z]+|[0-9]+|[^\W\d_]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_QUANTITY_TOKEN: Final = re.compile(r"[0-9]+[a-z]+|[a-z']+|[^a-z'\s]+|\s+")
_HAN_NUMBER: Final = re.compile("(?<=[期拜周])[一二三四五六]|[零〇一二两三四五六七八九十百千]+")
"""A weekday is a number of its own, whatever number follows it."""
_HAN_DIGITS: Final = MappingProxyType(
    {each: str(value) for value, each in enumerate("零一二三四五六七八九")} | {"〇": "0", "两": "2"}
)
_HAN_UNITS: Final = MappingProxyType({"十": 10, "百": 100, "千": 1000})
_HAN_TIMES: Final = re.compile("([两二三])个([零一二三四五六七八九幺0-9])")
_LONGEST_NUMBER_WORDS: Final = 8


def digit_words(words: NumberWords) -> Mapping[str, str]:
    """Words that stand for one digit where digits are being said, folded."""
    single = {key[0]: str(value) for key, value in words.table.items() if len(key) == 1 and value < 10}
    return {**single, **words.more_digits}


def digit_runs(said: str, words: NumberWords = ENGLISH.numbers) -> list[str]:
    """Find the stretches of digits that were said, in order.

    A stretch may begin with "+" and is ended by any word that is neither a number nor a pause.
    """
    runs: list[str] = []
    run = ""
    for piece in _digit_pieces(_digit_tokens(said, words), words):
        if piece is not None and not (piece == "+" and run):
            run += piece
            continue
        runs.append(run)
        run = piece or ""
    runs.append(run)
    return [run for run in runs if run.strip("+")]


def _digit_tokens(said: str, words: NumberWords) -> list[str]:
    text = unicodedata.normalize("NFKC", said).casefold().replace("’", "'")
    if words.is_unspaced:
        text = _HAN_TIMES.sub(lambda match: match[2] * (3 if match[1] == "三" else 2), text)
        return _UNSPACED_TOKEN.findall(text)
    found = (folded(token) for token in _DIGIT_TOKEN.findall(text))
    return [part for token in found for part in _without_repeat(token, words)]


def _without_repeat(token: str, words: NumberWords) -> tuple[str, ...]:
    """Split "doppelsieben"."""
    for repeat in words.repeats:
        rest = token.removeprefix(repeat)
        if rest != token and (rest,) in words.table:
            return repeat, rest
    return (token,)


def _digit_pieces(tokens: list[str], words: NumberWords) -> Iterator[str | None]:
    """Turn tokens into their digits, or into None where a stretch ends."""
    digits, repeat, at = digit_words(words), 1, 0
    while at < len(tokens):
        token = tokens[at]
        length, value = _longest(tokens, at, words.table)
        if length:
            # Only a single digit is said twice; "double twenty" is no number at all.
            yield str(value) * (repeat if value < 10 else 1)
            repeat = 1
        elif token in words.repeats:
            repeat = words.repeats[token]
        elif token in words.zeros:
            yield words.zeros[token]
        elif token in digits or token.isdecimal():
            yield digits.get(token, token) * repeat
            repeat = 1
        elif token == "+" or token in words.pluses:
            yield "+"
        elif token not in words.pauses:
            repeat = 1
            yield None
        at += max(length, 1)


def _longest(tokens: Sequence[str], at: int, table: Mapping[tuple[str, ...], int]) -> tuple[int, int]:
    """The longest number that begins here: how many tokens, and its value; no tokens if there is none."""
    for length in range(min(_LONGEST_NUMBER_WORDS, len(tokens) - at), 0, -1):
        value = table.get(tuple(tokens[at : at + length]))
        if value is not None:
            return length, value
    return 0, 0


def quantities(said: str, words: NumberWords) -> str:
    """Write the quantities in a text as numerals: "le vingt-trois mai" gives "le 23 mai".

    Ordinals become cardinals, and years one numeral. For English see ``numerals``.
    """
    if words.is_unspaced:
        return _HAN_NUMBER.sub(lambda match: _han_value(match[0]), said)
    found = list(_WORD.finditer(said))
    tokens = [folded(match[0]) for match in found]
    table = {**words.table, **words.quantities}
    written, end, at = "", 0, 0
    while at < len(tokens):
        length, value = _longest(tokens, at, table)
        while length > 1 and not _is_joined(said, [found[index].span() for index in range(at, at + length)]):
            length, value = _longest(tokens[: at + length - 1], at, table)
        if length:
            written += said[end : found[at].start()] + str(value)
            end = found[at + length - 1].end()
        at += max(length, 1)
    return written + said[end:]


def _is_joined(said: str, spans: list[tuple[int, int]]) -> bool:
    """Whether only blanks and hyphens stand between these words."""
    return all(not said[left[1] : right[0]].strip(" -‐‑") for left, right in pairwise(spans))


def _han_value(number: str) -> str:
    """Write 二十三 as 23, and 二零二六, which is said digit by digit, as 2026."""
    if not any(each in _HAN_UNITS for each in number):
        return "".join(_HAN_DIGITS[each] for each in number)
    total, unit_value = 0, 0
    for each in number:
        if each in _HAN_UNITS:
            total += (unit_value or 1) * _HAN_UNITS[each]
            unit_value = 0
        else:
            unit_value = int(_HAN_DIGITS[each])
    return str(total + unit_value)


def numerals(said: str) -> str:
    """Write the quantities in an English text as numerals: "the twenty third at nine" gives "the 23rd at 9".

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
        elif word in _TENS and _UNITS.get(following, 0):
            written.append(str(_TENS[word] + _UNITS[following]))
            skip = True
        elif word in _TENS and 0 < _ORDINALS.get(following, 0) < 10:
            written.append(_ordinal(_TENS[word] + _ORDINALS[following]))
            skip = True
        elif word in _ORDINALS:
            written.append(_ordinal(_ORDINALS[word]))
        else:
            value = _UNITS.get(word, _TEENS.get(word, _TENS.get(word)))
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
