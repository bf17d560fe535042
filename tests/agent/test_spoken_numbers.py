"""Numbers as they are said."""

import pytest

from agent.spoken_numbers import digit_runs, numerals


@pytest.mark.parametrize(
    ("said", "runs"),
    [
        ("two, zero, two", ["202"]),
        ("202-555-0143", ["2025550143"]),
        ("double seven", ["77"]),
        ("triple five, oh one", ["55501"]),
        ("fifty five twenty", ["5520"]),
        ("seventeen", ["17"]),
        ("one eight hundred", ["1800"]),
        ("plus four four twenty", ["+4420"]),
        ("+1 202", ["+1202"]),
        ("it is 12 or maybe 34", ["12", "34"]),
        ("five and then six, uh, seven", ["567"]),
        ("12 + 34", ["12", "+34"]),
        ("nothing here", []),
        ("", []),
        ("+", []),
        ("double trouble seven", ["7"]),
    ],
)
def test_digits_are_found_in_stretches(said: str, runs: list[str]) -> None:
    """Digits said one by one, in words or numerals, make a stretch until another word ends it."""
    assert digit_runs(said) == runs


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("The twenty third at nine", "the 23rd at 9"),
        ("twenty-third", "23rd"),
        ("thirty one", "31"),
        ("the third of March", "the 3rd of march"),
        ("the twentieth", "the 20th"),
        ("nine thirty", "9 30"),
        ("twenty twenty six", "2026"),
        ("nineteen eighty seven", "1987"),
        ("two thousand and five", "2005"),
        ("on 11-16-2026", "on 11-16-2026"),
        ("the 25th, at 9:30.", "the 25th, at 9:30."),
        ("November 20 10 am", "november 20 10 am"),
        ("oh well", "oh well"),
    ],
)
def test_quantities_become_numerals(said: str, written: str) -> None:
    """Cardinals, ordinals and years are written as numerals; other words are left."""
    assert numerals(said) == written
