"""Values of a claim, read aloud: the normal form in words that any voice reads well."""

from datetime import datetime

import phonenumbers

from agent.claim import ClaimField, FieldType
from agent.grammar.grammar import Reading
from agent.grammar.known import grammar_for
from agent.spoken_texts import is_code


def speak_value(field: ClaimField, value: str, *, now: datetime, language: str = "en") -> str:
    """Read a value aloud, without a stop at its end.

    Args:
        field: What the value is for.
        value: In normal form.
        now: The moment of the call: the year of a date is said only if it is another one.
        language: To read it in, BCP 47.
    """
    reading = grammar_for(language).reading
    match field.type:
        case FieldType.DATETIME:
            # Midnight, which stands for "no time was said", is left out.
            return reading.moment(datetime.fromisoformat(value), now)
        case FieldType.PHONE_NUMBER:
            return _phone_number(value, reading)
        case FieldType.EMAIL:
            return _spelled(value, reading)
        case FieldType.TEXT if is_code(field) and " " not in value:
            return _code(value, reading)
        case _:
            return value.rstrip(" .,;:!?。，；：！？")


def _phone_number(e164: str, reading: Reading) -> str:
    """Read a number digit by digit in the groups of its country; the code of a home country is not said."""
    number = phonenumbers.parse(e164)
    style = phonenumbers.PhoneNumberFormat
    is_home = number.country_code in reading.home_codes
    written = phonenumbers.format_number(number, style.NATIONAL if is_home else style.INTERNATIONAL)
    digits = reading.phone_digits or reading.digits
    groups: list[list[str]] = [[]]
    for character in written:
        if character in "0123456789":
            groups[-1].append(digits[int(character)])
        elif character == "+":
            groups[-1].append(reading.signs["+"])
        elif groups[-1]:
            groups.append([])
    return reading.group_gap.join(reading.gap.join(group) for group in groups if group)


def _code(code: str, reading: Reading) -> str:
    """Spell a code: "A B dash four seven one one"."""
    return " ".join(_sign(character, reading) for character in code)


def _spelled(address: str, reading: Reading) -> str:
    """Read an e-mail address: words as words, signs and digits by their names."""
    spoken = "".join(character if character.isalpha() else f" {_sign(character, reading)} " for character in address)
    return " ".join(spoken.split())


def _sign(character: str, reading: Reading) -> str:
    return reading.digits[int(character)] if character in "0123456789" else reading.signs.get(character, character)
