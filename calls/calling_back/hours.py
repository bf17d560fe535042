"""When somebody may be called, by the time where their number belongs. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone

_STEP: Final = timedelta(minutes=15)
_LOOKED_AHEAD: Final = timedelta(days=8)
_MOST_ZONES: Final = 12
"""A number of so many zones (free of charge, or of a satellite) tells nothing of where its owner is."""


@dataclass(frozen=True, slots=True)
class CallingHours:
    """From when to when, on which days."""

    begin: time = time(9)
    end: time = time(18)
    """Not in it any more; after ``begin``."""
    weekdays: frozenset[int] = frozenset(range(5))
    """0 is Monday."""

    def contain(self, moment: datetime) -> bool:
        """Whether a moment, in its own zone, is among them."""
        return moment.weekday() in self.weekdays and self.begin <= moment.time() < self.end


def zones_of(number: str, fallback: ZoneInfo) -> tuple[ZoneInfo, ...]:
    """Where a number (E.164) belongs: one zone, some of which nobody knows the right one, or the fallback."""
    try:
        names: Sequence[str] = timezone.time_zones_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return (fallback,)
    if len(names) > _MOST_ZONES:
        return (fallback,)
    found = tuple(zone for zone in map(_zone, names) if zone is not None)
    return found or (fallback,)


def next_moment(after: datetime, hours: CallingHours, zones: Sequence[ZoneInfo]) -> datetime:
    """The first moment from this one on that is among the hours in each of the zones (UTC).

    Zones that have no hour in common are told by the first of them.
    """
    for asked in (tuple(zones), tuple(zones)[:1]):
        moment = after.astimezone(UTC)
        while moment <= after + _LOOKED_AHEAD:
            if all(hours.contain(moment.astimezone(zone)) for zone in asked):
                return moment
            # To the next quarter of an hour: hours begin there, in every zone of the world.
            moment = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0) + _STEP
    return after.astimezone(UTC) + _LOOKED_AHEAD


def _zone(name: str) -> ZoneInfo | None:
    if name == timezone.UNKNOWN_TIMEZONE:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
