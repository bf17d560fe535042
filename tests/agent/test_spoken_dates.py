"""Dates and times as they are said; it is Friday, 20 November 2026, 06:35."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.spoken_dates import parse_moment

WORDS = (
    "monday march may the third 31 99 at half past to quarter four nine oh five am pm noon midnight in ago days hours"
    " a last next week year morning night 2026 0 : / of minutes before yesterday 13:60 9:30 th"
)
NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("yesterday at nine in the morning", "2026-11-19T09:00"),
        ("It happened yesterday at nine in the morning.", "2026-11-19T09:00"),
        ("on Monday at 9 in the morning", "2026-11-16T09:00"),
        ("it was on Monday at nine in the morning.", "2026-11-16T09:00"),
        ("Monday, November 16, at 9 AM", "2026-11-16T09:00"),
        ("last Friday evening", "2026-11-13T18:00"),
        ("last Friday at nine in the evening", "2026-11-13T21:00"),
        ("the third of March at half past four", "2026-03-03T04:30"),
        ("today at noon", "2026-11-20T12:00"),
        ("At noon on Sunday.", "2026-11-15T12:00"),
        ("two days ago around 5 pm", "2026-11-18T17:00"),
        ("a couple of days ago at midnight", "2026-11-18T00:00"),
        ("the day before yesterday at nine oh five in the morning", "2026-11-18T09:05"),
        ("November 16th at 9:30 A.M.", "2026-11-16T09:30"),
        ("the sixteenth of November twenty twenty six at nine thirty in the evening", "2026-11-16T21:30"),
        ("march third two thousand and twenty five at ten am", "2025-03-03T10:00"),
        ("It may have been Thursday at six o'clock in the evening.", "2026-11-19T18:00"),
        ("on may third at four in the afternoon", "2026-05-03T16:00"),
        ("it was yesterday afternoon around quarter to five", "2026-11-19T16:45"),
        ("ten minutes past eight yesterday", "2026-11-19T08:10"),
        ("yesterday at 930 am", "2026-11-19T09:30"),
        ("11/16/2026 at 3pm", "2026-11-16T15:00"),
        ("March 3 at 12 am", "2026-03-03T00:00"),
        ("half an hour ago", "2026-11-20T06:05"),
        ("20 minutes ago", "2026-11-20T06:15"),
        ("about two weeks ago", "2026-11-06T00:00"),
        ("last week", "2026-11-13T00:00"),
        ("last night at eleven", "2026-11-19T23:00"),
        ("this morning", "2026-11-20T09:00"),
        ("tonight", "2026-11-20T18:00"),
        ("next Monday at nine", "2026-11-23T09:00"),
        ("the day after tomorrow", "2026-11-22T00:00"),
        ("on the third at twelve", "2026-11-03T12:00"),
        ("on the twenty first", "2026-10-21T00:00"),
        ("the 31st", "2026-10-31T00:00"),
        ("Monday at nine. No, sorry, Tuesday at ten.", "2026-11-17T10:00"),
    ],
)
def test_spoken_dates_are_understood(said: str, moment: str) -> None:
    """What people say on the phone is read relative to now, and lies in the past if it can."""
    parsed = parse_moment(said, now=NOW)
    assert parsed is not None
    assert parsed.isoformat(timespec="minutes") == moment


@pytest.mark.parametrize("said", ["", "I do not know", "nine", "february 30", "my kitchen", "99/99/9999"])
def test_what_is_no_date_is_none(said: str) -> None:
    """No date is made up where none was said."""
    assert parse_moment(said, now=NOW) is None


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2026-11-16", "2026-11-16T00:00"),
        ("2026-11-16T09:00", "2026-11-16T09:00"),
        ("2026-11-16T09:00:59", "2026-11-16T09:00"),
        ("2026-11-16T09:00Z", "2026-11-16T10:00"),
    ],
)
def test_iso_dates_are_taken_as_they_are(said: str, moment: str) -> None:
    """What a model writes needs no guess; an offset is turned into the caller's time."""
    parsed = parse_moment(said, now=NOW.astimezone(timezone(timedelta(hours=1))))
    assert parsed is not None
    assert parsed.isoformat(timespec="minutes") == moment


def test_a_time_alone_is_the_last_one_that_was() -> None:
    """Nine o'clock is yesterday's when it is not nine yet, and today's later."""
    assert parse_moment("at 9 a.m.", now=NOW) == datetime(2026, 11, 19, 9, 0)
    assert parse_moment("at 9 a.m.", now=NOW.replace(hour=12)) == datetime(2026, 11, 20, 9, 0)


def test_what_is_not_said_again_is_kept() -> None:
    """A correction of the day keeps the time, one of the time keeps the day."""
    previous = datetime(2026, 11, 19, 9, 0)
    assert parse_moment("it was on Tuesday", now=NOW, previous=previous) == datetime(2026, 11, 17, 9, 0)
    assert parse_moment("at ten in the evening", now=NOW, previous=previous) == datetime(2026, 11, 19, 22, 0)


def test_other_languages_are_left_to_dateparser() -> None:
    """Italian and Dutch dates are found, alone or in a sentence; an unknown language finds none."""
    assert parse_moment("ieri alle 9:00", now=NOW, language="it-IT") == datetime(2026, 11, 19, 9, 0)
    assert parse_moment("Het was gisteren om 9:00", now=NOW, language="nl") == datetime(2026, 11, 19, 9, 0)
    assert parse_moment("Es war gestern um 9:00", now=NOW, language="de") == datetime(2026, 11, 19, 9, 0)
    assert parse_moment("hier à 9h", now=NOW, language="fr") == datetime(2026, 11, 19, 9, 0)
    assert parse_moment("gestern", now=NOW, language="qq") is None


@given(
    st.lists(
        st.sampled_from(WORDS.split()),
        max_size=8,
    )
)
def test_no_mixture_of_its_words_is_a_failure(words: list[str]) -> None:
    """Whatever order the words of dates come in, there is a moment or there is none."""
    parse_moment(" ".join(words), now=NOW)
