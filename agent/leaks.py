"""Whether what goes out tells what is nobody's business: the instructions, the tools, foreign data. Sans-IO.

Of our own rules a stretch of six words is a leak, in any casing, spelled out, turned or
backwards; of the company's texts one of twelve: they hold facts that a caller may hear. What
the instructions quote, to be said, is no secret.
"""

import codecs
import re
from collections.abc import Iterable, Sequence
from typing import Final

from agent.folding import fold, spelled
from agent.undisguised import is_code

OUR_WORDS: Final = 6
COMPANY_WORDS: Final = 12
_CHARACTERS_PER_WORD: Final = 2
"""Of scripts without spaces."""
_LEAST_SPELLED: Final = 14
_TOKEN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+")
_IDEOGRAPH: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_QUOTED: Final = re.compile(
    r"\"[^\"\n]{2,200}\"|“[^”\n]{2,200}”|«[^»\n]{2,200}»|„[^“”\n]{2,200}[“”]|「[^」\n]{2,200}」"
)
_CALL_SYNTAX: Final = re.compile(
    r"[\"'](?:name|arguments|parameters|properties|type|required|function|description)[\"']\s*:|\bfunctions?\.\w+\(|<\|?im_"
)


class Secrets:
    """What may not be told; shared by all calls.

    Args:
        rules: Our own rules, and the descriptions of the tools.
        company_texts: What the company has written for the model.
        tool_names: What the model calls the tools by.
        spoken: What is said anyway: greetings and the like.
    """

    def __init__(
        self,
        rules: Iterable[str],
        company_texts: Iterable[str] = (),
        tool_names: Iterable[str] = (),
        spoken: Iterable[str] = (),
    ) -> None:
        known = {stretch for text in spoken for stretch in _stretches(_tokens(text), OUR_WORDS)}
        own = [_tokens(_QUOTED.sub(" ; ", text)) for text in rules]
        company = [_tokens(_QUOTED.sub(" ; ", text)) for text in company_texts]
        self._own = frozenset(stretch for tokens in own for stretch in _stretches(tokens, OUR_WORDS)) - known
        self._company = frozenset(stretch for tokens in company for stretch in _stretches(tokens, COMPANY_WORDS))
        self._letters = tuple("".join(tokens) for tokens in (*own, *company))
        names = [re.escape(name).replace("_", r"(?:_|\s+underscore\s+)") for name in tool_names if "_" in name]
        self._tools = re.compile(rf"(?<![a-z])(?:{'|'.join(names)})(?![a-z])") if names else None

    def has_stretch(self, tokens: Sequence[str]) -> bool:
        """Whether a stretch of the instructions is among these words, as they stand or turned."""
        readings = (
            list(tokens),
            [codecs.encode(token, "rot13") for token in tokens],
            [token[::-1] for token in tokens],
            list(reversed(tokens)),
            [token[::-1] for token in reversed(tokens)],
        )
        return any(
            not self._own.isdisjoint(_stretches(reading, OUR_WORDS))
            or not self._company.isdisjoint(_stretches(reading, COMPANY_WORDS))
            for reading in readings
        )

    def is_spelled_in(self, folded: str) -> bool:
        """Whether a stretch of the instructions is spelled out, letter by letter."""
        runs = [run for run in spelled(folded) if len(run) >= _LEAST_SPELLED]
        parts = {run[at : at + _LEAST_SPELLED] for run in runs for at in range(len(run) - _LEAST_SPELLED + 1)}
        return any(part in letters for part in parts for letters in self._letters)

    def names_tool(self, folded: str) -> bool:
        """Whether a tool is named, or called in writing."""
        is_named = self._tools is not None and self._tools.search(folded) is not None
        return is_named or _CALL_SYNTAX.search(folded) is not None


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared; each ideograph is one."""
    return _tokens(text)


def is_cipher(text: str) -> bool:
    """Whether a text to be spoken is in no language."""
    return is_code(text)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(fold(text))


def _stretches(tokens: Sequence[str], length: int) -> set[tuple[str, ...]]:
    """All stretches of so many words; those that hold an ideograph are longer."""
    long = length * _CHARACTERS_PER_WORD
    found = set()
    for at in range(len(tokens) - length + 1):
        stretch = tuple(tokens[at : at + length])
        if any(_IDEOGRAPH.match(token) for token in stretch):
            if at + long > len(tokens):
                continue
            stretch = tuple(tokens[at : at + long])
        found.add(stretch)
    return found
