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


@pytest.mark.parametrize(
    ("language", "value", "spoken"),
    [
        ("fr", "2026-11-16T09:00", "lundi 16 novembre à 9 heures"),
        ("fr", "2026-11-01T21:30", "dimanche 1er novembre à 21 heures 30"),
        ("fr", "2025-11-16T12:00", "dimanche 16 novembre 2025 à midi"),
        ("fr", "2026-11-16T01:05", "lundi 16 novembre à 1 heure 5"),
        ("es", "2026-11-16T09:00", "lunes, 16 de noviembre, a las 9 de la mañana"),
        ("es", "2026-11-16T13:30", "lunes, 16 de noviembre, a la 1 y 30 de la tarde"),
        ("es", "2025-11-16T22:00", "domingo, 16 de noviembre de 2025, a las 10 de la noche"),
        ("de", "2026-11-16T09:00", "Montag, der 16. November, um 9 Uhr"),
        ("de", "2026-11-16T15:30", "Montag, der 16. November, um 15 Uhr 30"),
        ("de", "2025-11-16T00:00", "Sonntag, der 16. November 2025"),
        ("zh", "2026-11-16T09:00", "11月16日星期一上午9点"),
        ("zh", "2026-11-16T14:05", "11月16日星期一下午两点零5分"),
        ("zh", "2026-11-16T22:30", "11月16日星期一晚上10点30分"),
        ("zh", "2025-11-16T12:00", "2025年11月16日星期日中午12点"),
        ("zh", "2026-11-16T00:30", "11月16日星期一凌晨0点30分"),
    ],
)
def test_dates_are_read_in_every_language(language: str, value: str, spoken: str) -> None:
    """As people say them on the phone."""
    field = ClaimField("incident_datetime", FieldType.DATETIME)
    assert speak_value(field, value, now=NOW, language=f"{language}-XX") == spoken


@pytest.mark.parametrize(
    ("language", "value", "spoken"),
    [
        ("fr", "+33612345678", "zéro six, un deux, trois quatre, cinq six, sept huit"),
        ("es", "+442079460958", "más cuatro cuatro, dos cero, siete nueve cuatro seis, cero nueve cinco ocho"),
        ("de", "+493023125007", "null drei null, zwei drei eins zwei fünf null null sieben"),
        ("zh", "+8613800138000", "幺三八，零零幺三，八零零零"),
    ],
)
def test_phone_numbers_are_read_in_every_language(language: str, value: str, spoken: str) -> None:
    """In groups; the code of the language's own country is not said."""
    assert speak_value(ClaimField("phone", FieldType.PHONE_NUMBER), value, now=NOW, language=language) == spoken


@pytest.mark.parametrize(
    ("language", "spoken"),
    [
        ("fr", "a tiret du bas b deux arobase exemple point fr"),
        ("es", "a guion bajo b dos arroba exemple punto fr"),
        ("de", "a Unterstrich b zwei at exemple Punkt fr"),
        ("zh", "a 下划线 b 二 艾特 exemple 点 fr"),
    ],
)
def test_addresses_are_read_in_every_language(language: str, spoken: str) -> None:
    """Signs and digits by their names."""
    assert speak_value(ClaimField("email", FieldType.EMAIL), "a_b2@exemple.fr", now=NOW, language=language) == spoken
