"""Openers: what a person says at once, while the answer is still being thought of. Sans-IO."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from agent.texts.bundled import primary_subtag
from agent.texts.english import ENGLISH
from agent.texts.texts import Texts


@dataclass(frozen=True, slots=True)
class _Marks:
    """By what an utterance shows its kind."""

    question: re.Pattern[str]
    no: re.Pattern[str]
    thanks: re.Pattern[str]


def _marks(question: str, no: str, thanks: str) -> _Marks:
    return _Marks(*(re.compile(pattern, re.IGNORECASE) for pattern in (question, no, thanks)))


_ENGLISH: Final = _marks(
    r"\?\s*$|^\s*(can|could|would|will|do|does|did|is|are|what|when|where|who|why|how|which)\b",
    r"^\s*(no|nope|not really|actually|wait|that's wrong)\b",
    r"\b(thank|thanks|goodbye|bye)\b",
)
_BY_LANGUAGE: Final[Mapping[str, _Marks]] = MappingProxyType(
    {
        "en": _ENGLISH,
        "fr": _marks(
            r"\?\s*$|^\s*(est-ce|qu'est-ce|qu[ei]|quoi|quand|où|comment|pourquoi|combien|quel(le)?s?"
            r"|(pouvez|pourriez|avez|savez|êtes)-vous)\b",
            r"^\s*(non|pas vraiment|en fait|attendez|c'est faux|ce n'est pas)\b",
            r"\b(merci|au revoir|bonne journée|à bientôt)\b",
        ),
        "es": _marks(
            r"\?\s*$|^\s*¿|^\s*(qué|cuándo|dónde|cómo|por qué|quién|cuál(es)?|cuánt[oa]s?|puede|podría|sabe)\b",
            r"^\s*(no|en realidad|espere|perdón|eso no)\b",
            r"\b(gracias|adiós|hasta luego|chao)\b",
        ),
        "de": _marks(
            r"\?\s*$|^\s*(was|wann|wo|wer|wie|warum|wieso|welche[rs]?|können|könnten|kann|haben|gibt|ist|sind)\b",
            r"^\s*(nein|nee|nicht ganz|eigentlich|moment|warten sie|das stimmt nicht|das ist falsch)\b",
            r"\b(danke|dankeschön|tschüss|wiederhören|wiedersehen)\b",
        ),
        "zh": _marks(
            r"[?？]\s*$|(吗|呢)[。.]?\s*$|^\s*(请问|什么|为什么|怎么|哪|谁|多少|几)",
            r"^\s*(不是|不对|不，|不,|没有|其实|等一下|错了)",
            r"谢谢|再见|拜拜",
        ),
    }
)
_NONE: Final[Mapping[str, "OpenerTexts"]] = MappingProxyType({})


def _marks_of(language: str) -> _Marks:
    return _BY_LANGUAGE.get(primary_subtag(language), _ENGLISH)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenerTexts:
    """What may be said, by what the caller said. Short: it must be over when the answer is there."""

    to_question: tuple[str, ...] = ENGLISH.opener_question
    to_statement: tuple[str, ...] = ENGLISH.opener_statement
    to_correction: tuple[str, ...] = ENGLISH.opener_correction
    filler: tuple[str, ...] = ENGLISH.timeout_loading
    """When thinking takes really long."""

    @property
    def all(self) -> tuple[str, ...]:
        """Everything, to be synthesised ahead."""
        return tuple(dict.fromkeys((*self.to_question, *self.to_statement, *self.to_correction, *self.filler)))


def opener_texts(texts: Texts) -> OpenerTexts:
    """The openers and fillers among the texts of a language."""
    return OpenerTexts(
        to_question=texts.opener_question,
        to_statement=texts.opener_statement,
        to_correction=texts.opener_correction,
        filler=texts.timeout_loading,
    )


class Openers:
    """Chooses for one call; never the same twice in a row.

    Args:
        texts: In the language that is spoken where the caller's is not known.
        others: In other languages, by ISO 639-1 code.
    """

    def __init__(self, texts: OpenerTexts | None = None, others: Mapping[str, OpenerTexts] = _NONE) -> None:
        self._texts = texts or OpenerTexts()
        self._others = others
        self._last = ""

    def candidates(self, said: str, language: str = "") -> tuple[str, ...]:
        """What suits, best first: none where an opener would be out of place.

        Args:
            said: By the caller.
            language: The caller's, BCP 47; empty: not known.
        """
        if not said.strip() or any(each.search(said) for each in (_marks_of(language).thanks, _ENGLISH.thanks)):
            return ()
        return self._rotated(self._suiting(said, language))

    def fillers(self, language: str = "") -> tuple[str, ...]:
        """What to say when it takes long, best first."""
        return self._rotated(self._texts_in(language).filler)

    def used(self, text: str) -> None:
        """This one was said."""
        self._last = text

    def _texts_in(self, language: str) -> OpenerTexts:
        return self._others.get(primary_subtag(language), self._texts)

    def _suiting(self, said: str, language: str) -> tuple[str, ...]:
        texts, marks = self._texts_in(language), _marks_of(language)
        if marks.no.search(said):
            return texts.to_correction
        return texts.to_question if marks.question.search(said) else texts.to_statement

    def _rotated(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Begin after the last one that was used, and leave it out."""
        at = texts.index(self._last) + 1 if self._last in texts else 0
        return tuple(text for text in (*texts[at:], *texts[:at]) if text != self._last)
