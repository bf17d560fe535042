"""What calls cost."""

from dataclasses import replace
from datetime import date

from agent.budget import Budget, Limits, Price
from stores.records import MessageRecord, UsageRecord
from stores.totals import DayTotal, ModelTotal
from tests.web.sample_call import CALL, HISTORY, at
from web.cost_view import call_cost, day_costs

BUDGET = Budget(Limits(), {"small": Price(input=1, output=10, cached=0.5), "large": Price(input=10, output=100)})


def test_a_call_is_paid_by_its_models() -> None:
    """Cached tokens at their own price; each model in a line, and all together; words and minutes beside."""
    usages = (
        UsageRecord("call-1", 0, at(1), "small", 100_000, 10_000, 50_000),
        UsageRecord("call-1", 1, at(2), "small", 100_000, 0, 0, is_estimated=True),
        UsageRecord("call-1", 2, at(3), "large", 10_000, 0),
    )
    cost = call_cost(replace(HISTORY, usages=usages), BUDGET)
    assert [(each.name, each.requests, each.cost) for each in cost.models] == [
        ("large", "1 request", "$0.10"),
        ("small", "2 requests", "$0.28"),
    ]
    assert cost.models[1].tokens == "200,000 in (50,000 cached), 10,000 out"
    assert (cost.total, cost.minutes, cost.characters) == ("$0.38", "1.3", "71")
    assert (cost.is_estimated, cost.unpriced) == (True, ())


def test_a_model_without_a_price_is_never_cheap() -> None:
    """It costs what the dearest does, and is named."""
    cost = call_cost(replace(HISTORY, usages=(UsageRecord("call-1", 0, at(1), "new", 100_000, 0),)), BUDGET)
    assert (cost.total, cost.unpriced) == ("$1.00", ("new",))


def test_a_call_without_a_model_is_free() -> None:
    """One that is up has no minutes yet; what was written was not spoken."""
    written = (MessageRecord("call-1", 0, at(1), "assistant", "Hello.", action="sms"),)
    cost = call_cost(replace(HISTORY, call=replace(CALL, ended_at=None), messages=written), BUDGET)
    assert (cost.total, cost.models, cost.minutes, cost.characters) == ("$0.00", (), "", "0")


def test_days_are_compared_with_the_busiest() -> None:
    """Each with its sums and its share; nothing is no day."""
    models = (ModelTotal("small", 2, 100_000, 1_000, 0), ModelTotal("large", 1, 1_000, 0, 0))
    days = (DayTotal(date(2026, 11, 20), 1, 90.0), DayTotal(date(2026, 11, 19), 4, 600.0, 12_345, models))
    today, yesterday = day_costs(days, BUDGET, date(2026, 11, 20))
    assert (today.name, today.calls, today.minutes, today.cost, today.share) == ("Today", "1", "1.5", "$0.00", 0.25)
    assert (yesterday.tokens, yesterday.characters, yesterday.cost) == ("102,000", "12,345", "$0.12")
    assert yesterday.share == 1.0
    assert day_costs((), BUDGET, date(2026, 11, 20)) == []
