"""Topics against each other: what no file can see alone."""

import pytest

from tests.support.topics import read

HEAD = "topic: a\ntitle: T\ntriggers: [x]\nsteps:\n"
ASK = "  - ask: A?\n    into: a\n"


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("  - message: '{a}'\n" + ASK, ["5: 'a' may have no value here: other ways lead here that do not set it"]),
        ("  - message: '{oder}'\n  - ask: A?\n    into: order\n", ["5: there is no variable 'oder'; did you"]),
        (ASK + "    otherwise: [message: '{a}']\n  - end: call\n", ["7: 'a' may have no value here: "]),
        (ASK + "    otherwise: [message: Hm.]\n  - message: '{a}'\n", ["8: 'a' may have no value here: "]),
        (ASK + "    otherwise: [end: topic]\n  - message: '{a}'\n", []),
        (
            "  - if: language\n    is: en\n    then:\n      - ask: A?\n        into: a\n  - message: '{a}'\n",
            ["10: 'a' may have no value here: "],
        ),
        ("  - message: '{caller_number} {company} {bot_name} {language}'\n", []),
        ("  - ask: Who?\n    into: company\n", ["5: 'company' is known already: choose another name"]),
        (ASK + "  - ask: When?\n    into: a\n    type: datetime\n", ["7: 'a' is text elsewhere, and datetime here"]),
        (ASK + "  - if: a\n    before: now\n    then: [end: topic]\n", ["7: before compares moments, and 'a' is text"]),
        (ASK + "    type: datetime\n  - if: a\n    after: soon\n    then: [end: topic]\n", ["8: 'soon' is no moment"]),
        (ASK + "    type: datetime\n  - if: a\n    after: 2026-11-16\n    then: [end: topic]\n", []),
        (ASK + "    type: yes_no\n  - if: a\n    is: maybe\n    then: [end: topic]\n", ["8: 'a' is yes or no, never"]),
        (ASK + "    type: yes_no\n  - if: a\n    is: yes\n    then: [end: topic]\n", []),
        (
            ASK + "    type: choice\n    options: [red, blue]\n  - if: a\n    is: bleu\n    then: [end: topic]\n",
            ["9: 'bleu' is no option of 'a'; did you mean 'blue'?"],
        ),
        ("  - redirect: b\n", ["5: there is no topic 'b'"]),
        ("  - redirect: a\n", ["5: this may go on for ever: it comes back to 'a' and nothing is asked between"]),
        (ASK + "  - redirect: a\n", []),
        ("  - if: language\n    is: en\n    then:\n      - redirect: a\n", ["8: this may go on for ever"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(steps: str, told: list[str]) -> None:
    """With its line; and nothing is told of what is right."""
    _, mistakes = read(HEAD + steps)
    assert len(mistakes) == len(told), mistakes
    assert all(found.startswith(each) for found, each in zip(mistakes, told, strict=True)), mistakes


def test_a_circle_of_several_topics_is_told_in_each() -> None:
    """Wherever it is entered; a question anywhere in it makes it a conversation."""
    topic = "topic: {0}\ntitle: T\ntriggers: [say {0}]\nsteps:\n  - message: Hi.\n  - redirect: {1}\n"
    circle = (topic.format("a", "b"), topic.format("b", "c"), topic.format("c", "a"))
    mistakes = read(*circle)[1]
    assert [each.partition(": ")[0] for each in mistakes] == ["1.yaml:6", "2.yaml:6", "3.yaml:6"]
    asking = circle[2].replace("message: Hi.", "ask: A?\n    into: a")
    assert read(*circle[:2], asking)[1] == []


def test_topics_that_never_begin_or_share_a_trigger_are_told() -> None:
    """Nobody would come to the first; of the others only one could be meant."""
    lost = "topic: lost\ntitle: T\nsteps: [end: topic]"
    one = "topic: one\ntitle: T\ntriggers: [Hello there]\nsteps: [redirect: led_to]"
    two = "topic: two\ntitle: T\ntriggers: [hello there]\nsteps: [end: topic]"
    led_to = "topic: led_to\ntitle: T\nsteps: [end: topic]"
    assert read(lost, one, two, led_to)[1] == [
        "1.yaml:1: 'lost' never begins: give it triggers, or lead to it",
        "3.yaml:1: the trigger 'hello there' is one of 'one' already",
    ]
