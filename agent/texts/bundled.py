"""The texts that come with the program, by language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from agent.texts.chinese import CHINESE
from agent.texts.english import ENGLISH
from agent.texts.french import FRENCH
from agent.texts.german import GERMAN
from agent.texts.spanish import SPANISH
from agent.texts.texts import Texts

BUNDLED: Final[Mapping[str, Texts]] = MappingProxyType(
    {texts.language: texts for texts in (ENGLISH, FRENCH, SPANISH, GERMAN, CHINESE)}
)
"""By ISO 639-1 code."""


def primary_subtag(language_tag: str) -> str:
    """The language of a BCP 47 tag, without region and script: "fr-CA" gives "fr"."""
    return language_tag.replace("_", "-").split("-")[0].casefold()


def texts_for(language_tag: str, texts: Mapping[str, Texts] = BUNDLED) -> Texts:
    """The texts of a language.

    Args:
        language_tag: BCP 47; a language that we do not speak gives English.
        texts: By ISO 639-1 code; English ours if it is not among them.
    """
    return texts.get(primary_subtag(language_tag)) or texts.get("en") or ENGLISH


@dataclass(frozen=True, slots=True)
class Repertoire:
    """The languages that one assistant speaks, and its own among them.

    Args:
        language: BCP 47; spoken where nothing else is known, or where we do not speak the caller's.
        texts: By ISO 639-1 code.
    """

    language: str = "en"
    texts: Mapping[str, Texts] = field(default_factory=lambda: BUNDLED)

    def of(self, language_tag: str) -> Texts:
        """The texts to speak to a caller of this language (BCP 47; empty: not known)."""
        return self.texts.get(primary_subtag(language_tag)) or texts_for(self.language, self.texts)

    def is_own(self, texts: Texts) -> bool:
        """Whether these are in our own language, which claims are described in."""
        return texts.language == primary_subtag(self.language)
