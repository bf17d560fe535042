"""The way through topics: every kind of step, and every way on."""

from datetime import datetime

import pytest

from agent.topics.values import Ask, Message, Topic
from agent.topics.walking import MOST_STEPS, Ended, Paths, Stop, Walk, holds, plainly
from tests.support.topics import NOW, topics_of

TEXT = """\
topic: a
title: T
triggers: [x]
steps:
  - ask: Which?
    into: kind
    otherwise:
      - message: Never mind.
      - end: topic
  - if: kind
    is_one_of: [New, newest]
    then:
      - message: It is new.
      - if: kind
        is: newest
        then: [redirect: b]
    else:
      - message: It is old.
  - message: So much for that.
"""
OTHER = "topic: b\ntitle: B\nsteps: [hand_over: about it]"


def said(paths: Paths, walk: Walk, now: datetime = NOW) -> tuple[list[str], Stop]:
    """All messages from a place on, and where they stop."""
    texts: list[str] = []
    while True:
        stop, walk = paths.next(walk, now)
        if not isinstance(stop, Message):
            return texts, stop
        texts.append(stop.text.in_language("en"))
        walk = paths.passed(walk)


@pytest.mark.parametrize(
    ("kind", "texts", "end"),
    [
        ("new.", ["It is new.", "So much for that."], Ended()),
        ("Newest", ["It is new."], Ended(hands_over=True, reason="about it")),
        ("old", ["It is old.", "So much for that."], Ended()),
        (None, ["Never mind."], Ended()),
    ],
)
def test_branches_come_together_again(kind: str | None, texts: list[str], end: Ended) -> None:
    """By what the variable holds; without an answer by ``otherwise``."""
    paths = Paths(topics_of(TEXT, OTHER))
    stop, walk = paths.next(paths.begin("a"), NOW)
    assert isinstance(stop, Ask)
    assert paths.step(walk) is stop
    walk = paths.failed(walk) if kind is None else paths.passed(walk, {"kind": kind})
    assert said(paths, walk) == (texts, end)


def test_a_step_without_otherwise_ends_the_topic() -> None:
    """As failed: somebody has to say so."""
    paths = Paths(topics_of("topic: a\ntitle: T\ntriggers: [x]\nsteps:\n  - ask: A?\n    into: a\n  - message: '{a}'"))
    _, walk = paths.next(paths.begin("a"), NOW)
    assert said(paths, paths.failed(walk)) == ([], Ended(has_failed=True))


def test_a_redirect_takes_no_variable_along() -> None:
    """A topic knows its own only."""
    paths = Paths(topics_of("topic: a\ntitle: T\ntriggers: [x]\nsteps: [redirect: b]", OTHER))
    _, walk = paths.next(paths.begin("a"), NOW)
    assert walk == Walk("b", 1)


def test_an_empty_topic_ends_at_once() -> None:
    """And a place that no file has is none."""
    paths = Paths(topics_of("topic: a\ntitle: T\ntriggers: [x]\nsteps: []"))
    assert paths.next(paths.begin("a"), NOW)[0] == Ended()
    assert not paths.has(Walk("a", 7))
    assert not paths.has(Walk("gone", 1))
    assert paths.has(Walk("a", None))


def test_a_circle_that_nobody_checked_has_an_end() -> None:
    """It fails after so many steps."""
    (topic,) = topics_of("topic: a\ntitle: T\ntriggers: [x]\nsteps:\n  - ask: A?\n    into: a\n  - redirect: a\n")
    silent = Topic("a", topic.title, topic.languages, topic.triggers, topic.steps[1:], topic.file)
    stop, _ = Paths((silent,)).next(Walk("a", 2), NOW)
    assert stop == Ended(has_failed=True)
    assert MOST_STEPS > 300


@pytest.mark.parametrize(
    ("comparison", "value", "is_so"),
    [
        ("is_not: red", "Red!", False),
        ("is_not: red", "blue", True),
        ("contains: battery", "The battery, again", True),
        ("contains: battery", "batteries", False),
        ("contains: ''", "x", None),
    ],
)
def test_texts_are_compared_as_they_are_said(comparison: str, value: str, is_so: bool | None) -> None:
    """Without case and punctuation, in whole words."""
    text = f"""\
topic: a
title: T
triggers: [x]
steps:
  - ask: A?
    into: a
  - if: a
    {comparison}
    then: [message: It is so.]
"""
    if is_so is None:
        with pytest.raises(AssertionError):
            topics_of(text)
        return
    paths = Paths(topics_of(text))
    _, walk = paths.next(paths.begin("a"), NOW)
    assert said(paths, paths.passed(walk, {"a": value}))[0] == (["It is so."] if is_so else [])


@pytest.mark.parametrize(
    ("comparison", "value", "is_so"),
    [
        ("before: now", "2026-11-20T06:34", True),
        ("before: now", "2026-11-20T06:36", False),
        ("after: 2026-11-01", "2026-11-20T06:36", True),
        ("after: 2026-11-20T08:00+02:00", "2026-11-20T06:30", True),
        ("after: 2026-11-20T09:00+02:00", "2026-11-20T06:30", False),
    ],
)
def test_moments_are_compared(comparison: str, value: str, is_so: bool) -> None:
    """Local ones, unless they tell a zone."""
    text = f"""\
topic: a
title: T
triggers: [x]
steps:
  - ask: A?
    into: a
    type: datetime
  - if: a
    {comparison}
    then: [message: It is so.]
"""
    paths = Paths(topics_of(text))
    _, walk = paths.next(paths.begin("a"), NOW)
    assert said(paths, paths.passed(walk, {"a": value}))[0] == (["It is so."] if is_so else [])


def test_words_are_found_in_any_script() -> None:
    """Whole where there are blanks; accents do not count."""
    assert plainly("Été, indien!") == "ete indien"
    assert holds("我想换新的主机", "主机")
    assert not holds("A newer one", "new")
