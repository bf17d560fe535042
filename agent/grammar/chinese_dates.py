"""How days and times are said in Chinese."""

import re
from types import MappingProxyType
from typing import Final

from agent.grammar.dates import Calendar, day_rules
from agent.grammar.grammar import ClockRule, DateWords, DayPart

_CALENDAR: Final = Calendar(
    months=tuple(f"{number}" for number in range(1, 13)),
    weekdays=tuple(
        "|".join(f"{week}{number}" for week in ("星期", "礼拜", "周")) for number in (*range(1, 7), "[日天]")
    ),
    units=MappingProxyType(
        {
            "minute": "分钟|分",
            "hour": "个小时|小时|个钟头|钟头",
            "day": "天",
            "week": "个星期|星期|个礼拜|礼拜|周",
            "month": "个月|月",
            "year": "年",
        }
    ),
    date=r"(?:(?P<year>\d{4})年)?(?<!\d)<month>月(?P<day>\d{1,2})[日号]?",
    ago=r"(?<!\d)(?P<count>\d{1,3}|几)<unit>(?:以前|之前|前)",
    ahead=r"(?<!\d)(?P<count>\d{1,3}|几)<unit>(?:以后|之后|后)",
    few=MappingProxyType({"几": 2}),
    farther=(("大前天", -3), ("前天|前晚", -2), ("大后天", 3), ("后天", 2)),
    nearer=(("昨[天日晚]", -1), ("明[天日晚早]", 1), ("今[天日晚早]", 0)),
    last=r"上(?:个|1)?<unit>(?![1-6日天])",
    next_weekday=r"下(?:个)?<weekday>",
    half_hour_ago=r"半(?:个)?(?:小时|钟头)(?:以前|之前|前)",
)


def _clock(match: re.Match[str]) -> tuple[int, int] | None:
    """Read "3点半", "9点1刻", "15:30", "差5分3点", "中午"."""
    groups = match.groupdict()
    total = 60 * int(match["hour"])
    rest = groups.get("rest") or ""
    if rest == "半":
        total += 30
    elif rest.endswith("刻"):
        total += 15 * int(rest[0])
    elif groups.get("minute"):
        total += int(match["minute"])
    total -= int(groups.get("less") or 0)
    return total // 60, total % 60


CHINESE_DATES: Final = DateWords(
    clocks=(
        ClockRule(re.compile(r"差(?P<less>\d{1,2})分(?:钟)?(?:到)?(?P<hour>\d{1,2})[点时]"), _clock),
        ClockRule(
            re.compile(
                r"(?<!\d)(?P<hour>\d{1,2})(?:点钟|点整|点|时)"
                r"(?:(?P<rest>半|[13]刻)|过?零?(?P<minute>[0-5]?\d)(?!\d|[月号日])分?)?"
            ),
            _clock,
        ),
        ClockRule(re.compile(r"(?<!\d)(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)"), _clock),
    ),
    parts=(
        DayPart(re.compile("凌晨|清早"), 5),
        DayPart(re.compile("早上|上午|早晨|清晨|今早|明早"), 9),
        DayPart(re.compile("中午|正午"), 12, is_late=True),
        DayPart(re.compile("下午|午后"), 15, is_late=True),
        DayPart(re.compile("晚上|傍晚|今晚|昨晚|明晚|前晚"), 18, is_late=True),
        DayPart(re.compile("半夜|午夜|夜里|深夜"), 22, is_night=True),
    ),
    days=day_rules(_CALENDAR),
    day_of_month=re.compile(r"(?<![\d月])(?P<day>\d{1,2})[号日]"),
    is_unspaced=True,
)
