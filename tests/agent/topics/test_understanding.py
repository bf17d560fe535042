"""What words are as an answer to a question of a topic."""

from dataclasses import replace

import pytest

from agent.claim import Claim
from agent.dialogue import Dialogue
from agent.errors import InvalidValue
from agent.interpret import Intent
from agent.topics.understanding import Listening, heard_as, value_of
from agent.topics.values import Ask
from tests.support.topics import NOW, topics_of

DIALOGUE = Dialogue(Claim(()), caller_number="+12025550143")
LISTENING = Listening(now=NOW, region="US", language="en-US")


def asking(kind: str, options: str = "") -> Ask:
    """A question of this type."""
    (topic,) = topics_of(
        f"topic: a\ntitle: T\ntriggers: [x]\nsteps:\n  - ask: A?\n    into: a\n    type: {kind}\n{options}"
    )
    ask = topic.steps[0]
    assert isinstance(ask, Ask)
    return ask


CHOICE = "    options: {new: [series x, series, '1x'], old: [the old one]}\n"


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("text", "um, it does not start", "It does not start"),
        ("text", "No, wait, I mean the controller.", "The controller"),
        ("datetime", "yesterday at nine", "2026-11-19T09:00"),
        ("email", "ann at example dot com", "ann@example.com"),
        ("phone_number", "202 555 0199", "+12025550199"),
        ("phone_number", "the one I am calling from", "+12025550143"),
        ("yes_no", "Yes, please.", "yes"),
        ("yes_no", "No, thanks", "no"),
        ("yes_no", "1", "yes"),
        ("yes_no", "2", "no"),
        ("choice", "It is the Series X.", "new"),
        ("choice", "I think the old one", "old"),
        ("choice", "2", "old"),
    ],
)
def test_answers_are_brought_into_their_normal_form(kind: str, said: str, value: str) -> None:
    """As values of a claim are."""
    assert value_of(asking(kind, CHOICE if kind == "choice" else ""), said, DIALOGUE, LISTENING) == value


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("datetime", "my cat"),
        ("email", "ann example"),
        ("phone_number", "twelve"),
        ("yes_no", "the red one"),
        ("choice", "something else"),
        ("choice", "new or old, I do not care"),
        ("choice", "7"),
    ],
)
def test_what_is_no_answer_is_refused(kind: str, said: str) -> None:
    """With a reason that a model can read."""
    with pytest.raises(InvalidValue) as refused:
        value_of(asking(kind, CHOICE if kind == "choice" else ""), said, DIALOGUE, LISTENING)
    assert refused.value.reason


def test_a_withheld_number_is_not_ones_own() -> None:
    """There is none to take."""
    with pytest.raises(InvalidValue):
        value_of(asking("phone_number"), "my own number", replace(DIALOGUE, caller_number=""), LISTENING)


def test_keys_are_yes_or_no_where_that_is_asked() -> None:
    """Elsewhere they are what they are."""
    assert heard_as(None, "1", "en").intent is Intent.YES
    assert heard_as(asking("text"), "1", "en").intent is Intent.ANSWER
    assert heard_as(asking("text"), "*", "en").intent is Intent.REPEAT
