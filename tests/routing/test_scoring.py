"""The formula, and the indicators that it computes with."""

import pytest

from routing.errors import InvalidSetup
from routing.scoring import FORMULA, INDICATORS, Indicator, check, number_of, score_by_formula, values_of
from routing.values import Label, Labels, Worker


def score_of(labels: Labels, *more: Indicator, job: Labels | None = None) -> float:
    """Of a worker with these labels."""
    (score,) = score_by_formula((*INDICATORS, *more), job or {}, [Worker("w", labels=labels)]).scores
    return score.score


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (2.5, 2.5),
        ("2.5", 2.5),
        (" 3 ", 3.0),
        (True, 1.0),
        ("00:00", 0.0),
        ("04:30", 270.0),
        ("10:00", 600.0),
        ("00:12:45", 765.0),
        ("1:02:03", 3723.0),
        ("", None),
        ("good", None),
        ("nan", None),
        (float("inf"), None),
        ("1:2:3:4", None),
        ("-1:00", None),
        ("1.5:00", None),
        ("12:", None),
    ],
)
def test_values_are_numbers_or_times(value: Label, number: float | None) -> None:
    """Hours count, too; whatever else is not guessed at."""
    assert number_of(value) == number


def test_the_formula() -> None:
    """The mean of where each value lies between worst and best."""
    assert score_of({"CSAT": 3, "Outcome": 1, "AHT": "00:01"}) == pytest.approx((1 + 1 + 1199 / 1200) / 3, abs=1e-4)
    assert score_of({"CSAT": 1, "Outcome": 0, "AHT": "20:00"}) == 0.0
    assert score_of({"CSAT": 2, "Outcome": 0.5, "AHT": "05:00"}) == pytest.approx((0.5 + 0.5 + 0.75) / 3, abs=1e-4)
    assert score_of({"CSAT": 99, "Outcome": -4, "AHT": "59:59"}) == pytest.approx(1 / 3, abs=1e-4)


def test_who_has_no_labels_counts_as_the_defaults() -> None:
    """1.5, 0.5 and 10:00; what cannot be read counts so, too."""
    assert score_of({}) == pytest.approx((0.25 + 0.5 + 0.5) / 3, abs=1e-4)
    assert score_of({"CSAT": "good", "AHT": "fast"}) == score_of({})
    assert values_of(INDICATORS, Worker("w", labels={"AHT": "04:30"})) == {"CSAT": 1.5, "Outcome": 0.5, "AHT": "04:30"}


def test_a_time_of_zero_says_nothing() -> None:
    """It is no handling time of nothing: nobody has measured it."""
    assert score_of({"CSAT": 2, "Outcome": 0.5, "AHT": "00:00"}) == 0.5
    only_aht = (INDICATORS[2],)
    (score,) = score_by_formula(only_aht, {}, [Worker("w", labels={"AHT": "00:00:00"})]).scores
    assert (score.score, score.reason) == (0.5, "AHT says nothing")


def test_further_labels_by_configuration() -> None:
    """Another number with its own weight, and a comparison with what the job is about."""
    years = Indicator("Years", 0, worst=0, best=10, weight=3)
    assert score_of({"CSAT": 1, "Outcome": 0, "AHT": "20:00", "Years": 10}, years) == 0.5
    speaks = Indicator("Languages", matches="Lang", weight=3)
    base: dict[str, Label] = {"CSAT": 1, "Outcome": 0, "AHT": "20:00"}
    assert score_of(base | {"Languages": "en, FR"}, speaks, job={"Lang": "fr"}) == 0.5
    assert score_of(base | {"Languages": "en"}, speaks, job={"Lang": "fr"}) == 0.0
    assert score_of(base, speaks, job={"Lang": "fr"}) == 0.0
    assert score_of(base | {"Languages": "en"}, speaks) == 0.0


def test_the_reason_names_every_number() -> None:
    """And what was a default."""
    worker = Worker("w", labels={"CSAT": 2.5, "AHT": "05:00"})
    found = score_by_formula(INDICATORS, {}, [worker], because="the model was asleep")
    assert found.scorer == FORMULA
    assert found.scores[0].reason == (
        "the model was asleep; CSAT 2.5: 0.75; Outcome 0.5 (default): 0.50; AHT 05:00: 0.75"
    )


@pytest.mark.parametrize(
    ("indicators", "problem"),
    [
        ([], "there is none"),
        ([Indicator("")], "label is empty"),
        ([Indicator("A", 0), Indicator("A", 0)], "A: named twice"),
        ([Indicator("A", "good")], "A: default"),
        ([Indicator("A", 1, worst=2, best=2)], "the same"),
        ([Indicator("A", 1, weight=0)], "weight"),
    ],
)
def test_indicators_that_cannot_be_computed_with(indicators: list[Indicator], problem: str) -> None:
    """Are refused with the name of the label."""
    with pytest.raises(InvalidSetup, match=problem):
        check(indicators)
    check(INDICATORS)
