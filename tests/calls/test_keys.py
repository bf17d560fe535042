"""Whose keys are asked for, and which of them count."""

from calls.keys import Keys


def test_the_caller_is_found_by_number() -> None:
    """Once, wherever they stand in the list."""
    keys = Keys("+15550001111")
    assert not keys.listed(())
    assert keys.listed(("4:+33612345678", "4:+15550001111"))
    assert keys.participant == "4:+15550001111"
    assert not keys.listed(("4:+15550001111",))


def test_a_caller_who_withholds_their_number() -> None:
    """Whoever is there first."""
    keys = Keys("")
    assert keys.listed(("4:anonymous",))
    assert not keys.listed(("4:anonymous", "4:+33612345678"))
    assert keys.participant == "4:anonymous"


def test_a_repeated_delivery_is_one_key() -> None:
    """In whatever order they come; keys without a number all count."""
    keys = Keys("")
    keys.is_asked = True
    assert [keys.is_new(number) for number in (2, 1, 2, 3, 0, 0)] == [True, True, False, True, True, True]


def test_keys_that_are_not_for_us() -> None:
    """What was not asked for does not count; nor is it taken for a repetition afterwards."""
    keys = Keys("")
    assert not keys.is_new(1)
    keys.is_asked = True
    assert keys.is_new(1)
