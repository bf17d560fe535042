"""Reading steps: every kind, and every way to get one wrong."""

import pytest

from agent.topics.values import Ask, Comparison, Condition, End, HandOver, Message, Redirect, VariableType
from tests.support.topics import read, topics_of

HEAD = "topic: a\ntitle: T\ntriggers: [x]\nsteps:\n"
"""The first step stands in line 5."""


def test_every_kind_is_read() -> None:
    """With what it holds, numbered as it is written."""
    topic, other = topics_of(
        HEAD
        + """\
  - ask: Which console?
    into: console
    type: choice
    options: {new: [series x, series s], old: one}
    otherwise:
      - end: topic
  - if: console
    is: new
    then:
      - message: "It is {console}."
    else:
      - redirect: b
  - hand_over: about a {console} one
""",
        "topic: b\ntitle: B\nsteps: [end: call]",
    )
    ask, condition, hand_over = topic.steps
    assert isinstance(ask, Ask)
    assert ask.type is VariableType.CHOICE
    assert [(option.value, option.words) for option in ask.options] == [
        ("new", ("new", "series x", "series s")),
        ("old", ("old", "one")),
    ]
    assert isinstance(ask.otherwise[0], End)
    assert isinstance(condition, Condition)
    assert (condition.variable, condition.comparison, condition.values) == ("console", Comparison.IS, ("new",))
    assert isinstance(condition.then[0], Message)
    assert isinstance(condition.otherwise[0], Redirect)
    assert isinstance(hand_over, HandOver)
    assert [(step.number, step.line) for step in topic.all_steps()] == [
        (1, 5),
        (2, 10),
        (3, 11),
        (4, 14),
        (5, 16),
        (6, 17),
    ]
    last = other.steps[0]
    assert isinstance(last, End)
    assert last.is_call


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("  - aks: What?", "5: 'aks' is no kind of step; there are ask, if, action, message, redirect, hand_over, end"),
        ("  - Hello.", "5: a step begins with one of ask:, if:, action:"),
        ("  - ask: What?", "5: this needs into: with the name of a variable"),
        ("  - ask: What?\n    into: My Name", "6: the variable 'My Name' must be of small letters, digits and _"),
        ("  - ask: What?\n    into: x\n    type: number", "7: type cannot be 'number': it is one of text, datetime,"),
        ("  - ask: What?\n    into: x\n    type: choice", "5: a choice needs options:"),
        ("  - ask: What?\n    into: x\n    options: [a, b]", "7: only a question of the type choice has options"),
        ("  - ask: What?\n    into: x\n    type: choice\n    options: [a]", "8: a choice has two options or more"),
        ("  - ask: What?\n    message: Hi.\n    into: x", "5: this is ask and message at once"),
        (
            "  - ask: What?\n    into: x\n    tpye: text",
            "7: a step of the kind ask has no key 'tpye'; did you",
        ),
        ("  - if: language\n    then: [end: topic]", "5: if needs one of is:, is_not:, is_one_of:, contains:"),
        ("  - if: language\n    is: en", "5: if needs then: with the steps to do"),
        ("  - end: everything", "5: end cannot be 'everything': it is one of topic, call"),
        ("  - end: topic\n  - message: Hi.", "6: this is never reached: the step before it leads away"),
        ("  - message: '{a'", "5: message: its braces do not match; a brace itself is written twice"),
        ("  - message: '{a.b}'", "5: message: in braces stands the name of a variable, not 'a.b'"),
        ("  message: Hi.", "5: steps must be a list: a line for each, with a dash before it"),
        ("  - message:", "5: message is empty"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(steps: str, told: str) -> None:
    """And with what would be right."""
    _, mistakes = read(HEAD + steps)
    assert [each for each in mistakes if each.startswith(told)] != [], mistakes


def test_every_mistake_of_a_file_is_told_at_once() -> None:
    """Nobody has to repair a file line by line."""
    _, mistakes = read(HEAD + "  - aks: a\n  - end: b\n  - if: c\n    is: d\n    then: [ask: e]\n")
    assert [each.partition(":")[0] for each in mistakes] == ["5", "6", "7", "9"]


def test_nesting_and_length_have_an_end() -> None:
    """What is too deep or too long is told, not followed."""
    deep = "[message: Hi.]"
    for _ in range(14):
        deep = f"[{{if: language, is: en, then: {deep}}}]"
    assert any("nested too deep" in each for each in read(f"topic: a\ntitle: T\ntriggers: [x]\nsteps: {deep}")[1])
    long = HEAD + "  - message: Hi.\n" * 400
    assert [each for each in read(long)[1] if "at most 300 steps" in each] == [
        "305: a topic has at most 300 steps: lead to another (redirect)"
    ]
