"""Numbers that tell who somebody is: written, and said digit by digit in each of our languages. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import phonenumbers

from agent.grammar.grammar import NumberWords, folded
from agent.grammar.known import grammar_for
from agent.spoken_numbers import digit_words
from calls.export.spans import CARD, IBAN, NUMBER, PHONE, POLICY, Span

LANGUAGES: Final = ("en", "fr", "es", "de", "zh")
_DATE: Final = re.compile(
    r"(?<!\d)(?:\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?"
    r"|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2}))(?!\d)"
)
_RUN: Final = re.compile(r"(?<![\w[])(?:[A-Za-z]|\+?\(?)\d(?:[ \-./()\u00a0]{0,3}\d){5,}[A-Za-z]?(?![\w\]])")
"""Six digits or more, with a letter before or behind them, as in numbers of identity cards."""
_IBAN: Final = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ \-]?[A-Z0-9]{1,4}){3,9}(?!\w)", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+|\d+|\+")
_CHARACTER: Final = re.compile(r"[a-zA-Z]+|\d+|\+|[^\W\d_]")
_FEWEST_DIGITS: Final = 6
_FEWEST_WORDS: Final = 3
_CARD_DIGITS: Final = range(13, 20)
_IBAN_LENGTHS: Final = range(15, 35)


def number_spans(text: str, regions: Sequence[str], patterns: Mapping[str, Sequence[re.Pattern[str]]]) -> list[Span]:
    """All numbers of a text.

    Args:
        text: What was said, or written.
        regions: Where telephone numbers without a country code may belong, ISO 3166.
        patterns: By kind, what else is personal, as policy numbers.
    """
    found = [*_configured(text, patterns), *_ibans(text), *_phones(text, regions)]
    masked = _DATE.sub(lambda match: "·" * len(match[0]), text)
    for match in _RUN.finditer(masked):
        found.append(_named(match.start(), match.end(), _digits(match[0]), match[0].startswith("+"), regions))
    for language in LANGUAGES:
        found += spoken_numbers(masked, grammar_for(language).numbers, regions)
    return found


def is_card(digits: str) -> bool:
    """Whether these could be a payment card's: by their number and their check digit (Luhn)."""
    if len(digits) not in _CARD_DIGITS or len(set(digits)) == 1:
        return False
    doubled = [int(each) * (1 + place % 2) for place, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def is_iban(text: str) -> bool:
    """Whether this is an IBAN, by its length and check digits (ISO 7064 mod 97-10)."""
    code = re.sub(r"[ \-]", "", text).upper()
    if len(code) not in _IBAN_LENGTHS or not code[:2].isalpha() or not code.isascii() or not code.isalnum():
        return False
    return int("".join(str(int(each, 36)) for each in code[4:] + code[:4])) % 97 == 1


def _configured(text: str, patterns: Mapping[str, Sequence[re.Pattern[str]]]) -> Iterator[Span]:
    for kind, expressions in patterns.items():
        for expression in expressions:
            for match in expression.finditer(text):
                if match[0].strip():
                    yield Span(match.start(), match.end(), kind, "".join(filter(str.isalnum, match[0])).upper())


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        candidate = match[0]
        # What follows may be words: the longest beginning that is right counts.
        while candidate and not is_iban(candidate):
            candidate = candidate[: max(candidate.rfind(" "), candidate.rfind("-"), 0)]
        if candidate:
            identity = re.sub(r"[ \-]", "", candidate).upper()
            yield Span(match.start(), match.start() + len(candidate), IBAN, identity)


def _phones(text: str, regions: Sequence[str]) -> Iterator[Span]:
    for region in dict.fromkeys((*regions, None)):
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
            identity = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            yield Span(match.start, match.end, PHONE, identity)


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdecimal())


def _named(start: int, end: int, digits: str, has_plus: bool, regions: Sequence[str]) -> Span:
    """What a run of digits is."""
    if is_card(digits):
        return Span(start, end, CARD, digits)
    for region in regions if not has_plus else (None,):
        number = phone_number(f"+{digits}" if has_plus else digits, region)
        if number:
            return Span(start, end, PHONE, number)
    return Span(start, end, NUMBER, digits)


def phone_number(text: str, region: str | None) -> str:
    """A telephone number in E.164 form; empty: it is none that is in use."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@dataclass(frozen=True, slots=True)
class SpokenRun:
    """Digits, and single letters among them, that are said one after the other."""

    start: int
    end: int
    written: str
    words: int


def spoken_numbers(text: str, words: NumberWords, regions: Sequence[str]) -> Iterator[Span]:
    """Numbers that are said digit by digit, or in groups; single letters among them belong to them."""
    for run in spoken_runs(text, words):
        digits = _digits(run.written)
        letters = sum(each.isalpha() for each in run.written)
        if not digits or len(digits) + letters < _FEWEST_DIGITS or run.words < _FEWEST_WORDS:
            continue
        if letters:
            yield Span(run.start, run.end, POLICY, run.written.upper())
        else:
            yield _named(run.start, run.end, digits, run.written.startswith("+"), regions)


def spoken_runs(text: str, words: NumberWords) -> Iterator[SpokenRun]:
    """All of them, however short."""
    run: list[tuple[int, int, str]] = []
    for start, end, said in (*_said(text, words), (len(text), len(text), "")):
        if said:
            run.append((start, end, said))
            continue
        if start == end < len(text):  # a pause
            continue
        if run:
            yield SpokenRun(run[0][0], run[-1][1], "".join(said for _, _, said in run), len(run))
        run = []


def _said(text: str, words: NumberWords) -> Iterator[tuple[int, int, str]]:
    """Each word with what it stands for: digits, a plus or a letter; empty for another word, no length for a pause."""
    found = list((_CHARACTER if words.is_unspaced else _WORD).finditer(text))
    tokens = [folded(match[0]) for match in found]
    digits, times, at = digit_words(words), 1, 0
    while at < len(tokens):
        length, value = _longest(tokens, at, words)
        start, end = found[at].start(), found[at + max(length, 1) - 1].end()
        token = tokens[at]
        if length:
            yield start, end, str(value) * (times if value < 10 else 1)
        elif token in words.zeros:
            yield start, end, words.zeros[token]
        elif token in digits or token.isdecimal():
            yield start, end, digits.get(token, token) * times
        elif token == "+" or token in words.pluses:
            yield start, end, "+"
        elif len(token) == 1 and found[at][0].isascii() and found[at][0].isupper() and token not in ("i",):
            yield start, end, found[at][0]
        elif token in words.pauses or token in words.repeats:
            yield start, start, ""
        else:
            yield start, end, ""
        times = words.repeats.get(token, 1) if not length else 1
        at += max(length, 1)


def _longest(tokens: Sequence[str], at: int, words: NumberWords) -> tuple[int, int]:
    for length in range(min(4, len(tokens) - at), 0, -1):
        value = words.table.get(tuple(tokens[at : at + length]))
        if value is not None:
            return length, value
    return 0, 0
