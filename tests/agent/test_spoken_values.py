"""Values read aloud."""

from datetime import UTC, datetime

import pytest

from agent.claim import ClaimField, FieldType
from agent.spoken_values import speak_value

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        ("2026-11-16T09:00", "Monday, November 16 at 9 AM"),
        ("2026-11-16T21:30", "Monday, November 16 at 9 30 PM"),
        ("2026-11-16T09:05", "Monday, November 16 at 9 oh 5 AM"),
        ("2026-11-16T12:00", "Monday, November 16 at noon"),
        ("2026-11-16T00:30", "Monday, November 16 at 12 30 AM"),
        ("2026-11-16T00:00", "Monday, November 16"),
        ("2025-11-16T09:00", "Sunday, November 16, 2025 at 9 AM"),
    ],
)
def test_dates_are_read_with_their_weekday(value: str, spoken: str) -> None:
    """The year is said only if it is another one, the time only if one was given."""
    assert speak_value(ClaimField("incident_datetime", FieldType.DATETIME), value, now=NOW) == spoken


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        ("+12025550143", "two zero two, five five five, zero one four three"),
        ("+442079460958", "plus four four, two zero, seven nine four six, zero nine five eight"),
    ],
)
def test_phone_numbers_are_read_in_groups(value: str, spoken: str) -> None:
    """Digits are words, grouped as in their country, with a pause between the groups."""
    assert speak_value(ClaimField("phone_number", FieldType.PHONE_NUMBER), value, now=NOW) == spoken


def test_email_addresses_are_read_as_words() -> None:
    """Signs and digits are said by name."""
    field = ClaimField("email", FieldType.EMAIL)
    assert speak_value(field, "robert.miller@example.com", now=NOW) == "robert dot miller at example dot com"
    assert speak_value(field, "a_b-c2@example.com", now=NOW) == "a underscore b dash c two at example dot com"


def test_codes_are_spelled_and_texts_are_not() -> None:
    """A code is spelled sign by sign, a text is read without its stop."""
    assert speak_value(ClaimField("policy_number"), "AB-4711", now=NOW) == "A B dash four seven one one"
    assert speak_value(ClaimField("policy_number"), "I lost it", now=NOW) == "I lost it"
    assert speak_value(ClaimField("place"), "In Boston.", now=NOW) == "In Boston"
