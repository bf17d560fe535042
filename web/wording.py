"""How the pages write numbers, times, values and names."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import overload

import phonenumbers

from stores.records import CallRecord, LineKind

_CENT = 0.01


def spaced_number(number: str) -> str:
    """A number as it is printed: +33 6 12 34 56 78; as it is when it is none."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number


def caller_name(call: CallRecord) -> str:
    """Who is at the other end, as far as is known."""
    if call.line is LineKind.BROWSER:
        return "A browser"
    return spaced_number(call.phone_number) or "Withheld number"


def in_words(name: str) -> str:
    """An identifier as people write it: ``policy_number`` is Policy number."""
    return name.replace("_", " ").capitalize()


@overload
def shown_value(value: str, kind: str) -> str: ...
@overload
def shown_value(value: str | None, kind: str) -> str | None: ...
def shown_value(value: str | None, kind: str) -> str | None:
    """A value of a claim as people write it: its normal form, but for dates and phone numbers."""
    if value is None:
        return None
    if kind == "phone_number":
        return spaced_number(value)
    if kind == "datetime":
        with suppress(ValueError):
            at = datetime.fromisoformat(value)
            return f"{at.day} {at:%b %Y, %H:%M} {at:%Z}".strip()
    return value


def clock(seconds: float) -> str:
    """A place in a call: 1:05, or 1:00:05 in a long one."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours}:{minutes_left:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def duration(seconds: float) -> str:
    """How long something lasted: 1 min 18 s."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def date_and_time(at: datetime) -> str:
    """A moment: 20 Nov 2026, 09:30 UTC."""
    return f"{at.day} {at:%b %Y, %H:%M %Z}"


def day_name(day: date, today: date) -> str:
    """A day as people call it: Today, Yesterday, Thu 19 Nov; with its year when it is another."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    name = f"{day:%a} {day.day} {day:%b}"
    return name if day.year == today.year else f"{name} {day.year}"


def usd(amount: float) -> str:
    """An amount of US dollars, small ones to where they begin: $1.24, $0.0031."""
    if amount >= _CENT or amount == 0:
        return f"${amount:,.2f}"
    return f"${amount:.4f}" if amount >= 0.0001 else "< $0.0001"


def counted(number: int, one: str, several: str = "") -> str:
    """How many of what: 1 call, 1,200 calls."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
