"""Numbers, times and names as people write them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from stores.records import LineKind
from tests.stores.contract import CALL
from web.wording import (
    caller_name,
    clock,
    counted,
    date_and_time,
    day_name,
    duration,
    in_words,
    shown_value,
    spaced_number,
    usd,
)


def test_numbers_of_callers() -> None:
    """With spaces; what is none stays; nothing is withheld."""
    assert spaced_number("+33612345678") == "+33 6 12 34 56 78"
    assert spaced_number("anonymous") == "anonymous"
    assert caller_name(replace(CALL, phone_number="")) == "Withheld number"
    assert caller_name(replace(CALL, phone_number="", line=LineKind.BROWSER)) == "A browser"


@pytest.mark.parametrize(("seconds", "shown"), [(-1, "0:00"), (65.9, "1:05"), (3_600, "1:00:00"), (36_065, "10:01:05")])
def test_places_in_a_call(seconds: float, shown: str) -> None:
    """Minutes and seconds, hours only in a long one."""
    assert clock(seconds) == shown


def test_lengths_and_moments() -> None:
    """Short ones in seconds; moments with their zone."""
    assert [duration(each) for each in (9, 78.4)] == ["9 s", "1 min 18 s"]
    assert date_and_time(datetime(2026, 11, 2, 9, 5, tzinfo=UTC)) == "2 Nov 2026, 09:05 UTC"
    paris = timezone(timedelta(hours=1), "CET")
    assert date_and_time(datetime(2026, 11, 2, 9, 5, tzinfo=paris)) == "2 Nov 2026, 09:05 CET"


def test_days_have_names() -> None:
    """The last two their own; those of other years say so."""
    today = date(2026, 11, 20)
    days = (today, date(2026, 11, 19), date(2026, 11, 2), date(2025, 12, 31))
    assert [day_name(day, today) for day in days] == ["Today", "Yesterday", "Mon 2 Nov", "Wed 31 Dec 2025"]


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "$0.00"), (1_234.5, "$1,234.50"), (0.01, "$0.01"), (0.00312, "$0.0031"), (0.00001, "< $0.0001")],
)
def test_small_amounts_are_not_nothing(amount: float, shown: str) -> None:
    """They are written to where they begin."""
    assert usd(amount) == shown


def test_words_and_counts() -> None:
    """Identifiers become words; one is one."""
    assert in_words("policy_number") == "Policy number"
    assert [counted(1, "call"), counted(1_200, "call"), counted(2, "child", "children")] == [
        "1 call",
        "1,200 calls",
        "2 children",
    ]
    assert shown_value(None, "text") is None
