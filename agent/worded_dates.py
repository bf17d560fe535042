"""Dates and times in a language that has tables for them: "vorgestern um halb vier", "昨天下午三点". Pure.

The clock time is read by the language's own rules; the day is found by them and written
in a form that dateparser knows.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from agent.grammar.grammar import DateWords, DayPart, NumberWords
from agent.spoken_numbers import quantities

_PUNCTUATION: Final = re.compile(r"[,;!?¿¡，。！？、；：]|\.(?!\d)|(?<!\d):|:(?!\d)")
_LAST_HOUR_AFTER_NOON: Final = 5
"""Of hours that are told to be "at noon"."""
ParseDay = Callable[[str, str], datetime | None]
"""Reads an English phrase; the second argument tells which of the days that fit, "past" or "future"."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What was found; None is what was not said."""

    day: date | None = None
    clock: time | None = None
    exact: datetime | None = None
    """A phrase that told both: "two hours ago"."""


def understand(said: str, dates: DateWords, numbers: NumberWords, parse: ParseDay) -> Understood:
    """Find the day and the time of day in what was said.

    Args:
        said: A sentence.
        dates: How days and times are said in its language.
        numbers: How numbers are said in it.
        parse: Reads the day.
    """
    text = _canonical(said, numbers)
    part = _part(text, dates)
    clock, rest = _clock(text, dates, part)
    if clock is None and part is not None:
        clock = time(part.hour)
    was_named = False
    for rule in dates.days:
        for match in reversed(list(rule.pattern.finditer(rest))):
            was_named = True
            moment = parse(rule.write(match), rule.prefer)
            if moment is not None:
                return Understood(exact=moment) if rule.keeps_time else Understood(moment.date(), clock)
    # The 31st of February is not the 31st of another month.
    numbered = None if was_named else dates.day_of_month.search(rest)
    moment = parse(f"the {numbered['day']}", "") if numbered else None
    return Understood(moment.date() if moment else None, clock)


def _canonical(said: str, numbers: NumberWords) -> str:
    """Lower case, numerals, no punctuation that separates words."""
    text = unicodedata.normalize("NFKC", said).casefold().replace("’", "'")
    text = quantities(_PUNCTUATION.sub(" ", text), numbers)
    return ("" if numbers.is_unspaced else " ").join(text.split())


def _part(text: str, dates: DateWords) -> DayPart | None:
    """Find the part of the day that was named, if any; the last one counts."""
    found = [(match.end(), -index) for index, part in enumerate(dates.parts) for match in part.pattern.finditer(text)]
    return dates.parts[-max(found)[1]] if found else None


def _clock(text: str, dates: DateWords, part: DayPart | None) -> tuple[time | None, str]:
    """Read the time of day; give also the text without it, so that its numbers are not taken for days."""
    for rule in dates.clocks:
        for match in reversed(list(rule.pattern.finditer(text))):
            read = rule.read(match)
            if read is not None and 0 <= read[0] <= 24 and 0 <= read[1] < 60:
                hour = _in_24_hours(read[0], part) % 24
                return time(hour, read[1]), f"{text[: match.start()]} {text[match.end() :]}"
    return None, text


def _in_24_hours(hour: int, part: DayPart | None) -> int:
    """Place an hour in the day; an hour without any hint is left as it was said."""
    if part is None or hour > 12:
        return hour
    is_evening = part.is_night or (part.is_late and part.hour >= 18)
    if hour == 12:
        return 0 if is_evening or part.hour < 6 else 12
    if part.is_night:
        return hour + 12 if hour >= 5 else hour
    if part.is_late and part.hour == 12:
        return hour + 12 if hour <= _LAST_HOUR_AFTER_NOON else hour
    return hour + 12 if part.is_late else hour
