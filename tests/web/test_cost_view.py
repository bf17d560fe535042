"""What calls cost."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from agent.budget import Price
from calls.costs import CostKind, Prices, ServicePrices, call_cost
from stores.records import MessageRecord, UsageRecord
from stores.search import CallQuery
from stores.sql import SqlStore
from stores.totals import DayTotal, Totals
from tests.support.report_site import fill
from tests.web.sample_call import CALL, HISTORY, at
from web.cost_view import call_bill, day_costs

PRICES = Prices(
    ServicePrices(telephone_minute=0.6, speech_to_text_hour=0, text_to_speech_million_characters=0, sms=0.05),
    {"small": Price(input=1, output=10, cached=0.5), "large": Price(input=10, output=100)},
)


def test_a_bill_has_a_line_for_each_kind_and_model() -> None:
    """Named as people name them, with what there was of it."""
    usages = (
        UsageRecord("call-1", 0, at(1), "small", 100_000, 10_000, 50_000),
        UsageRecord("call-1", 1, at(2), "small", 100_000, 0, 0, is_estimated=True),
        UsageRecord("call-1", 2, at(3), "large", 10_000, 0),
    )
    written = MessageRecord("call-1", 9, at(60), "assistant", "x" * 200, action="sms")
    history = replace(HISTORY, usages=usages, messages=(*HISTORY.messages, written))
    lines = {each.name: (each.quantity, each.cost) for each in call_bill(history, PRICES, at(2_000)).lines}
    assert lines["large"] == ("1 request, 10,000 tokens", "$0.10")
    assert lines["small"] == ("2 requests, 210,000 tokens", "$0.28")
    assert lines["Text messages"] == ("2 parts", "$0.10")
    assert lines["Telephone"][0].endswith(" min")
    assert lines["Text to speech"][0].endswith(" characters")


def test_a_model_without_a_price_is_never_cheap() -> None:
    """It costs what the dearest does, and is named."""
    history = replace(HISTORY, messages=(), usages=(UsageRecord("call-1", 0, at(1), "new", 100_000, 0),))
    bill = call_bill(history, PRICES, at(2_000))
    assert (bill.total, bill.unpriced) == ("$1.00", ("new",))


def test_a_call_that_nobody_took_costs_nothing() -> None:
    """Nothing was said, nobody was asked."""
    bill = call_bill(replace(HISTORY, call=replace(CALL, ended_at=None), messages=()), PRICES, at(2_000))
    assert (bill.total, bill.lines, bill.unpriced) == ("$0.00", (), ())


async def test_the_days_say_what_the_bills_say(tmp_path: Path) -> None:
    """Characters, tokens and money of a day are those of its calls, as each page tells them."""
    store = await SqlStore.open(f"sqlite:///{tmp_path}/calls.db")
    await fill(store)
    calls, days = await store.latest_calls(limit=50), await Totals(store.database).by_day(CallQuery())
    await store.close()
    bills = [call_cost(each, Prices(), at(0)) for each in calls]
    spoken = (item.quantity for bill in bills for item in bill.items if item.kind is CostKind.TEXT_TO_SPEECH)
    tokens = (item.quantity for bill in bills for item in bill.items if item.kind is CostKind.MODEL)
    assert sum(day.spoken_characters for day in days) == sum(spoken) > 0
    assert sum(day.tokens for day in days) == sum(tokens) > 0
    assert sum(day.usd for day in days) == pytest.approx(sum(bill.total_usd for bill in bills))


def test_days_are_compared_with_the_busiest() -> None:
    """Each with its sums and its share; without a bill there is no amount, and nothing is no day."""
    days = (
        DayTotal(date(2026, 11, 20), 1, 90.0),
        DayTotal(date(2026, 11, 19), 4, 600.0, 3, 12_345, 102_000, 0.12),
    )
    today, yesterday = day_costs(days, date(2026, 11, 20))
    assert (today.name, today.calls, today.cost, today.share) == ("Today", "1", "", 0.25)
    assert today.facts == ("1.5 min", "cost of 0 known")
    assert (yesterday.cost, yesterday.share) == ("$0.12", 1.0)
    assert yesterday.facts == ("10.0 min", "102,000 tokens", "12,345 characters spoken", "cost of 3 known")
    assert day_costs((), date(2026, 11, 20)) == []
