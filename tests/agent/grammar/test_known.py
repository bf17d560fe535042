"""The grammars that come with the program."""

import pytest

from agent.claim import FieldType
from agent.grammar.known import GRAMMARS, grammar_for
from agent.texts.bundled import BUNDLED


def test_what_is_spoken_is_understood() -> None:
    """A grammar for each language that we have texts in; English for any other."""
    assert GRAMMARS.keys() == BUNDLED.keys()
    assert grammar_for("zh-Hant-TW").language == "zh"
    assert grammar_for("it").language == "en"


@pytest.mark.parametrize("language", GRAMMARS)
def test_every_language_can_read_and_understand_every_type(language: str) -> None:
    """Ten digits, the signs of addresses, a name for each type but text, and rules for dates."""
    grammar = GRAMMARS[language]
    assert len(grammar.reading.digits) == 10
    assert grammar.reading.signs.keys() == {"@", ".", "_", "-", "+", "/"}
    assert {"@", ".", "_", "-", "+"} <= set(grammar.mail.signs.values())
    assert [kind for kind, names in grammar.mentions.of_types.items() if not names] == [FieldType.TEXT]
    assert (grammar.dates is None) == (language == "en")
    assert "{name}" in grammar.texts.lead_in
