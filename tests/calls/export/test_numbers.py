"""Numbers that tell who somebody is."""

import re

import pytest

from agent.grammar.known import grammar_for
from calls.export.numbers import is_card, is_iban, number_spans, phone_number, spoken_runs
from calls.export.spans import apart


def found(text: str, region: str = "US") -> list[tuple[str, str]]:
    """Kind and stretch of what is found."""
    return [(span.kind, text[span.start : span.end]) for span in apart(number_spans(text, [region], {}))]


@pytest.mark.parametrize(
    ("digits", "is_one"),
    [
        ("4111111111111111", True),
        ("378282246310005", True),
        ("4111111111111112", False),
        ("0000000000000000", False),
        ("411111111111", False),
    ],
)
def test_cards(digits: str, is_one: bool) -> None:
    """By Luhn's check digit and their length."""
    assert is_card(digits) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("DE89370400440532013000", True),
        ("FR14 2004 1010 0505 0001 3M02 606", True),
        ("GB82 WEST 1234 5698 7654 32", True),
        ("DE89370400440532013001", False),
        ("DE8937", False),
        ("1289370400440532013000", False),
    ],
)
def test_ibans(text: str, is_one: bool) -> None:
    """By their check digits and their length."""
    assert is_iban(text) is is_one


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call 617-555-0143 now", [("PHONE", "617-555-0143")]),
        ("card 4111-1111-1111-1111.", [("CARD", "4111-1111-1111-1111")]),
        ("IBAN DE89 3704 0044 0532 0130 00 and more", [("IBAN", "DE89 3704 0044 0532 0130 00")]),
        ("number 99 88 77 66 55 44 33 22", [("NUMBER", "99 88 77 66 55 44 33 22")]),
        ("on 2026-11-19T18:30:00Z and 19.11.2026, 12/31/2026", []),
        ("18:30, room 12, 350 dollars, 12,000 miles", []),
        ("my DNI 12345678Z is old", [("NUMBER", "12345678Z")]),
        ("my NIE is X1234567L", [("POLICY", "X1234567L")]),
        ("A one two three four five", [("POLICY", "A one two three four five")]),
        ("one, two, three: go", []),
        ("I am 42 and I have 2 cars", []),
    ],
)
def test_what_is_a_number_of_somebody(text: str, expected: list[tuple[str, str]]) -> None:
    """Written, or said; not dates, times, amounts."""
    assert found(text) == expected


def test_what_is_configured() -> None:
    """A kind of its own, the same however it is separated."""
    patterns = {"PLATE": (re.compile(r"[A-Z]{2}[ -]\d{3}"),)}
    spans = number_spans("AB-123 and AB 123", ["US"], patterns)
    assert {(span.kind, span.identity) for span in spans} == {("PLATE", "AB123")}


def test_runs_of_spoken_digits() -> None:
    """Groups, repeats, letters and pauses; another word ends a run."""
    words = grammar_for("en").numbers
    runs = spoken_runs("B double seven, um, twenty one then nine and that is three", words)
    assert [run.written for run in runs] == ["B77219", "3"]


def test_telephone_numbers() -> None:
    """In the region's form or with the country's code; others are none."""
    assert phone_number("617 555 0143", "US") == phone_number("+16175550143", None) == "+16175550143"
    assert phone_number("12", "US") == phone_number("617 555 0143", None) == phone_number("?", "US") == ""
