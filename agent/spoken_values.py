"""Values of a claim, read aloud: the normal form in words that any voice reads well."""

from datetime import datetime
from types import MappingProxyType
from typing import Final

import phonenumbers

from agent.claim import ClaimField, FieldType
from agent.spoken_numbers import UNITS
from agent.spoken_texts import is_code

_WORDS_OF_DIGITS: Final = MappingProxyType({str(value): word for word, value in UNITS.items()})
_WORDS_OF_SIGNS: Final = MappingProxyType(
    {"@": "at", ".": "dot", "_": "underscore", "-": "dash", "+": "plus", "/": "slash"}
)
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def speak_value(field: ClaimField, value: str, *, now: datetime) -> str:
    """Read a value aloud, without a stop at its end.

    Args:
        field: What the value is for.
        value: In normal form.
        now: The moment of the call: the year of a date is said only if it is another one.
    """
    match field.type:
        case FieldType.DATETIME:
            return speak_moment(datetime.fromisoformat(value), now=now)
        case FieldType.PHONE_NUMBER:
            return speak_phone_number(value)
        case FieldType.EMAIL:
            return _spelled(value)
        case FieldType.TEXT if is_code(field) and " " not in value:
            return speak_code(value)
        case _:
            return value.rstrip(" .,;:!?")


def speak_moment(moment: datetime, *, now: datetime) -> str:
    """Read a local date and time; midnight, which stands for "no time was said", is left out."""
    day = f"{_WEEKDAYS[moment.weekday()]}, {_MONTHS[moment.month - 1]} {moment.day}"
    if moment.year != now.year:
        day += f", {moment.year}"
    if moment.hour == moment.minute == 0:
        return day
    if (moment.hour, moment.minute) == (12, 0):
        return f"{day} at noon"
    hour = moment.hour % 12 or 12
    # Written without a colon: voices stumble over "9:05".
    minute = "" if moment.minute == 0 else f" oh {moment.minute}" if moment.minute < 10 else f" {moment.minute}"
    return f"{day} at {hour}{minute} {'AM' if moment.hour < 12 else 'PM'}"


def speak_phone_number(e164: str) -> str:
    """Read a number digit by digit in the groups of its country; "+1" is not said."""
    number = phonenumbers.parse(e164)
    style = phonenumbers.PhoneNumberFormat
    national = phonenumbers.format_number(number, style.NATIONAL if number.country_code == 1 else style.INTERNATIONAL)
    groups: list[list[str]] = [[]]
    for character in national:
        if character in _WORDS_OF_DIGITS:
            groups[-1].append(_WORDS_OF_DIGITS[character])
        elif character == "+":
            groups[-1].append("plus")
        elif groups[-1]:
            groups.append([])
    return ", ".join(" ".join(group) for group in groups if group)


def speak_code(code: str) -> str:
    """Spell a code: "A B dash four seven one one"."""
    return " ".join(_WORDS_OF_DIGITS.get(sign) or _WORDS_OF_SIGNS.get(sign, sign) for sign in code)


def _spelled(address: str) -> str:
    """Read an e-mail address: words as words, signs and digits by their names."""
    spoken = "".join(f" {_WORDS_OF_SIGNS[sign]} " if sign in _WORDS_OF_SIGNS else sign for sign in address)
    spoken = "".join(f" {_WORDS_OF_DIGITS[sign]} " if sign in _WORDS_OF_DIGITS else sign for sign in spoken)
    return " ".join(spoken.split())
