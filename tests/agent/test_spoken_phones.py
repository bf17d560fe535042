"""Telephone numbers as they are said."""

import pytest

from agent.spoken_phones import NO_DIGITS, NOT_IN_USE, TOO_LONG, TOO_SHORT, UnusableNumber, parse_phone_number


@pytest.mark.parametrize(
    "said",
    [
        "202-555-0143",
        "(202) 555-0143.",
        "+12025550143",
        "two, zero, two, five, five, five, zero, one, four, three",
        "You can reach me on two, zero, two, five, five, five, zero, one, four, three.",
        "You can reach me on 2, 0, 2, 5, 5, 5, 0, 1, 4, 3",
        "two oh two, triple five, oh one four three",
        "It's 202, 555, and then zero one four three.",
        "area code 202 and the rest is five five five oh one forty three",
        "I have one phone, it is two zero two five five five zero one four three",
    ],
)
def test_spoken_numbers_become_e164(said: str) -> None:
    """Numerals, words and mixtures of them, in a sentence or alone, give one number."""
    assert parse_phone_number(said, "US") == "+12025550143"


def test_the_region_counts_for_numbers_without_country_code() -> None:
    """A national number is read as one of the region; with a country code it needs none."""
    assert parse_phone_number("020 7946 0958", "GB") == "+442079460958"
    assert parse_phone_number("plus four four two oh seven nine four six oh nine five eight", "US") == "+442079460958"


def test_doubled_digits_count_twice() -> None:
    """The word "double" repeats the digit behind it."""
    assert parse_phone_number("two zero two five five five zero one double four", "US") == "+12025550144"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", NO_DIGITS),
        ("hello", NO_DIGITS),
        ("five five five", TOO_SHORT),
        ("one", TOO_SHORT),
        ("5550143", TOO_SHORT),
        ("202 555 0143 202 555 0143", TOO_LONG),
        ("1" * 40, TOO_LONG),
        ("111 111 1111", NOT_IN_USE),
    ],
)
def test_the_reason_says_what_is_wrong(said: str, reason: str) -> None:
    """A number that cannot be dialled is refused with a reason that can be spoken."""
    with pytest.raises(UnusableNumber) as caught:
        parse_phone_number(said, "US")
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("language", "region", "said", "number"),
    [
        ("fr", "FR", "zéro six douze trente-quatre cinquante-six soixante-dix-huit", "+33612345678"),
        ("fr", "FR", "C'est le 06 12 34 56 78.", "+33612345678"),
        ("fr", "FR", "c'est le zéro un quarante-deux double sept zéro zéro onze", "+33142770011"),
        ("fr", "FR", "plus trois trois, six, douze, trente-quatre, cinquante-six, septante-huit", "+33612345678"),
        ("es", "ES", "mi número es el seis doce treinta y cuatro cincuenta y seis setenta y ocho", "+34612345678"),
        ("es", "ES", "nueve uno doble siete cuatro cinco seis siete ocho", "+34917745678"),
        ("de", "DE", "null drei null zwo drei eins zwo fünf doppel null sieben", "+493023125007"),
        ("de", "DE", "null eins sieben sechs einundzwanzig vierunddreißig sechsundfünfzig acht", "+491762134568"),
        ("de", "DE", "plus vier neun drei null doppelsieben eins zwei drei vier fünf", "+49307712345"),
        ("zh", "CN", "幺三八零零幺三八零零零", "+8613800138000"),
        ("zh", "CN", "我的电话是一三九一二三四五六七八。", "+8613912345678"),
        ("zh", "CN", "１３８ 0013 8000", "+8613800138000"),
        ("zh", "CN", "加八六，一三八，零零幺，三八，三个零", "+8613800138000"),
    ],
)
def test_numbers_are_understood_in_every_language(language: str, region: str, said: str, number: str) -> None:
    """Pairs, doubled digits and the words of each language for them."""
    assert parse_phone_number(said, region, language) == number
