"""The time of day."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def local_now() -> datetime:
    """The time of day where the server stands: what "yesterday" is relative to."""
    return datetime.now().astimezone()


def clock_of(time_zone: str) -> Callable[[], datetime]:
    """The callers' clock: of their time zone (IANA), or of the server's where none is named."""
    return partial(datetime.now, ZoneInfo(time_zone)) if time_zone else local_now
