"""What somebody looks for among the calls, as the search form sends it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

import phonenumbers

from stores.records import NextAction, Satisfaction
from stores.search import CallQuery

_LONGEST_NUMBER = 64


@dataclass(frozen=True, slots=True)
class CallSearch:
    """A search: as it was typed, but for days that are none, and as the store understands it."""

    phone_number: str = ""
    first_day: str = ""
    last_day: str = ""
    satisfaction: str = ""
    next_action: str = ""
    query: CallQuery = field(default_factory=CallQuery)
    problems: tuple[str, ...] = ()
    """What cannot be understood, each in a sentence."""

    @property
    def is_empty(self) -> bool:
        """Every call is looked for."""
        return not self.fields

    @property
    def fields(self) -> dict[str, str]:
        """What was typed, without what was left empty."""
        typed = {
            "phone_number": self.phone_number,
            "from": self.first_day,
            "to": self.last_day,
            "satisfaction": self.satisfaction,
            "next_action": self.next_action,
        }
        return {name: value for name, value in typed.items() if value}

    def url(self, home_url: str, *, cursor: str = "") -> str:
        """Where this search, or a later page of it, is found."""
        fields = self.fields | ({"cursor": cursor} if cursor else {})
        return f"{home_url}?{urlencode(fields)}" if fields else home_url


def read_search(typed: Mapping[str, str]) -> CallSearch:
    """Understand a form.

    Args:
        typed: Its fields by name: phone_number, from, to (days in UTC, both included), satisfaction, next_action.
    """
    problems: list[str] = []
    first = _day(typed.get("from", ""), "The first day", problems)
    last = _day(typed.get("to", ""), "The last day", problems)
    if first and last and last < first:
        problems.append("The last day is before the first.")
    satisfaction, next_action = typed.get("satisfaction", ""), typed.get("next_action", "")
    if satisfaction and satisfaction not in {each.value for each in Satisfaction}:
        problems.append("There is no such satisfaction.")
    if next_action and next_action not in {each.value for each in NextAction}:
        problems.append("There is no such next action.")
    number = searched_number(typed.get("phone_number", ""))
    if not number.isprintable() or len(number) > _LONGEST_NUMBER:
        problems.append("The phone number is none, and no beginning of one.")
    query = CallQuery()
    if not problems:
        query = CallQuery(
            number_prefix=number,
            started_from=_midnight(first) if first else None,
            started_before=_midnight(last + timedelta(days=1)) if last else None,
            satisfaction=Satisfaction(satisfaction) if satisfaction else None,
            next_action=NextAction(next_action) if next_action else None,
        )
    first_day, last_day = (day.isoformat() if day else "" for day in (first, last))
    return CallSearch(number, first_day, last_day, satisfaction, next_action, query, tuple(problems))


def searched_number(typed: str) -> str:
    """The E.164 number that somebody looks for, or its beginning; as it was typed when it is neither.

    A plus sign that was not encoded arrives as a space.
    """
    number = typed.strip()
    if typed[:1] == " " and number[:1].isdigit():
        number = f"+{number}"
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        pass
    digits = re.sub(r"[\s().\-/]", "", number)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    return digits if re.fullmatch(r"\+?\d+", digits) else number


def _day(typed: str, name: str, problems: list[str]) -> date | None:
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year < 9999:
        problems.append(f"{name} is no date as in 2026-11-20.")
        return None
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
