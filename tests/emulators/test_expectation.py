"""What a claim should hold, and how it differs."""

from datetime import UTC, datetime, time

import pytest

from emulators.expectation import Exactly, Expectation, Mismatch, Moment, Text, word_error_rate

FRIDAY = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
NINE = time(9)


@pytest.mark.parametrize(
    ("reference", "hypothesis", "rate"),
    [
        ("A pipe burst.", "a pipe burst", 0.0),
        ("a b c d", "a x c d", 0.25),
        ("a b c d", "a b d", 0.25),
        ("a b c d", "a b c c d", 0.25),
        ("a b", "", 1.0),
        ("a", "x y z", 3.0),
        ("", "", 0.0),
        ("", "a", 1.0),
        ("it's mine", "its mine", 0.5),
    ],
)
def test_word_error_rate(reference: str, hypothesis: str, rate: float) -> None:
    """Substitutions, deletions and insertions count; case and punctuation do not."""
    assert word_error_rate(reference, hypothesis) == rate


def test_a_weekday_is_the_most_recent_one() -> None:
    """On a Friday, Monday is four days ago and Thursday yesterday."""
    assert Moment(at=NINE, weekday="monday").candidates(FRIDAY) == (datetime(2026, 11, 16, 9),)
    assert Moment(at=NINE, weekday="thursday").candidates(FRIDAY) == (datetime(2026, 11, 19, 9),)
    assert Moment(at=NINE, weekday="saturday").candidates(FRIDAY) == (datetime(2026, 11, 14, 9),)


def test_the_weekday_of_the_call_may_be_today_once_it_is_past() -> None:
    """Before nine it can only be a week ago; after nine, both are right."""
    friday = Moment(at=NINE, weekday="friday")
    assert friday.candidates(FRIDAY) == (datetime(2026, 11, 13, 9),)
    assert friday.candidates(FRIDAY.replace(hour=10)) == (datetime(2026, 11, 13, 9), datetime(2026, 11, 20, 9))


def test_days_before_the_call() -> None:
    """Yesterday at nine."""
    assert Moment(at=NINE, days_before=1).candidates(FRIDAY) == (datetime(2026, 11, 19, 9),)


def test_a_moment_has_one_day() -> None:
    """Neither none nor two."""
    with pytest.raises(ValueError, match="weekday or"):
        Moment(at=NINE)
    with pytest.raises(ValueError, match="weekday or"):
        Moment(at=NINE, weekday="monday", days_before=1)


EXPECTATION = Expectation(
    {
        "what": Text("a pipe burst in my kitchen"),
        "number": Exactly("+12025550143"),
        "when": Moment(at=NINE, weekday="monday"),
    }
)
RIGHT = {"what": "A pipe first in my kitchen.", "number": "+12025550143", "when": "2026-11-16T09:00:00"}


@pytest.mark.parametrize("when", ["2026-11-16T09:00", "2026-11-16T09:00:00", "2026-11-16T09:00:00+00:00"])
def test_a_right_claim_has_no_mismatch(when: str) -> None:
    """Every ISO spelling of the moment will do, and one wrong word in six."""
    assert EXPECTATION.mismatches({**RIGHT, "when": when}, called_at=FRIDAY) == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("what", "a pipe first in the kitchen"),
        ("number", "202-555-0143"),
        ("when", "2026-11-19T09:00:00"),
        ("when", "monday at nine"),
    ],
)
def test_a_wrong_value_is_a_mismatch(field: str, value: str) -> None:
    """Each kind of value can be wrong."""
    (mismatch,) = EXPECTATION.mismatches({**RIGHT, field: value}, called_at=FRIDAY)
    assert (mismatch.field, mismatch.actual) == (field, value)


def test_missing_and_unexpected_values_are_mismatches() -> None:
    """A claim holds what is expected and nothing else."""
    claim = {"number": RIGHT["number"], "when": RIGHT["when"], "colour": "red"}
    assert EXPECTATION.mismatches(claim, called_at=FRIDAY) == (
        Mismatch("what", "“a pipe burst in my kitchen”", None),
        Mismatch("colour", "nothing", "red"),
    )
    missing = EXPECTATION.mismatches({}, called_at=FRIDAY)[2]
    assert str(missing) == "when: expected 2026-11-16T09:00, got nothing"


def test_without_an_expectation_everything_is_right() -> None:
    """A scenario need not expect anything."""
    assert Expectation().mismatches({"colour": "red"}, called_at=FRIDAY) == ()
