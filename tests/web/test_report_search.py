"""What is looked for, from what was typed."""

from datetime import UTC, datetime

import pytest

from stores.records import NextAction, Satisfaction
from stores.search import CallQuery
from web.report_search import read_search, searched_number


def test_a_form_is_understood() -> None:
    """Both days are included; what is left empty excludes nothing."""
    typed = {
        "phone_number": "+33 6 12",
        "from": "2026-11-19",
        "to": "2026-11-20",
        "satisfaction": "low",
        "next_action": "high_priority",
    }
    search = read_search(typed)
    assert search.problems == ()
    assert search.query == CallQuery(
        number_prefix="+33612",
        started_from=datetime(2026, 11, 19, tzinfo=UTC),
        started_before=datetime(2026, 11, 21, tzinfo=UTC),
        satisfaction=Satisfaction.LOW,
        next_action=NextAction.HIGH_PRIORITY,
    )
    assert read_search({}).is_empty
    assert read_search({}).query == CallQuery()


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"from": "yesterday"}, "The first day is no date as in 2026-11-20."),
        ({"to": "0001-01-01"}, "The last day is no date as in 2026-11-20."),
        ({"to": "9999-12-31"}, "The last day is no date as in 2026-11-20."),
        ({"from": "2026-11-20", "to": "2026-11-19"}, "The last day is before the first."),
        ({"satisfaction": "great"}, "There is no such satisfaction."),
        ({"next_action": "'; DROP"}, "There is no such next action."),
        ({"phone_number": "a\0b"}, "The phone number is none, and no beginning of one."),
        ({"phone_number": "+" + "1" * 99}, "The phone number is none, and no beginning of one."),
    ],
)
def test_what_cannot_be_understood_is_said(typed: dict[str, str], problem: str) -> None:
    """Each in a sentence, and nothing is looked for."""
    search = read_search(typed)
    assert search.problems == (problem,)
    assert search.query == CallQuery()


def test_what_was_typed_stays_in_the_form() -> None:
    """But for days that are none: no field for days would show them."""
    typed = {"phone_number": "+336", "from": "2026-11-20", "to": "tomorrow", "satisfaction": "high"}
    assert read_search(typed).fields == {"phone_number": "+336", "from": "2026-11-20", "satisfaction": "high"}


def test_a_search_has_an_address() -> None:
    """Also its later pages; without what was left empty."""
    search = read_search({"phone_number": "+331", "satisfaction": "", "from": "2026-11-19"})
    assert search.url("/report") == "/report?phone_number=%2B331&from=2026-11-19"
    assert search.url("/report", cursor="abc").endswith("&cursor=abc")
    assert read_search({}).url("/report") == "/report"


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("+33612345678", "+33612345678"),
        (" 33612345678", "+33612345678"),
        ("+33 6 12 34 56 78 ", "+33612345678"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("0612345678", "0612345678"),
        ("  ", ""),
        ("", ""),
        ("<b>", "<b>"),
        ("+33 6", "+336"),
        ("0033 (6) 12.3-4", "+3361234"),
        ("anonymous", "anonymous"),
    ],
)
def test_a_number_is_found_however_it_is_typed(query: str, number: str) -> None:
    """With spaces, signs, or a plus that a browser took for a space."""
    assert searched_number(query) == number
