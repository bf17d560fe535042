"""The grammars that come with the program, by language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agent.grammar.chinese import CHINESE
from agent.grammar.english import ENGLISH
from agent.grammar.french import FRENCH
from agent.grammar.german import GERMAN
from agent.grammar.grammar import Grammar
from agent.grammar.spanish import SPANISH
from agent.texts.bundled import primary_subtag

GRAMMARS: Final[Mapping[str, Grammar]] = MappingProxyType(
    {grammar.language: grammar for grammar in (ENGLISH, FRENCH, SPANISH, GERMAN, CHINESE)}
)
"""By ISO 639-1 code."""


def grammar_for(language_tag: str) -> Grammar:
    """The words of a language (BCP 47); English ones for a language that is not understood."""
    return GRAMMARS.get(primary_subtag(language_tag), ENGLISH)
