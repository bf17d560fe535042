"""The bounded memory."""

from calls.recent import Recent


def test_remembers_for_its_time() -> None:
    """A value is there until its time has passed, to the second."""
    recent = Recent[str](max_entries=10, keep_s=60.0)
    recent.put("a", "first", now=0.0)
    assert recent.get("a", now=59.9) == "first"
    assert recent.get("a", now=60.0) is None
    assert len(recent) == 0


def test_forgets_the_oldest_when_full() -> None:
    """More than it may hold pushes out the oldest."""
    recent = Recent[int](max_entries=2, keep_s=60.0)
    for number, key in enumerate("abc"):
        recent.put(key, number, now=float(number))
    assert recent.get("a", now=3.0) is None
    assert (recent.get("b", now=3.0), recent.get("c", now=3.0)) == (1, 2)


def test_putting_again_renews() -> None:
    """The same key again replaces the value and starts its time anew."""
    recent = Recent[int](max_entries=2, keep_s=10.0)
    recent.put("a", 1, now=0.0)
    recent.put("b", 2, now=1.0)
    recent.put("a", 3, now=9.0)
    assert recent.get("a", now=18.0) == 3
    assert recent.get("b", now=18.0) is None


def test_unknown_key() -> None:
    """What was never put is not there."""
    assert Recent[int](max_entries=1, keep_s=1.0).get("a", now=0.0) is None
