"""The time of day."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def local_now() -> datetime:
    """The time of day where the server stands: what "yesterday" is relative to."""
    return datetime.now().astimezone()
