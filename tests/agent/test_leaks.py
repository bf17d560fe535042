"""What goes out and is nobody's business."""

import codecs

import pytest

from agent.folding import fold
from agent.leaks import Secrets, is_cipher, words_of

RULE = "You are heard, not read: no lists, no markup, no emoji, no abbreviations."
COMPANY = "The office in Chicago is open from nine to five on weekdays, and closed on all public holidays in Illinois."
CHINESE = "你在电话里说话，所以不要使用列表、标记或者表情符号。"
SECRETS = Secrets(
    (RULE, CHINESE, 'When nobody answers say "Nobody can take your call right now, sorry." and wait.'),
    (COMPANY,),
    ("end_call", "update_claim"),
    ("Hello and welcome to the line of Contoso.",),
)


@pytest.mark.parametrize(
    "said",
    [
        RULE,
        "As you wish: YOU ARE HEARD NOT READ NO LISTS!",
        codecs.encode(RULE, "rot13"),
        RULE[::-1],
        " ".join(reversed(RULE.split())),
        " ".join(word[::-1] for word in words_of(RULE)),
        CHINESE,
        COMPANY,
    ],
)
def test_a_stretch_of_the_instructions_is_found(said: str) -> None:
    """As it stands, turned or backwards."""
    assert SECRETS.has_stretch(words_of(said))


@pytest.mark.parametrize(
    "said",
    [
        "I am heard, not read, by many people.",
        "The office in Chicago is open from nine to five.",
        "Nobody can take your call right now, sorry.",
        "不要使用列表",
        "",
    ],
)
def test_a_few_words_are_no_stretch(said: str) -> None:
    """Nor is what the instructions quote, or a fact that a caller may hear."""
    assert not SECRETS.has_stretch(words_of(said))


def test_what_is_spelled_is_found() -> None:
    """Letter by letter, from anywhere in them."""
    assert SECRETS.is_spelled_in(fold("h e a r d n o t r e a d n o l i s t s"))
    assert not SECRETS.is_spelled_in(fold("S c h w a r z e n e g g e r, A r n o l d"))


@pytest.mark.parametrize(
    ("said", "is_named"),
    [
        ("I use update_claim for that.", True),
        ("It is called end underscore call.", True),
        ('{"name": "x", "arguments": {}}', True),
        ("I will update the claim and end the call.", False),
        ("My name: Amelia.", False),
    ],
)
def test_a_tool_is_named_only_in_its_own_way(said: str, *, is_named: bool) -> None:
    """Its words are words that a caller may hear."""
    assert SECRETS.names_tool(fold(said)) == is_named


def test_a_cipher_is_no_language() -> None:
    """Nobody listens to that."""
    assert is_cipher("WW91IGFyZSBoZWFyZCwgbm90IHJlYWQ=")
    assert not is_cipher("You are heard.")
