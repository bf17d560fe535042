"""Dates and times as they are said: "on Monday at nine", "the third of March at half past four".

The clock time is read here, the day is found here and handed to dateparser in a
form that it knows. What is not said is taken from ``previous``, so that "no, on
Tuesday" keeps the hour, and else from the start of the day.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import dateparser
from dateparser.search import search_dates

from agent.grammar.known import GRAMMARS
from agent.spoken_numbers import numerals
from agent.texts.bundled import primary_subtag
from agent.worded_dates import understand

_MONTHS: Final = (
    r"(?:january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul"
    r"|august|aug|september|sept|sep|october|oct|november|nov|december|dec)"
)
_WEEKDAYS: Final = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_DAY_NUMBER: Final = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_MERIDIEM: Final = r"(?: ?(?P<meridiem>am|pm))?\b"
_DAY_PART: Final = re.compile(
    r"\b(?:in the|this|yesterday|that|early|late|at|last|tomorrow|" + _WEEKDAYS + r")(?: \w+)? ?"
    r"\b(?P<part>morning|afternoon|evening|night)\b|\b(?P<tonight>tonight)\b"
)
_HOURS_OF_PARTS: Final[Mapping[str, int]] = {"morning": 9, "afternoon": 15, "evening": 18, "night": 22}
"""What is noted when only the part of the day was said; it is read back to the caller."""

_CLOCKS: Final = (
    re.compile(
        r"\b(?P<minutes>half|quarter|\d{1,2}(?= minutes?)|\d{1,2}(?= (?:past|to|till)))(?: minutes?)? "
        r"(?P<side>past|after|to|before|till) (?P<hour>\d{1,2}|noon|midnight)\b" + _MERIDIEM
    ),
    re.compile(r"\b(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::\d\d)?\b" + _MERIDIEM),
    re.compile(r"\b(?P<hour>\d{1,2}) (?:oh (?P<small>\d)|(?P<minute>[1-5]\d))\b(?!:)" + _MERIDIEM),
    re.compile(r"\b(?P<hour>\d{1,2}?)(?P<minute>[0-5]\d)? ?(?P<meridiem>am|pm)\b"),
    re.compile(r"\b(?P<hour>\d{1,2}) ?o'?clock\b" + _MERIDIEM),
    re.compile(
        r"\b(?:at|around|about|by|before|after|until|till|from|since) (?:about |around |exactly )?(?P<hour>\d{1,2})\b"
        rf"(?! (?:minute|hour|day|week|month|year|{_MONTHS}))(?![/.-]\d)"
    ),
    re.compile(r"\b(?P<hour>\d{1,2})(?= (?:in the|at) (?:morning|afternoon|evening|night)\b)"),
    re.compile(r"\b(?P<hour>noon|midday|midnight)\b"),
)
"""Ways to say a time, the most explicit first."""


@dataclass(frozen=True, slots=True)
class _DayRule:
    """A way to say a day: where it is found, and how it is written for dateparser."""

    pattern: re.Pattern[str]
    write: Callable[[re.Match[str]], str]
    keeps_time: bool = False
    """The phrase tells the time too ("two hours ago")."""
    prefer: str = "past"
    """Which of the days that fit: the last one ("past") or the coming one ("future")."""


_DAYS: Final = (
    _DayRule(
        re.compile(rf"\b({_DAY_NUMBER})(?: day)?(?: of)? ({_MONTHS})\b(?:,? (\d{{4}}))?"),
        lambda match: f"{match[1]} {match[2]} {match[3] or ''}",
    ),
    _DayRule(
        re.compile(rf"\b({_MONTHS}) (?:the )?({_DAY_NUMBER})\b(?!:)(?:,? (\d{{4}}))?"),
        lambda match: f"{match[2]} {match[1]} {match[3] or ''}",
    ),
    _DayRule(re.compile(r"\b\d{1,4}([/.-])\d{1,2}\1\d{1,4}\b|\b\d{1,2}/\d{1,2}\b"), lambda match: match[0]),
    _DayRule(re.compile(r"\bday before yesterday\b"), lambda _match: "2 days ago"),
    _DayRule(re.compile(r"\bday after tomorrow\b"), lambda _match: "in 2 days"),
    _DayRule(
        re.compile(r"\b(\d{1,3}|an?|a couple(?: of)?|half an) (minute|hour)s? ago\b"),
        lambda match: "30 minutes ago" if match[1] == "half an" else f"{_count(match[1])} {match[2]}s ago",
        keeps_time=True,
    ),
    _DayRule(
        re.compile(r"\b(\d{1,3}|an?|a couple(?: of)?) (day|week|month|year)s? ago\b"),
        lambda match: f"{_count(match[1])} {match[2]}s ago",
    ),
    _DayRule(re.compile(r"\b(?:yesterday|today|tomorrow)\b"), lambda match: match[0]),
    _DayRule(re.compile(r"\blast night\b"), lambda _match: "yesterday"),
    _DayRule(re.compile(rf"\bnext ({_WEEKDAYS})\b"), lambda match: match[1], prefer="future"),
    _DayRule(re.compile(rf"\b{_WEEKDAYS}\b"), lambda match: match[0]),
    _DayRule(re.compile(r"\blast (week|month|year)\b"), lambda match: f"1 {match[1]} ago"),
    _DayRule(re.compile(r"\b(?:this (?:morning|afternoon|evening)|tonight)\b"), lambda _match: "today"),
)
"""Ways to say a day, the most explicit first; of one kind the last said counts."""

_COMING_DAYS: Final = (
    _DayRule(
        re.compile(r"\bin (\d{1,3}|an?|a couple(?: of)?|half an) (minute|hour)s?\b"),
        lambda match: "in 30 minutes" if match[1] == "half an" else f"in {_count(match[1])} {match[2]}s",
        keeps_time=True,
    ),
    _DayRule(
        re.compile(r"\bin (\d{1,3}|an?|a couple(?: of)?) (day|week|month|year)s?\b"),
        lambda match: f"in {_count(match[1])} {match[2]}s",
    ),
    _DayRule(re.compile(r"\bnext (week|month|year)\b"), lambda match: f"in 1 {match[1]}"),
)
"""Ways to say a day that is to come, where no past one can be meant."""

_DAY_OF_MONTH: Final = re.compile(r"\bthe (\d{1,2})(?:st|nd|rd|th)\b")
"""A day without a month: dateparser takes it for one of the current month, past or not."""
_MOST_CHARACTERS: Final = 400
"""Of a text that is searched for a date: more is no answer to "when"."""


def parse_moment(
    said: str, *, now: datetime, language: str = "en", previous: datetime | None = None, is_coming: bool = False
) -> datetime | None:
    """Find the date and time in what was said.

    Args:
        said: A sentence, or an ISO 8601 date with or without time.
        now: What "yesterday" is relative to; its time zone is the caller's.
        language: BCP 47; languages that we have no words for are left to dateparser.
        previous: What was understood before, for what is not said again.
        is_coming: Of the days that fit, the next one is meant; else the last one.

    Returns:
        Local time of the caller without time zone, to the minute; None if there is no date.
    """
    said = said.strip()[:_MOST_CHARACTERS]
    local_now = now.replace(tzinfo=None)
    written = _iso_moment(said, now)
    if written is not None:
        return written
    primary = primary_subtag(language)
    if primary != "en":
        return _worded_moment(said, local_now, primary, previous, is_coming=is_coming)
    text = _canonical(said)
    clock, text_without_clock = _clock(text)
    clock = clock if clock is not None else _part_of_day(text)
    day, moment_time = _day(text_without_clock, local_now, is_coming=is_coming)
    if day is not None and moment_time is not None:
        return datetime.combine(day, moment_time)
    return _joined(day, clock, local_now, previous, is_coming=is_coming)


def _joined(
    day: date | None, clock: time | None, now: datetime, previous: datetime | None, *, is_coming: bool
) -> datetime | None:
    """Put day and time of day together; what was not said is taken from before."""
    if day is None:
        return None if clock is None else _nearest_at(clock, now, previous, is_coming=is_coming)
    return datetime.combine(day, clock or (previous.time() if previous else time()))


def _worded_moment(
    said: str, now: datetime, language: str, previous: datetime | None, *, is_coming: bool
) -> datetime | None:
    """Read another language by its tables; one that has none is left to dateparser."""
    grammar = GRAMMARS.get(language)
    if grammar is None or grammar.dates is None:
        return _foreign_moment(said, now, language, "future" if is_coming else "past")

    def parse(phrase: str, prefer: str) -> datetime | None:
        if numbered := re.fullmatch(r"the (\d+)", phrase):
            day = _nearest_numbered(int(numbered[1]), now.date(), timedelta(days=1 if is_coming else -1))
            return None if day is None else datetime.combine(day, time())
        return _parse_with_dateparser(phrase, now, "en", "future" if is_coming else prefer) if phrase else None

    found = understand(said, grammar.dates, grammar.numbers, parse)
    if found.exact is not None:
        return found.exact.replace(second=0, microsecond=0)
    return _joined(found.day, found.clock, now, previous, is_coming=is_coming)


def _iso_moment(said: str, now: datetime) -> datetime | None:
    """Read ISO 8601, as a model or a form writes it."""
    try:
        moment = datetime.fromisoformat(said)
        if moment.tzinfo is not None:
            moment = moment.astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=None, second=0, microsecond=0)


def _canonical(said: str) -> str:
    """Lower case, numerals, "am" and "pm" joined, no punctuation that separates words."""
    text = re.sub(r"\b([ap])(?:\.\s?|\s)m\b\.?", r"\1m", said.casefold().replace("’", "'"))
    text = re.sub(r"(?<=\d)(?=[ap]m\b)", " ", text)
    text = numerals(re.sub(r"[,;!?]|\.(?!\d)", " ", text))
    return " ".join(re.sub(r"\bo clock\b", "o'clock", text).split())


def _clock(text: str) -> tuple[time | None, str]:
    """Read the time of day; give also the text without it, so that its numbers are not taken for days."""
    for pattern in _CLOCKS:
        for match in reversed(list(pattern.finditer(text))):
            before = text[: match.start()].rsplit(" ", 2)
            if len(before) > 1 and re.fullmatch(_MONTHS, before[-2]) and ":" not in match[0] and " " in match[0]:
                continue  # "March 3 30": the first number is the day
            clock = _clock_of(match, text)
            if clock is not None:
                return clock, f"{text[: match.start()]} {text[match.end() :]}"
    return None, text


def _clock_of(match: re.Match[str], text: str) -> time | None:
    """Work out the time that a pattern found; None for what no clock shows."""
    groups = match.groupdict()
    hour_word = groups["hour"]
    hour = {"noon": 12, "midday": 12, "midnight": 0}.get(hour_word)
    if hour is None:
        hour = _in_24_hours(int(hour_word), groups.get("meridiem") or "", _named_part(text))
    minute = int(groups.get("minute") or groups.get("small") or 0)
    if not 0 <= hour < 24:
        return None
    total_minutes = 60 * hour + minute
    if groups.get("side"):
        offset = {"half": 30, "quarter": 15}.get(groups["minutes"]) or int(groups["minutes"])
        total_minutes += offset if groups["side"] in {"past", "after"} else -offset
    return time(total_minutes // 60 % 24, total_minutes % 60)


def _in_24_hours(hour: int, meridiem: str, part: str) -> int:
    """Place an hour in the day; an hour without any hint is left as it was said."""
    is_late = meridiem == "pm" or (not meridiem and part in {"afternoon", "evening"})
    is_late = is_late or (not meridiem and part == "night" and 5 <= hour < 12)
    if is_late and hour < 12:
        return hour + 12
    is_early = meridiem == "am" or (not meridiem and part in {"morning", "night"})
    return 0 if is_early and hour == 12 else hour


def _named_part(text: str) -> str:
    """Find the part of the day that was named, if any; the last one counts."""
    found = list(_DAY_PART.finditer(text))
    if not found:
        return ""
    return "evening" if found[-1]["tonight"] else found[-1]["part"]


def _part_of_day(text: str) -> time | None:
    """Give the hour that stands for a part of the day."""
    hour = _HOURS_OF_PARTS.get(_named_part(text))
    return None if hour is None else time(hour)


def _day(text: str, now: datetime, *, is_coming: bool) -> tuple[date | None, time | None]:
    """Find the day, and the time if the phrase for the day tells it."""
    for rule in (*_COMING_DAYS, *_DAYS) if is_coming else _DAYS:
        prefer = "future" if is_coming else rule.prefer
        for match in reversed(list(rule.pattern.finditer(text))):
            moment = _parse_with_dateparser(rule.write(match), now, "en", prefer)
            if moment is not None:
                exact = moment.time().replace(second=0, microsecond=0) if rule.keeps_time else None
                return moment.date(), exact
    numbered = _DAY_OF_MONTH.search(text)
    step = timedelta(days=1 if is_coming else -1)
    return (_nearest_numbered(int(numbered[1]), now.date(), step) if numbered else None), None


def _nearest_numbered(number: int, today: date, step: timedelta) -> date | None:
    """Find the nearest day, today or on one side of it, that has this number in its month."""
    return next((day for day in (today + count * step for count in range(62)) if day.day == number), None)


def _count(word: str) -> str:
    return word if word.isdigit() else "2" if "couple" in word else "1"


def _nearest_at(clock: time, now: datetime, previous: datetime | None, *, is_coming: bool) -> datetime:
    """Take the day that was said before, or else the last time the clock showed this, or the next one."""
    if previous is not None:
        return datetime.combine(previous.date(), clock)
    today = datetime.combine(now.date(), clock)
    if is_coming:
        return today if today > now else today + timedelta(days=1)
    return today if today <= now else today - timedelta(days=1)


def _foreign_moment(said: str, now: datetime, language: str, prefer: str) -> datetime | None:
    """Leave another language to dateparser altogether."""
    moment = _parse_with_dateparser(said, now, language, prefer)
    if moment is None:
        try:
            found = search_dates(said, languages=[language], settings=_settings(now, prefer))
        except (ValueError, OverflowError):
            return None
        moment = found[-1][1].replace(tzinfo=None) if found else None
    return moment.replace(second=0, microsecond=0) if moment else None


def _parse_with_dateparser(phrase: str, now: datetime, language: str, prefer: str = "past") -> datetime | None:
    try:
        moment = dateparser.parse(phrase, languages=[language], settings=_settings(now, prefer))
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=None) if moment else None


def _settings(now: datetime, prefer: str = "past") -> dict[str, object]:
    return {"PREFER_DATES_FROM": prefer, "RELATIVE_BASE": now, "RETURN_AS_TIMEZONE_AWARE": False}
