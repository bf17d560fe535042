"""How days and times are said in French."""

import re
from types import MappingProxyType
from typing import Final

from agent.grammar.dates import Calendar, day_rules
from agent.grammar.grammar import ClockRule, DateWords, DayPart

_CALENDAR: Final = Calendar(
    months=(
        "janvier|janv",
        "février|fevrier|févr",
        "mars",
        "avril|avr",
        "mai",
        "juin",
        "juillet|juil",
        "août|aout",
        "septembre|sept",
        "octobre|oct",
        "novembre|nov",
        "décembre|decembre|déc",
    ),
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    units=MappingProxyType(
        {
            "minute": "minutes|minute",
            "hour": "heures|heure",
            "day": "jours|jour",
            "week": "semaines|semaine",
            "month": "mois",
            "year": "années|année|ans|an",
        }
    ),
    date=r"\b(?P<day>\d{1,2})(?:er)? <month>\b(?: (?P<year>\d{4}))?",
    ago=r"\bil y a (?:environ )?(?P<count>\d{1,3}|quelques) <unit>\b",
    ahead=r"\bdans (?P<count>\d{1,3}|quelques) <unit>\b",
    few=MappingProxyType({"quelques": 2}),
    farther=((r"\bavant[- ]hier\b", -2), (r"\baprès[- ]demain\b", 2)),
    nearer=(
        (r"\bhier\b", -1),
        (r"\bdemain\b", 1),
        (r"\baujourd'hui\b|\bce (?:matin|soir)\b|\bcet(?:te)? (?:après[- ]midi|nuit)\b", 0),
    ),
    last=r"\b<unit> (?:dernière|dernier|passée?)\b",
    next_weekday=r"\b<weekday> prochain\b",
    half_hour_ago=r"\bil y a 1 demi[- ]?heure\b",
)


def _clock(match: re.Match[str]) -> tuple[int, int] | None:
    """Read "3 heures moins le quart", "15h30", "midi et demi"."""
    hour = {"midi": 12, "minuit": 0}.get(match["hour"])
    total = 60 * (int(match["hour"]) if hour is None else hour)
    more, less = match["more"], match["less"]
    if more:
        total += {"demi": 30, "demie": 30, "quart": 15, "1 quart": 15}.get(more) or int(more)
    elif less:
        total -= 15 if less.endswith("quart") else int(less)
    elif match["minute"]:
        total += int(match["minute"])
    return total // 60, total % 60


_ROUND: Final = (
    r"(?: et (?P<more>demie?|(?:1 )?quart|\d{1,2})| moins (?P<less>(?:le |1 )?quart|\d{1,2})"
    r"| ?(?P<minute>[0-5]?\d)(?!\d|:| (?:janv|fév|fev|mars|avr|mai|juin|juil|ao|sep|oct|nov|déc|dec)))?(?!\w)"
)
FRENCH_DATES: Final = DateWords(
    clocks=(
        ClockRule(
            re.compile(rf"(?<!il y a )(?<!dans )(?<!environ )\b(?P<hour>\d{{1,2}}) ?(?:heures?|h){_ROUND}"), _clock
        ),
        ClockRule(re.compile(r"\b(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?P<more>)(?P<less>)\b"), _clock),
        ClockRule(re.compile(rf"\b(?P<hour>midi|minuit)\b{_ROUND}"), _clock),
    ),
    parts=(
        DayPart(re.compile(r"\baprès[- ]midi\b"), 15, is_late=True),
        DayPart(re.compile(r"\bmat(?:in|inée)\b"), 9),
        DayPart(re.compile(r"\bsoir(?:ée)?\b"), 18, is_late=True),
        DayPart(re.compile(r"\bnuit\b"), 22, is_night=True),
    ),
    days=day_rules(_CALENDAR),
    day_of_month=re.compile(r"\ble (?P<day>\d{1,2})\b(?! ?(?:h\b|heures?|:|minutes?))"),
)
