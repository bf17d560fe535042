"""Times know their zone."""

from assembly.times import local_now, utc_now


def test_both_are_the_same_moment() -> None:
    """One in UTC, the other where the server stands."""
    assert abs((local_now() - utc_now()).total_seconds()) < 60
    assert str(utc_now().tzinfo) == "UTC"
    assert local_now().tzinfo is not None
