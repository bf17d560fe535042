"""Telephone numbers as they are said, to E.164."""

from typing import Final

import phonenumbers

from agent.spoken_numbers import digit_runs

NO_DIGITS: Final = "I did not hear a phone number"
TOO_SHORT: Final = "that number is too short for a phone number"
TOO_LONG: Final = "that number is too long for a phone number"
NOT_IN_USE: Final = "that does not seem to be a phone number"


class UnusableNumber(ValueError):
    """What was said is no telephone number; the message can be spoken."""


def parse_phone_number(said: str, region: str) -> str:
    """Find the telephone number in what was said and give it as E.164.

    Args:
        said: Digits in any mixture of numerals and words, in a sentence or alone.
        region: Where a number without country code belongs, ISO 3166-1 alpha-2.

    Raises:
        UnusableNumber: There is none, or it cannot be dialled.
    """
    runs = digit_runs(said)
    if not runs:
        raise UnusableNumber(NO_DIGITS)
    longest_first = sorted(runs, key=len, reverse=True)
    # Digits are lost to a word in between more often than a second number is said.
    joined = "".join(run.strip("+") for run in runs)
    for candidate in (*longest_first, joined):
        number = _parsed(candidate, region)
        if number is not None and phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    raise UnusableNumber(_reason(joined, region))


def _parsed(digits: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None


def _reason(digits: str, region: str) -> str:
    number = _parsed(digits, region)
    if number is None:
        return TOO_LONG if len(digits) > 15 else TOO_SHORT if len(digits) < 5 else NOT_IN_USE
    match phonenumbers.is_possible_number_with_reason(number):
        case phonenumbers.ValidationResult.TOO_SHORT | phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return TOO_SHORT
        case phonenumbers.ValidationResult.TOO_LONG:
            return TOO_LONG
        case _:
            return NOT_IN_USE
