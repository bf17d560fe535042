"""Values of a claim: from what was said, or written by a model, to their normal form.

| type         | normal form                                                          |
|--------------|----------------------------------------------------------------------|
| text         | trimmed, without fillers, first letter a capital                      |
| datetime     | ISO 8601 to the minute, the caller's local time: "2026-11-16T09:00"   |
| email        | lower case                                                           |
| phone_number | E.164                                                                |

A normal form is its own normal form.
"""

from datetime import datetime
from typing import Final, assert_never

from agent.claim import ClaimField, FieldType
from agent.errors import InvalidValue, Refusal
from agent.spoken_dates import parse_moment
from agent.spoken_emails import UnusableAddress, parse_email
from agent.spoken_phones import UnusableNumber, parse_phone_number
from agent.spoken_texts import NothingSaid, parse_text

NO_DATE: Final = Refusal.NO_DATE


def parse_value(
    field: ClaimField,
    said: str,
    *,
    now: datetime,
    region: str = "US",
    language: str = "en",
    replacing: str = "",
) -> str:
    """Bring what was said for a field into the field's normal form.

    Args:
        field: What the value is for.
        said: The caller's words, as a recogniser writes them, or the normal form itself.
        now: The moment of the call, in the caller's time zone.
        region: Where a phone number without country code belongs, ISO 3166-1 alpha-2.
        language: What was said in, BCP 47.
        replacing: The value that this one corrects, in normal form: what a date
            leaves unsaid ("no, on Tuesday") is taken from it.

    Raises:
        InvalidValue: The words hold no such value.
    """
    try:
        match field.type:
            case FieldType.TEXT:
                return parse_text(field, said, language)
            case FieldType.DATETIME:
                previous = datetime.fromisoformat(replacing) if replacing else None
                moment = parse_moment(said, now=now, language=language, previous=previous)
                if moment is None:
                    raise InvalidValue(field.name, NO_DATE)
                return moment.isoformat(timespec="minutes")
            case FieldType.EMAIL:
                return parse_email(said, language)
            case FieldType.PHONE_NUMBER:
                return parse_phone_number(said, region, language)
            case _:
                assert_never(field.type)
    except (NothingSaid, UnusableAddress, UnusableNumber) as error:
        raise InvalidValue(field.name, error.refusal) from error


def warm_up(now: datetime) -> None:
    """Let the parsers load their tables (about 0.1 s), so that no caller waits for it."""
    parse_moment("yesterday at nine", now=now)
    parse_phone_number("+1 202 555 0143", "US")
