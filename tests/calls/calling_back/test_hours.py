"""Nobody is called at night, wherever they are."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from calls.calling_back.hours import CallingHours, next_moment, zones_of

HOURS = CallingHours()
PARIS, NEW_YORK, LOS_ANGELES = (ZoneInfo(each) for each in ("Europe/Paris", "America/New_York", "America/Los_Angeles"))


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """In March 2026; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_where_a_number_belongs() -> None:
    """By its beginning; what tells nothing is where we are told."""
    assert zones_of("+33612345678", NEW_YORK) == (PARIS,)
    assert zones_of("+12125550143", PARIS) == (NEW_YORK,)
    assert zones_of("+18005550143", PARIS) == (PARIS,)
    assert zones_of("", PARIS) == (PARIS,)
    assert len(zones_of("+16025550143", PARIS)) >= 1


@pytest.mark.parametrize(
    ("after", "moment"),
    [
        (utc(2, 10, 7), utc(2, 10, 7)),
        (utc(2, 3), utc(2, 8)),
        (utc(2, 7, 59), utc(2, 8)),
        (utc(2, 17), utc(3, 8)),
        (utc(6, 18), utc(9, 8)),
        (utc(7, 12), utc(9, 8)),
    ],
)
def test_the_next_moment(after: datetime, moment: datetime) -> None:
    """Now, or in the morning, or after the weekend; Paris is an hour ahead."""
    assert next_moment(after, HOURS, [PARIS]) == moment


def test_hours_move_with_the_summer() -> None:
    """On the 29th of March Paris puts its clocks forward: the next morning begins an hour earlier."""
    assert next_moment(utc(29, 20), HOURS, [PARIS]) == utc(30, 7)


def test_a_number_of_several_zones() -> None:
    """It must be the hour in each of them; where they have none in common, in the first."""
    assert next_moment(utc(2, 14), HOURS, [NEW_YORK, LOS_ANGELES]) == utc(2, 17)
    assert next_moment(utc(2, 3), HOURS, [PARIS, ZoneInfo("Asia/Tokyo"), LOS_ANGELES]) == utc(2, 8)


def test_moments_of_any_zone() -> None:
    """What is given in another zone is the same moment."""
    assert next_moment(datetime(2026, 3, 2, 11, tzinfo=PARIS), HOURS, [PARIS]) == utc(2, 10)
