"""A text of a recogniser, cut into the words of its last sentence. Sans-IO."""

import re
from dataclasses import dataclass
from functools import cached_property

from vad.sentence_words import ENGLISH, Language

_TOKEN = re.compile(
    r"(?P<dot>(?<=\w)\.(?=[a-z]))|\d+:\d\d|\d{1,3}(?:,\d{3})+|@|[^\W_]+(?:['\-][^\W_]+)*|[.?!…,:;]", re.UNICODE
)
_MARKS = frozenset(".?!…,:;")
_ABBREVIATION = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{2,6}")
"""Cannot be spoken as a word."""
_FULL_STOPS = frozenset(".?!…")
_SPELLED = re.compile(r"[^\W\d_](?:-[^\W\d_])+", re.UNICODE)
_LONGEST_PHRASE = 5


@dataclass(frozen=True)
class Sentence:
    """The last sentence of a text, cut into words."""

    language: Language
    turn: tuple[str, ...]
    """All words of the text."""
    words: tuple[str, ...]
    """Those of the last sentence, at least one."""
    mark: str
    """The punctuation at the very end, or nothing."""
    has_comma: bool

    @property
    def last(self) -> str:
        """The last word."""
        return self.words[-1]

    @cached_property
    def endings(self) -> frozenset[str]:
        """The last one to five words, as phrases."""
        count = len(self.words)
        return frozenset(" ".join(self.words[at:]) for at in range(max(0, count - _LONGEST_PHRASE), count))

    @cached_property
    def body(self) -> tuple[str, ...]:
        """Without a "yes" or "well" in front."""
        at = 0
        while at < len(self.words) - 1 and self.words[at] in self.language.yes_no:
            at += 1
        return self.words[at:]

    @property
    def is_question(self) -> bool:
        """Whether it begins like a question; "what I wanted to ask" does not."""
        first, *rest = self.body
        if not rest or first not in self.language.questions:
            return False
        return first in self.language.auxiliaries or rest[0] not in self.language.subjects | {"you"}

    @property
    def has_relative(self) -> bool:
        """Whether an earlier word may be what a preposition or a verb at the end belongs to."""
        return any(word in self.language.interrogatives for word in self.body[:-1])


def read_sentence(text: str, language: Language) -> Sentence | None:
    """Cut a text into words; None when it has none."""
    turn: list[str] = []
    start = 0
    mark = ""
    has_comma = False
    for match in _TOKEN.finditer(text.replace("’", "'")):
        written, token = match[0], match[0].lower()
        if token in _MARKS and match["dot"] is None:
            mark = token
            has_comma = has_comma or token == ","
            continue
        if mark in _FULL_STOPS and mark:
            start, has_comma = len(turn), False
        mark = ""
        if _SPELLED.fullmatch(token) and all(len(part) == 1 for part in token.split("-")):
            turn.extend(token.split("-"))
        elif _ABBREVIATION.fullmatch(written) and any(word in language.number_context for word in turn):
            turn.extend(token)  # "my plate is KXB"
        else:
            turn.append(token)
    if not turn:
        return None
    if text.rstrip().endswith(("-", "…", "...")):
        mark = "…"
    return Sentence(language, tuple(turn), tuple(turn[start:]), mark, has_comma)


def last_sentence(text: str, language: Language = ENGLISH) -> tuple[str, ...]:
    """The words of the last sentence of a text, lower case; none for a text without words."""
    sentence = read_sentence(text, language)
    return sentence.words if sentence is not None else ()
