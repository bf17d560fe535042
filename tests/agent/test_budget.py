"""What a call may cost."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.budget import KNOWN_PRICES, Budget, Limit, Limits, Price
from agent.facts import ModelUsage, Spent

BEGAN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PRICES = {"small": Price(input=1, output=4, cached=0.25), "large": Price(input=10, output=40)}


def spent(*usages: ModelUsage) -> Spent:
    """After these requests."""
    total = Spent()
    for usage in usages:
        total = total.plus(usage)
    return total


@pytest.mark.parametrize(
    ("budget", "limit"),
    [
        (Budget(Limits()), None),
        (Budget(Limits(model_calls=3)), None),
        (Budget(Limits(model_calls=2)), Limit.MODEL_CALLS),
        (Budget(Limits(tokens=1_301)), None),
        (Budget(Limits(tokens=1_300)), Limit.TOKENS),
        (Budget(Limits(minutes=5.1)), None),
        (Budget(Limits(minutes=5)), Limit.MINUTES),
        # Small: 200 fresh at 1, 800 cached at 0.25, 100 at 4; large: 300 at 10, 100 at 40; a million of them.
        (Budget(Limits(usd=0.007801), PRICES), None),
        (Budget(Limits(usd=0.0078), PRICES), Limit.MONEY),
        (Budget(Limits(model_calls=1, tokens=1, minutes=1, usd=0.001), PRICES), Limit.MODEL_CALLS),
    ],
)
def test_a_limit_is_reached_when_nothing_is_left(budget: Budget, limit: Limit | None) -> None:
    """Each by itself; 0 is none."""
    total = spent(ModelUsage("small", 1_000, 100, 800), ModelUsage("large", 100, 100))
    if budget.limits.usd:
        total = spent(ModelUsage("small", 1_000, 100, 800), ModelUsage("large", 300, 100))
    assert budget.reached(total, BEGAN, BEGAN + timedelta(minutes=5)) is limit


def test_who_does_not_know_when_a_call_began_knows_no_end() -> None:
    """Time is no limit then."""
    assert Budget(Limits(minutes=1)).reached(Spent(), None, BEGAN) is None


def test_a_model_without_a_price_costs_what_the_dearest_does() -> None:
    """Never too little; without any price nothing can be said."""
    assert Budget(Limits(), PRICES).cost_usd(spent(ModelUsage("", 1_000_000, 0))) == 10
    assert Budget(Limits(), {}).cost_usd(spent(ModelUsage("", 1_000_000, 0))) == 0


def test_the_known_prices_are_those_of_the_readme() -> None:
    """For a million tokens in and a million out."""
    million = ModelUsage("x", 1_000_000, 1_000_000)
    assert {name: price.of(million) for name, price in KNOWN_PRICES.items()} == {
        "gpt-4.1": 12.5,
        "gpt-4.1-nano": 0.75,
    }


_USAGES = st.builds(
    ModelUsage, st.sampled_from(["small", "large", ""]), st.integers(0, 10**6), st.integers(0, 10**6), st.just(0)
)


@given(before=st.lists(_USAGES, max_size=5), usage=_USAGES)
def test_what_is_spent_never_shrinks(before: list[ModelUsage], usage: ModelUsage) -> None:
    """A limit that was reached stays so."""
    budget = Budget(Limits(), PRICES)
    assert budget.cost_usd(spent(*before, usage)) >= budget.cost_usd(spent(*before))
    for limited in (Budget(Limits(model_calls=3)), Budget(Limits(tokens=10**6)), Budget(Limits(usd=5), PRICES)):
        if limited.reached(spent(*before), None, BEGAN) is not None:
            assert limited.reached(spent(*before, usage), None, BEGAN) is not None
