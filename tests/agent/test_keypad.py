"""Keys of the telephone as the caller's words."""

import pytest

from agent.interpret import Heard, Intent
from agent.keypad import heard_keys


@pytest.mark.parametrize("utterance", ["", "In Boston.", "one", "1.", "12", "2 0 b", "1  2", "#"])
def test_words_are_no_keys(utterance: str) -> None:
    """They are interpreted as words."""
    assert heard_keys(utterance, is_yes_or_no=True) is None


@pytest.mark.parametrize("utterance", ["*", "2 0 *", "* 4 2"])
def test_a_star_asks_to_hear_it_again(utterance: str) -> None:
    """Also amid a number: whoever mistyped begins anew."""
    for is_yes_or_no in (True, False):
        assert heard_keys(utterance, is_yes_or_no=is_yes_or_no) == Heard(Intent.REPEAT)


def test_one_is_yes_and_two_is_no_where_that_is_waited_for() -> None:
    """Elsewhere they are digits."""
    assert heard_keys("1", is_yes_or_no=True) == Heard(Intent.YES)
    assert heard_keys("2", is_yes_or_no=True) == Heard(Intent.NO)
    assert heard_keys("3", is_yes_or_no=True) == Heard(Intent.ANSWER, "3")
    assert heard_keys("1", is_yes_or_no=False) == Heard(Intent.ANSWER, "1")


def test_digits_are_an_answer() -> None:
    """As they were pressed."""
    assert heard_keys(" 2 0 2 ", is_yes_or_no=True) == Heard(Intent.ANSWER, "2 0 2")
