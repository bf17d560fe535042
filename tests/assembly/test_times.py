"""Times know their zone."""

from assembly.times import clock_of, local_now, utc_now


def test_both_are_the_same_moment() -> None:
    """One in UTC, the other where the server stands."""
    assert abs((local_now() - utc_now()).total_seconds()) < 60
    assert str(utc_now().tzinfo) == "UTC"
    assert local_now().tzinfo is not None


def test_the_callers_have_a_clock_of_their_own() -> None:
    """In a zone that knows when its clocks change; without one, the server's."""
    there = clock_of("Asia/Kolkata")()
    assert there.isoformat().endswith("+05:30")
    assert abs((there - utc_now()).total_seconds()) < 60
    assert clock_of("") is local_now
