"""Days as our other languages say them: rules made of a calendar of words.

Each rule finds a day and writes it for dateparser in English, whose tables need not be
loaded anew for each language.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from agent.grammar.grammar import DayRule

_MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMERIC: Final = re.compile(
    r"(?<![\d/.-])(?P<day>\d{1,2})(?P<sign>[/.-]) ?(?P<month>\d{1,2})"
    r"(?:(?P=sign) ?(?P<year>\d{4}|\d{2})(?!\d)|(?P=sign)?)(?![\d:])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The words for days, in small letters.

    Texts are regular expressions, in which ``<month>``, ``<weekday>``, ``<unit>`` and ``<exact>``
    (a unit of hours or minutes) stand for groups of these names.
    """

    months: tuple[str, ...]
    """Twelve, beginning with January: all forms of each, between bars."""
    weekdays: tuple[str, ...]
    """Seven, beginning with Monday: all forms of each."""
    units: Mapping[str, str]
    """By its English name: all forms of each."""
    date: str
    """Has a ``day``, a ``<month>``, maybe a ``year``."""
    ago: str
    """Has a ``count`` and ``<unit>``, or ``<exact>``."""
    ahead: str
    few: Mapping[str, int]
    """Words that may stand for a count."""
    farther: tuple[tuple[str, int], ...]
    """Words that hold another of ``nearer``, and how many days they are from today."""
    nearer: tuple[tuple[str, int], ...]
    last: str
    """The last ``<unit>``."""
    next_weekday: str
    half_hour_ago: str


def day_rules(calendar: Calendar) -> tuple[DayRule, ...]:
    """The rules for days, the most explicit first."""

    def found(
        text: str, write: Callable[[re.Match[str]], str], *, keeps_time: bool = False, prefer: str = "past"
    ) -> DayRule:
        return DayRule(re.compile(_filled(text, calendar)), write, keeps_time=keeps_time, prefer=prefer)

    def span(match: re.Match[str]) -> str:
        return f"{_count(match['count'], calendar)} {_named(match['unit'], calendar.units)}s"

    def ago(match: re.Match[str]) -> str:
        return f"{span(match)} ago"

    def ahead(match: re.Match[str]) -> str:
        return f"in {span(match)}"

    weekdays = dict(zip(_WEEKDAYS, calendar.weekdays, strict=True))
    months = dict(zip(_MONTHS, calendar.months, strict=True))

    def weekday(match: re.Match[str]) -> str:
        return _named(match["weekday"], weekdays)

    def date(match: re.Match[str]) -> str:
        return f"{match['day']} {_named(match['month'], months)} {match.groupdict().get('year') or ''}"

    return (
        found(calendar.date, date),
        DayRule(_NUMERIC, _numeric),
        *(found(words, _offset(days)) for words, days in calendar.farther),
        found(calendar.half_hour_ago, lambda _match: "30 minutes ago", keeps_time=True),
        found(calendar.ago.replace("<unit>", "<exact>"), ago, keeps_time=True),
        found(calendar.ahead.replace("<unit>", "<exact>"), ahead, keeps_time=True),
        found(calendar.ago, ago),
        found(calendar.ahead, ahead),
        *(found(words, _offset(days)) for words, days in calendar.nearer),
        found(calendar.next_weekday, weekday, prefer="future"),
        found("<weekday>", weekday),
        found(calendar.last, lambda match: f"1 {_named(match['unit'], calendar.units)} ago"),
    )


def _filled(text: str, calendar: Calendar) -> str:
    exact = f"{calendar.units['minute']}|{calendar.units['hour']}"
    for name, group, forms in (
        ("<month>", "month", calendar.months),
        ("<weekday>", "weekday", calendar.weekdays),
        ("<unit>", "unit", tuple(calendar.units.values())),
        ("<exact>", "unit", (exact,)),
    ):
        # The longest first: "noviembre" before "nov".
        words = sorted("|".join(forms).split("|"), key=len, reverse=True)
        text = text.replace(name, f"(?P<{group}>{'|'.join(words)})")
    return text


def _named(said: str, forms: Mapping[str, str]) -> str:
    return next(name for name, words in forms.items() if re.fullmatch(words, said))


def _count(word: str, calendar: Calendar) -> int:
    return int(word) if word.isdecimal() else calendar.few[word]


def _offset(days: int) -> Callable[[re.Match[str]], str]:
    phrase = "today" if days == 0 else f"{-days} days ago" if days < 0 else f"in {days} days"
    return lambda _match: phrase


def _numeric(match: re.Match[str]) -> str:
    """Read "16.11.2026" or "16/11": the day stands first."""
    month = int(match["month"])
    year = match["year"] or ""
    if not 1 <= month <= 12:
        return ""
    return f"{match['day']} {_MONTHS[month - 1]} {f'20{year}' if len(year) == 2 else year}"
