"""What we say, in languages that it is not written in: which texts those are, and how they are put in place.

Languages that we bring texts for need only what is a company's own: texts that replace
ours, and the questions of its claims. Other languages need everything. A translation that
has lost a placeholder is not used: then the original is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Protocol

from agent.claim import ClaimField
from agent.errors import InvalidTexts
from agent.language_tags import english_name, primary
from agent.texts.bundled import BUNDLED
from agent.texts.texts import Texts

_QUESTION_MARKS = ("?", "？")


class Translator(Protocol):
    """A service that translates."""

    async def translate(self, texts: Sequence[str], *, source: str, to: str) -> tuple[str, ...]:
        """Each text in another language, in order; what stands in braces stays as it is.

        Args:
            texts: Any number.
            source: BCP 47.
            to: BCP 47.

        Raises:
            agent.errors.TranslationFailed: The service refused, failed or cannot be reached.
        """


def to_translate(own: Texts, to: str, claim: Sequence[ClaimField] = ()) -> tuple[str, ...]:
    """What has to be translated for a language, each text once.

    Args:
        own: What we say in the language that everything is written in.
        to: BCP 47.
        claim: Its descriptions are written in ``own.language``; those that are questions are asked.
    """
    if primary(to) == own.language:
        return ()
    texts = [variant for variants in _variants(own, to).values() for variant in variants]
    return tuple(dict.fromkeys((*texts, *_questions(own, to, claim).values(), *_names(own, to, claim).values())))


def translated(own: Texts, to: str, translations: Mapping[str, str], claim: Sequence[ClaimField] = ()) -> Texts:
    """What we say in a language, with translations by the originals; those that are missing or cannot be said stay so.

    Args:
        own: See ``to_translate``.
        to: See there.
        translations: By the original.
        claim: See there.
    """
    language = primary(to)
    texts = BUNDLED.get(language) or replace(own, language=language, language_name=english_name(to))
    for key, variants in _variants(own, to).items():
        said = [
            sayable for each in variants if (sayable := _sayable(texts, key, translations.get(each, ""))) is not None
        ]
        texts = texts.with_overrides({key: said or list(variants)})
    for key, named in (("field_questions", _questions(own, to, claim)), ("field_names", _names(own, to, claim))):
        known = {name: translations[text] for name, text in named.items() if translations.get(text, "").strip()}
        texts = texts.with_overrides({key: known})
    return texts


def _variants(own: Texts, to: str) -> Mapping[str, tuple[str, ...]]:
    """Texts by key that this language lacks: all, or those that are not ours any more."""
    ours = BUNDLED.get(own.language) if primary(to) in BUNDLED else None
    every = {each.name: getattr(own, each.name) for each in fields(Texts)}
    return MappingProxyType(
        {
            key: value
            for key, value in every.items()
            if isinstance(value, tuple) and (ours is None or getattr(ours, key) != value)
        }
    )


def _questions(own: Texts, to: str, claim: Sequence[ClaimField]) -> Mapping[str, str]:
    """By the names of the fields, but for those that we can ask in this language."""
    bundled = BUNDLED.get(primary(to))
    ours = {} if bundled is None else bundled.field_questions
    found: dict[str, str] = {}
    for each in claim:
        description, known = each.description.strip(), own.field_questions.get(each.name, "")
        question = description if description.endswith(_QUESTION_MARKS) else known
        if question and not (each.name in ours and question == known):
            found[each.name] = question
    return found


def _names(own: Texts, to: str, claim: Sequence[ClaimField]) -> Mapping[str, str]:
    """What fields are called; their names are made of English words."""
    known = BUNDLED[primary(to)].field_names if primary(to) in BUNDLED else {}
    names = dict(own.field_names) | {each.name: own.field_names.get(each.name, each.spoken_name) for each in claim}
    return {name: text for name, text in names.items() if name not in known}


def _sayable(texts: Texts, key: str, text: str) -> str | None:
    try:
        said: tuple[str, ...] = getattr(texts.with_overrides({key: text}), key)
    except InvalidTexts:
        return None
    return said[0]
