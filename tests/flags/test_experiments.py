"""Which caller gets which variant."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flags.experiments import Experiment, Variant

CALLERS = [f"+1202555{number:04}" for number in range(4_000)]


def experiment(name: str, *weights: float) -> Experiment:
    """Variants a, b, c … with these weights."""
    return Experiment(name, tuple(Variant("abcdefghij"[i], i, weight) for i, weight in enumerate(weights)))


@pytest.mark.parametrize("weights", [(1, 1), (90, 10), (1, 2, 1), (0, 1), (5, 0, 5)])
def test_shares_are_as_the_weights(weights: tuple[float, ...]) -> None:
    """To within two hundredths among 4,000 callers; who has no weight gets nobody."""
    found = Counter(experiment("openers", *weights).variant_of(caller).value for caller in CALLERS)
    for index, weight in enumerate(weights):
        assert found[index] / len(CALLERS) == pytest.approx(weight / sum(weights), abs=0.02)
        assert weight or not found[index]


def test_a_caller_stays_where_they_are() -> None:
    """The same in another process too: nothing of it is drawn by lot."""
    assert [experiment("openers", 1, 1).variant_of(caller).name for caller in CALLERS[:12]] == list("baabbaaabbab")


def test_experiments_do_not_go_together() -> None:
    """Who is in the first half of one is in the first half of another as often as not."""
    one, other = experiment("one", 1, 1), experiment("other", 1, 1)
    both = sum(one.variant_of(caller).name == other.variant_of(caller).name for caller in CALLERS)
    assert both / len(CALLERS) == pytest.approx(0.5, abs=0.03)


def test_a_grown_share_keeps_its_callers() -> None:
    """Who has the first variant keeps it when its share grows."""
    small, large = experiment("openers", 10, 90), experiment("openers", 30, 70)
    assert all(large.variant_of(each).name == "a" for each in CALLERS if small.variant_of(each).name == "a")


@given(
    weights=st.lists(st.floats(min_value=0, max_value=1e6), min_size=1, max_size=10).filter(any),
    caller=st.text(max_size=40),
)
def test_everybody_gets_a_variant_that_has_a_weight(weights: list[float], caller: str) -> None:
    """Whatever the weights are, and whoever calls."""
    assert experiment("openers", *weights).variant_of(caller).weight > 0


def test_flags_of_one_experiment_divide_alike() -> None:
    """Names and weights tell, values do not."""
    one = Experiment("voice", (Variant("a", 1, 1), Variant("b", 2, 3)))
    assert one.divides_like(Experiment("voice", (Variant("a", True, 1), Variant("b", False, 3))))
    assert not one.divides_like(Experiment("voice", (Variant("a", 1, 1), Variant("b", 2, 1))))
    assert not one.divides_like(Experiment("other", one.variants))
    assert one.named("b") == Variant("b", 2, 3)
    assert one.named("c") is None
