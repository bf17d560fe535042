"""E-mail addresses: written, and said in each of our languages. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from agent.grammar.grammar import MailWords
from agent.grammar.known import grammar_for
from calls.export.numbers import LANGUAGES
from calls.export.spans import EMAIL, Span

_WRITTEN: Final = re.compile(
    r"[^\s@<>()\[\],;:\u2e80-\u9fff\uff00-\uffef]+@[^\s@<>()\[\],;:，。；：、]+\.[^\W\d_]{2,}", re.UNICODE
)


def mail_spans(text: str) -> list[Span]:
    """All e-mail addresses of a text."""
    found = [Span(match.start(), match.end(), EMAIL, match[0].casefold()) for match in _WRITTEN.finditer(text)]
    for language in LANGUAGES:
        found += _spoken(text, grammar_for(language).mail, is_unspaced=language == "zh")
    return found


def _spoken(text: str, mail: MailWords, *, is_unspaced: bool) -> Iterator[Span]:
    at, dot, other = (_words_for(mail, signs) for signs in ("@", ".", "_-+"))
    for match in _expression(at, dot, other, is_unspaced).finditer(text):
        yield Span(match.start(), match.end(), EMAIL, _address(match[0], mail))


def _words_for(mail: MailWords, signs: str) -> tuple[str, ...]:
    return tuple(words for words, sign in mail.signs.items() if sign in signs)


@lru_cache(maxsize=16)  # there are five languages
def _expression(
    at: tuple[str, ...], dot: tuple[str, ...], other: tuple[str, ...], is_unspaced: bool
) -> re.Pattern[str]:
    gap = r"\s*" if is_unspaced else r"[\s,]+"
    piece = r"[A-Za-z0-9._+-]+" if is_unspaced else r"[^\W_][\w.+-]*"
    letters = r"(?:\b[^\W\d_]\b[\s,.-]+){0,12}"
    at_, dot_, sign = _either(at), _either(dot), _either(dot + other)
    local = rf"{letters}{piece}(?:{gap}{sign}{gap}{letters}{piece}){{0,5}}"
    ending = rf"{gap}{dot_}{gap}(?:co{gap}{dot_}{gap})?[^\W\d_]{{2,}}"
    spoken_domain = rf"{letters}{piece}(?:{gap}{sign}{gap}{piece}){{0,2}}{ending}"
    written_domain = r"[A-Za-z0-9-]+(?:\.[A-Za-z]{2,})+"
    return re.compile(rf"{local}{gap}(?:{at_}|@){gap}(?:{written_domain}|{spoken_domain})", re.IGNORECASE)


def _either(words: tuple[str, ...]) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"


def _address(said: str, mail: MailWords) -> str:
    """As it would be written, near enough to tell it from others."""
    text = said.casefold()
    for words, sign in sorted(mail.signs.items(), key=lambda item: -len(item[0])):
        text = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)" if words.isascii() else re.escape(words), sign, text)
    return re.sub(r"[\s,]+", "", text)
