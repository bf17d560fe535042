"""Openers: what a person says at once, while the answer is still being thought of. Sans-IO."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_QUESTION = re.compile(
    r"\?\s*$|^\s*(can|could|would|will|do|does|did|is|are|what|when|where|who|why|how|which)\b", re.IGNORECASE
)
_NO = re.compile(r"^\s*(no|nope|not really|actually|wait|that's wrong)\b", re.IGNORECASE)
_THANKS = re.compile(r"\b(thank|thanks|goodbye|bye)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenerTexts:
    """What may be said, by what the caller said. Short: it must be over when the answer is there."""

    to_question: tuple[str, ...] = ("Well,", "So,", "Okay,")
    to_statement: tuple[str, ...] = ("Okay.", "I see.", "Mhm.", "Right.")
    to_correction: tuple[str, ...] = ("Oh, okay.", "Ah.", "Okay.")
    filler: tuple[str, ...] = ("One moment, please.", "Just a second, please.", "I am still looking into it.")
    """When thinking takes really long."""

    @property
    def all(self) -> tuple[str, ...]:
        """Everything, to be synthesised ahead."""
        return tuple(dict.fromkeys((*self.to_question, *self.to_statement, *self.to_correction, *self.filler)))


class Openers:
    """Chooses for one call; never the same twice in a row."""

    def __init__(self, texts: OpenerTexts | None = None) -> None:
        self._texts = texts or OpenerTexts()
        self._last = ""

    def candidates(self, said: str) -> tuple[str, ...]:
        """What suits, best first: none where an opener would be out of place."""
        if not said.strip() or _THANKS.search(said):
            return ()
        return self._rotated(self._suiting(said))

    def fillers(self) -> tuple[str, ...]:
        """What to say when it takes long, best first."""
        return self._rotated(self._texts.filler)

    def used(self, text: str) -> None:
        """This one was said."""
        self._last = text

    def _suiting(self, said: str) -> tuple[str, ...]:
        if _NO.search(said):
            return self._texts.to_correction
        return self._texts.to_question if _QUESTION.search(said) else self._texts.to_statement

    def _rotated(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Begin after the last one that was used, and leave it out."""
        at = texts.index(self._last) + 1 if self._last in texts else 0
        return tuple(text for text in (*texts[at:], *texts[:at]) if text != self._last)
