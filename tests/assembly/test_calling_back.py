"""Call-backs, as the configuration wants them."""

from datetime import time, timedelta

from assembly.calling_back import call_back_settings, calls_back
from calls.calling_back.hours import CallingHours
from tests.support.configured import configured

NUMBER: dict[str, object] = {"phone_number": "+12025550100"}


def test_who_calls_back() -> None:
    """Whoever has a number to call from, unless it is turned off."""
    assert not calls_back(configured())
    assert calls_back(configured(communication_services=NUMBER))
    assert not calls_back(configured(communication_services=NUMBER, call_backs={"enabled": False}))


def test_settings() -> None:
    """Office hours by default; days by name."""
    plain = call_back_settings(configured())
    assert plain.hours == CallingHours(time(9), time(18), frozenset(range(5)))
    assert (plain.attempts, plain.again_after) == (3, timedelta(hours=1))
    own = configured(call_backs={"from_time": "08:30", "weekdays": ["sat", "sun"], "again_after_min": 5})
    assert call_back_settings(own).hours == CallingHours(time(8, 30), time(18), frozenset({5, 6}))
