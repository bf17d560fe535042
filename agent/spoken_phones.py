"""Telephone numbers as they are said, to E.164."""

from typing import Final

import phonenumbers

from agent.errors import Refusal
from agent.grammar.known import grammar_for
from agent.spoken_numbers import digit_runs

NO_DIGITS: Final = Refusal.NO_DIGITS
TOO_SHORT: Final = Refusal.NUMBER_TOO_SHORT
TOO_LONG: Final = Refusal.NUMBER_TOO_LONG
NOT_IN_USE: Final = Refusal.NOT_A_NUMBER


class UnusableNumber(ValueError):
    """What was said is no telephone number.

    Attributes:
        refusal: Why not.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def parse_phone_number(said: str, region: str, language: str = "en") -> str:
    """Find the telephone number in what was said and give it as E.164.

    Args:
        said: Digits in any mixture of numerals and words, in a sentence or alone.
        region: Where a number without country code belongs, ISO 3166-1 alpha-2.
        language: Of the words, BCP 47.

    Raises:
        UnusableNumber: There is none, or it cannot be dialled.
    """
    runs = digit_runs(said, grammar_for(language).numbers)
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


def _reason(digits: str, region: str) -> Refusal:
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
