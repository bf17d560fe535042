"""Looks for what is left: in another way than it was replaced, so that one can find what the other has missed. Pure.

A text is taken apart into plain words and into all of its digits, written and said; each
known thing is looked for in both.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from agent.grammar.known import grammar_for
from agent.spoken_numbers import digit_runs
from calls.export.known import Known
from calls.export.mail import mail_spans
from calls.export.names import folded, is_ordinary, parts
from calls.export.numbers import LANGUAGES, is_card, is_iban
from calls.export.redaction import PLACEHOLDER
from calls.export.returning import address_parts
from calls.export.spans import ADDRESS, CARD, EMAIL, IBAN, NAME, PHONE

_TELLING_DIGITS: Final = 6
_SHORTEST_NAME: Final = 3
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_LONG_RUN: Final = re.compile(r"\d(?:[\s\-]?\d){11,}")
_CODE: Final = re.compile(r"\b[A-Za-z]{2}\d{2}[A-Za-z0-9 \-]{11,38}")


def left_over(texts: Iterable[str], known: Sequence[Known]) -> list[str]:
    """The kinds of what is still to be found in texts that should be free of it; never the things themselves."""
    bare = [PLACEHOLDER.sub(" | ", text) for text in texts]
    words = " | ".join(_words(text) for text in bare)
    han = "|".join("".join(_HAN.findall(text)) for text in bare)
    digits = _all_digits(bare)
    found = [each.kind for each in known if _is_left(each, words, han, digits)]
    for text in bare:
        if mail_spans(text):
            found.append(EMAIL)
        found += [CARD for match in _LONG_RUN.finditer(text) if is_card(re.sub(r"\D", "", match[0]))]
        found += [IBAN for match in _CODE.finditer(text) if is_iban(match[0])]
    return sorted(set(found))


def _is_left(known: Known, words: str, han: str, digits: Sequence[str]) -> bool:
    value = known.value
    if known.kind == NAME:
        if _HAN.search(value):
            whole = "".join(_HAN.findall(value))
            return len(whole) > 1 and whole in han
        whole = _words(value)
        alone = [folded(part) for part in parts(value) if len(part) >= _SHORTEST_NAME and not is_ordinary(part)]
        return any(_stands(each, words) for each in ([whole] if " " in whole else []) + alone)
    if known.kind == EMAIL:
        return _stands(_words(value), words)
    if known.kind == ADDRESS:
        if _HAN.search(value):
            return len("".join(_HAN.findall(value))) > 3 and "".join(_HAN.findall(value)) in han
        telling = [part for part in address_parts(value) if len(part.split()) > 1 or len(part) > 3]
        return any(_stands(_words(each), words) for each in telling)
    own = "".join(each for each in value if each.isdecimal())
    if len(own) >= _TELLING_DIGITS:
        tail = own[-_TELLING_DIGITS - (1 if known.kind == PHONE else 0) :]
        return any(tail in run for run in digits)
    return len(value) >= _SHORTEST_NAME and _stands(_words(value), words)


def _stands(needle: str, words: str) -> bool:
    return bool(needle) and f" {needle} " in f" {words} "


def _words(text: str) -> str:
    """Plain words with one blank between; letters that are spelled become one word, too."""
    plain = re.sub(r"[^\w|]+|_", " ", folded(text)).split()
    return " ".join(plain)


def _all_digits(texts: Iterable[str]) -> list[str]:
    runs = []
    for text in texts:
        runs += [re.sub(r"\D", "", match[0]) for match in re.finditer(r"\d(?:[^\w|]{0,3}\d)*", text)]
        for language in LANGUAGES:
            runs += [run.strip("+") for run in digit_runs(text, grammar_for(language).numbers)]
    return [run for run in runs if len(run) >= _TELLING_DIGITS]
