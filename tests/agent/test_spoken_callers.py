"""Callers who speak of the line they call on."""

import pytest

from agent.spoken_callers import means_own_number


@pytest.mark.parametrize(
    ("said", "is_own"),
    [
        ("On this number.", True),
        ("the same number", True),
        ("The number I'm calling from", True),
        ("Use this phone, please", True),
        ("My number is two zero two", False),
        ("this number 202 555 0143", False),
        ("", False),
    ],
)
def test_the_own_line_is_told_from_a_number(said: str, is_own: bool) -> None:
    """Only words that point at the call itself mean its number; digits are always taken as said."""
    assert means_own_number(said) is is_own
