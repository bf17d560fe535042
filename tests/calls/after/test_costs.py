"""What a call has cost."""

from dataclasses import replace

import pytest

from agent.budget import Price
from calls.after.costs import CallPrices, cost_of
from stores.records import UsageRecord
from tests.calls.after.calls import CALL, TALK, said
from tests.stores.contract import at

PRICES = CallPrices(0.004, 1.0, 15.0, {"slow": Price(input=2.5, output=10, cached=0.5)})


def test_a_call_costs_minutes_characters_and_tokens() -> None:
    """By the prices; text messages are not spoken."""
    usages = (
        UsageRecord(CALL.call_id, 0, at(1), "slow", 1_000_000, 100_000, 400_000),
        UsageRecord(CALL.call_id, 1, at(2), "slow", 0, 100_000),
    )
    told = said("assistant: Hello.", "caller: Hi.", "assistant sms: Thank you.")
    cost = cost_of(replace(TALK, messages=told, usages=usages), PRICES, made_at=at(99))
    assert cost.minutes == pytest.approx(1.5)
    assert (cost.spoken_characters, cost.prompt_tokens, cost.completion_tokens) == (6, 1_000_000, 200_000)
    assert cost.telephone_usd == pytest.approx(0.006)
    assert cost.hearing_usd == pytest.approx(0.025)
    assert cost.speaking_usd == pytest.approx(0.00009)
    assert cost.models_usd == pytest.approx(1.5 + 0.2 + 2.0)


def test_a_call_that_nobody_took_costs_nothing() -> None:
    """However long it rang."""
    rang = replace(TALK, call=replace(CALL, end_reason="not_answered"), messages=())
    assert cost_of(rang, PRICES, made_at=at(99)).usd == 0


def test_no_time_runs_backwards() -> None:
    """Nor has a call that is not over yet lasted."""
    assert cost_of(replace(TALK, call=replace(CALL, ended_at=at(-5))), PRICES, made_at=at(99)).minutes == 0
    assert cost_of(replace(TALK, call=replace(CALL, ended_at=None)), PRICES, made_at=at(99)).minutes == 0
