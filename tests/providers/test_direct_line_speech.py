"""What bots write for eyes becomes what a voice can say."""

from typing import Any

import pytest

from providers.direct_line_speech import from_markdown, from_ssml, words_of


@pytest.mark.parametrize(
    ("ssml", "words"),
    [
        ("Plain words, 3 > 2.", "Plain words, 3 > 2."),
        ('<speak version="1.0" xml:lang="en-US">Hello &amp; welcome.</speak>', "Hello & welcome."),
        ("<speak>One.<break time='300ms'/>Two.</speak>", "One.\nTwo."),
        ('<speak><sub alias="World Wide Web">WWW</sub> is <emphasis>big</emphasis>.</speak>', "World Wide Web is big."),
        ("<speak><p><s>First.</s><s>Second.</s></p></speak>", "First.\nSecond."),
        ("<speak><mstts:express-as style='x'>no namespace</mstts:express-as>", "no namespace"),
        ('<!DOCTYPE a [<!ENTITY b "boom">]><speak>&b; safe <!-- unseen --></speak>', "]>&b; safe"),
        ("<speak/>", ""),
    ],
)
def test_ssml(ssml: str, words: str) -> None:
    """Words and pauses are kept; entities of its own are never expanded."""
    assert from_ssml(ssml) == words


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("**Hello**, *you* and __you__.", "Hello, you and you."),
        ("***Both*** at ~~once~~", "Both at once"),
        ("# Title\n\nText", "Title\nText"),
        ("- one\n- two\n* three", "one\ntwo\nthree"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("See [our page](https://example.com/a_b) now.", "See our page now."),
        ("![a car](https://example.com/car.png)", "a car"),
        ('It costs 5 dollars [1][2].\n\n[1]: https://example.com "Prices"', "It costs 5 dollars."),
        ("> quoted\n\n---\n`code`", "quoted\ncode"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a, b\n1, 2"),
        ("2 * 3 * 4 is snake_case_name", "2 * 3 * 4 is snake_case_name"),
        (r"5 \* 6 and \_this\_", "5 * 6 and _this_"),
        ("AT&amp;T", "AT&T"),
        ("line<br/>break &lt;tag&gt;", "line\nbreak <tag>"),
    ],
)
def test_markdown(markdown: str, words: str) -> None:
    """Marks, addresses and footnotes go; what only looks like a mark stays."""
    assert from_markdown(markdown) == words


@pytest.mark.parametrize(
    ("activity", "words"),
    [
        ({"speak": "Said.", "text": "**Shown**"}, "Said."),
        ({"speak": "<speak> </speak>", "text": "**Shown**"}, "Shown"),
        ({"text": "a *b* c", "textFormat": "plain"}, "a *b* c"),
        ({"text": 5, "speak": None, "attachments": "none"}, ""),
        ({"text": "Look.", "attachments": [{"content": {"title": "Car", "text": "**Red**"}}, None]}, "Look.\nCar\nRed"),
        (
            {"attachments": [{"content": {"speak": "The card.", "body": [{"type": "TextBlock", "text": "x"}]}}]},
            "The card.",
        ),
        (
            {"attachments": [{"content": {"body": [{"items": [{"type": "TextBlock", "text": "In."}]}, 3]}}]},
            "In.",
        ),
    ],
)
def test_which_words_are_said(activity: dict[str, Any], words: str) -> None:
    """Those for the voice before those for the eye, and cards behind the text."""
    assert words_of(activity) == words


def test_an_endless_text_is_cut() -> None:
    """A caller would hang up first."""
    assert len(words_of({"text": "word " * 100_000})) <= 8_000
