"""How days and times are said in Spanish."""

import re
from types import MappingProxyType
from typing import Final

from agent.grammar.dates import Calendar, day_rules
from agent.grammar.grammar import ClockRule, DateWords, DayPart

_MORNING: Final = r"(?:(?:de|por|en|a) la|esta|ayer(?: por la)?) mañana"
_CALENDAR: Final = Calendar(
    months=(
        "enero|ene",
        "febrero|feb",
        "marzo|mar",
        "abril|abr",
        "mayo|may",
        "junio|jun",
        "julio|jul",
        "agosto|ago",
        "septiembre|setiembre|sept",
        "octubre|oct",
        "noviembre|nov",
        "diciembre|dic",
    ),
    weekdays=("lunes", "martes", "miércoles|miercoles", "jueves", "viernes", "sábado|sabado", "domingo"),
    units=MappingProxyType(
        {
            "minute": "minutos|minuto",
            "hour": "horas|hora",
            "day": "días|dias|día|dia",
            "week": "semanas|semana",
            "month": "meses|mes",
            "year": "años|año",
        }
    ),
    date=r"\b(?P<day>\d{1,2}) de <month>\b(?: (?:de|del) (?P<year>\d{4}))?",
    ago=r"\bhace (?:unos |unas )?(?P<count>\d{1,3}|un par de|unos|unas|un|una) <unit>\b",
    ahead=r"\b(?:dentro de|en) (?P<count>\d{1,3}|un par de|un|una) <unit>\b",
    few=MappingProxyType({"un par de": 2, "unos": 2, "unas": 2, "un": 1, "una": 1}),
    farther=(
        (r"\b(?:anteayer|antier|antes de ayer)\b", -2),
        (r"\banteanoche\b", -2),
        (r"\bpasado mañana\b", 2),
    ),
    nearer=(
        (r"\b(?:ayer|anoche)\b", -1),
        (r"(?<!\bla )(?<!\besta )(?<!\bayer )\bmañana\b", 1),
        (r"\bhoy\b|\besta (?:mañana|tarde|noche|madrugada)\b", 0),
    ),
    last=r"\b<unit> pasad[oa]\b",
    next_weekday=r"(?:(?<=\bpróximo )|(?<=\bproximo )|\b(?=\w+ que viene\b))<weekday>\b",
    half_hour_ago=r"\bhace media hora\b",
)


def _clock(match: re.Match[str]) -> tuple[int, int] | None:
    """Read "las 3 y media", "la 1 menos cuarto", "15:30", "mediodía"."""
    hour = {"mediodía": 12, "mediodia": 12, "medianoche": 0}.get(match["hour"])
    total = 60 * (int(match["hour"]) if hour is None else hour)
    more, less = match["more"], match["less"]
    if more:
        total += {"media": 30, "cuarto": 15}.get(more) or int(more)
    elif less:
        total -= 15 if less == "cuarto" else int(less)
    elif match["minute"]:
        total += int(match["minute"])
    return total // 60, total % 60


_ROUND: Final = (
    r"(?: y (?P<more>media|cuarto|\d{1,2})| menos (?P<less>cuarto|\d{1,2})|(?: horas)?(?: |:|\.)?(?P<minute>[0-5]\d))?"
    r"(?: en punto)?(?!\w)(?! de (?:ene|feb|mar|abr|may|jun|jul|ago|sep|set|oct|nov|dic))"
)
SPANISH_DATES: Final = DateWords(
    clocks=(
        ClockRule(re.compile(rf"\blas? (?P<hour>\d{{1,2}})(?!\d){_ROUND}"), _clock),
        ClockRule(re.compile(r"\b(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?P<more>)(?P<less>)\b"), _clock),
        ClockRule(re.compile(rf"(?<!hace )(?<!unas )(?<!de )(?<!en )\b(?P<hour>\d{{1,2}}) horas\b{_ROUND}"), _clock),
        ClockRule(re.compile(rf"\b(?P<hour>mediod[ií]a|medianoche)\b{_ROUND}"), _clock),
    ),
    parts=(
        DayPart(re.compile(rf"\b{_MORNING}\b"), 9),
        DayPart(re.compile(r"\btarde\b"), 15, is_late=True),
        DayPart(re.compile(r"\b(?:noche|anoche|anteanoche)\b"), 21, is_night=True),
        DayPart(re.compile(r"\bmadrugada\b"), 3),
    ),
    days=day_rules(_CALENDAR),
    day_of_month=re.compile(r"\bel (?:día )?(?P<day>\d{1,2})\b(?! ?(?:horas?|:|minutos?))"),
)
