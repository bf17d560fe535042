"""Callers who speak of the line they call on: "the number I am calling from"."""

from agent.grammar.known import grammar_for


def means_own_number(said: str, language: str = "en") -> bool:
    """Whether the number of this very call is meant."""
    own_number = grammar_for(language).texts.own_number
    return not any(character.isdigit() for character in said) and bool(own_number.search(said))
