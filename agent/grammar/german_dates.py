"""How days and times are said in German."""

import re
from types import MappingProxyType
from typing import Final

from agent.grammar.dates import Calendar, day_rules
from agent.grammar.grammar import ClockRule, DateWords, DayPart

_CALENDAR: Final = Calendar(
    months=(
        "januar|jänner|jan",
        "februar|feber|feb",
        "märz|mär|maerz",
        "april|apr",
        "mai",
        "juni|juno|jun",
        "juli|julei|jul",
        "august|aug",
        "september|sept|sep",
        "oktober|okt",
        "november|nov",
        "dezember|dez",
    ),
    weekdays=(
        "montags?",
        "dienstags?",
        "mittwochs?",
        "donnerstags?",
        "freitags?",
        "samstags?|sonnabends?",
        "sonntags?",
    ),
    units=MappingProxyType(
        {
            "minute": "minuten|minute",
            "hour": "stunden|stunde",
            "day": "tagen|tage|tag",
            "week": "wochen|woche",
            "month": "monaten|monate|monat",
            "year": "jahren|jahre|jahr",
        }
    ),
    date=r"\b(?P<day>\d{1,2})\.? ?<month>\b(?: (?P<year>\d{4}))?",
    ago=r"\bvor (?:etwa |ungefähr |circa )?(?P<count>\d{1,3}|einer|einem|ein paar|paar) <unit>\b",
    ahead=r"\bin (?:etwa |ungefähr )?(?P<count>\d{1,3}|einer|einem|ein paar|paar) <unit>\b",
    few=MappingProxyType({"einer": 1, "einem": 1, "ein paar": 2, "paar": 2}),
    farther=(
        (r"\bvorvorgestern\b", -3),
        (r"\bvorgestern\b", -2),
        (r"\bübermorgen\b", 2),
    ),
    nearer=(
        (r"\bgestern\b", -1),
        (r"(?<!heute )(?<!gestern )(?<!am )(?<!tag )\bmorgen\b", 1),
        (r"\bheute\b", 0),
    ),
    last=r"\b(?:letzte[nrms]?|vorige[nrms]?|vergangene[nrms]?) <unit>\b",
    next_weekday=r"\b(?:nächste[nrs]?|kommende[nrs]?) <weekday>\b",
    half_hour_ago=r"\bvor (?:einer )?halben stunde\b",
)


def _clock(match: re.Match[str]) -> tuple[int, int] | None:
    """Read "halb 4", "viertel nach 3", "5 vor halb 4", "15 Uhr 30", "Mittag"."""
    groups = match.groupdict()
    hour = {"mittag": 12, "mitternacht": 0, "ein": 1}.get(match["hour"])
    total = 60 * (int(match["hour"]) if hour is None else hour)
    total -= 30 if groups.get("half") else 15 if groups.get("three_quarters") else 0
    offset = groups.get("offset")
    if offset:
        minutes = 15 if offset == "viertel" else int(offset)
        total += minutes if groups["side"] == "nach" else -minutes
    total += int(groups.get("minute") or groups.get("dotted") or 0)
    return total // 60, total % 60


_HOUR: Final = r"(?P<hour>\d{1,2}|mittag|mitternacht)(?!\d)(?: uhr)?"
_NO_DATE: Final = r"(?! ?(?:\.|minuten?|stunden?|tagen?|wochen?|monaten?|jahren?))"
GERMAN_DATES: Final = DateWords(
    clocks=(
        ClockRule(
            re.compile(rf"\b(?P<offset>viertel|\d{{1,2}})(?: minuten)? (?P<side>vor|nach) (?P<half>halb )?{_HOUR}\b"),
            _clock,
        ),
        ClockRule(
            re.compile(rf"\b(?:(?P<half>halb)|(?P<three_quarters>dreiviertel|drei viertel|3 viertel)) {_HOUR}\b"),
            _clock,
        ),
        ClockRule(
            re.compile(r"\b(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d)(?!\d)|\.(?P<dotted>[0-5]\d) ?uhr\b)"), _clock
        ),
        ClockRule(re.compile(r"\b(?P<hour>\d{1,2}|ein) ?uhr\b(?: (?P<minute>[0-5]?\d)\b)?"), _clock),
        ClockRule(
            re.compile(rf"\b(?:um|gegen|ab|bis|so um|kurz vor|kurz nach) (?P<hour>\d{{1,2}})\b{_NO_DATE}"), _clock
        ),
        ClockRule(re.compile(r"\b(?P<hour>mittag|mitternacht)\b"), _clock),
    ),
    parts=(
        DayPart(re.compile(r"\bnachmittags?\b"), 15, is_late=True),
        DayPart(re.compile(r"\b(?:vormittags?|morgens|früh|(?:heute|gestern|am|tag) morgen|\w+tagmorgen)\b"), 9),
        DayPart(re.compile(r"\bmittags\b"), 12, is_late=True),
        DayPart(re.compile(r"\b\w*abends?\b"), 18, is_late=True),
        DayPart(re.compile(r"\bnachts?\b"), 22, is_night=True),
    ),
    days=day_rules(_CALENDAR),
    day_of_month=re.compile(r"\b(?:am|den|der) (?P<day>\d{1,2})\b(?! ?(?:uhr|:|minuten?))"),
)
