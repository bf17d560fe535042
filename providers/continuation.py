"""What a second model writes to go on where a first one broke off, without what was said already. Sans-IO.

A model that is asked to go on often begins its sentence anew, or all it was to say. What
repeats the end of what was said is left out: nobody wants to hear it twice.
"""

import re
from typing import Final

_WORD_START: Final = re.compile(r"(?<!\S)\S")
_SPACES: Final = re.compile(r"\s+")
_LEAST_REPEATED: Final = 2
"""Words: a single one may well be meant to be said again."""


class Continuation:
    """Takes the second model's text as it comes; gives what is to be said of it.

    Args:
        said: What the first model brought.
    """

    def __init__(self, said: str) -> None:
        self._needs_space = bool(said) and not said[-1].isspace()
        plain = _plain(said)
        starts = [found.start() for found in _WORD_START.finditer(plain)]
        # All of it, or any end of it that is long enough to be a repetition.
        self._ends = [plain[start:] for start in starts if len(plain[start:].split()) >= _LEAST_REPEATED]
        if plain and plain not in self._ends:
            self._ends.insert(0, plain)
        self._pending: str | None = ""

    def feed(self, text: str) -> str:
        """The next piece; maybe empty while it may still be a repetition."""
        if self._pending is None:
            return text
        self._pending += text
        plain = _plain(self._pending)
        if any(end.startswith(plain) for end in self._ends):
            return ""
        return self._decide()

    def finish(self) -> str:
        """What was held back, when no more comes."""
        return "" if self._pending is None else self._decide()

    def _decide(self) -> str:
        pending, self._pending = self._pending or "", None
        plain = _plain(pending)
        repeated = next((end for end in self._ends if plain.startswith(end)), "")
        rest = _after(pending, len(repeated.replace(" ", ""))) if repeated else pending
        if not rest.strip():
            return ""
        is_glued = rest[0].isspace() or rest[0] in ".,;:!?"
        return rest if is_glued or not self._needs_space else f" {rest}"


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text.casefold()).strip()


def _after(text: str, letters: int) -> str:
    """The text without its first letters, spaces not counted."""
    for index, letter in enumerate(text):
        if not letters:
            return text[index:]
        letters -= 0 if letter.isspace() else len(letter.casefold())
    return ""
