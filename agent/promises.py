"""What we promise in somebody else's name: kept as a reminder, or nobody would know of it. Pure."""

from datetime import datetime, timedelta
from typing import Final

from agent.facts import Reminder

COLLEAGUE: Final = "colleague"
"""Owns what a human of the company is to do."""
_SOON: Final = timedelta(hours=1)


def colleague_calls_back(now: datetime, why: str) -> Reminder:
    """A colleague is to call the caller back.

    Args:
        now: Timezone-aware.
        why: A sentence of ours, in English.
    """
    return Reminder("Call the customer back", why, now + _SOON, COLLEAGUE)
