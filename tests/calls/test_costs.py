"""Bills of calls, against sums done by hand."""

from dataclasses import replace

import pytest

from agent.budget import Price
from calls.costs import (
    Cost,
    CostItem,
    CostKind,
    CostUnit,
    Prices,
    ServicePrices,
    call_cost,
    cost_record,
    sms_parts,
    summed,
)
from stores.records import CallHistory, Direction, LineKind, MessageRecord, RecordingRecord, UsageRecord
from tests.stores.contract import CALL, at

ENDED = replace(CALL, ended_at=at(605), ring_to_answer_ms=5_000.0)
HELLO = MessageRecord("call-1", 0, at(8), "assistant", "x" * 1_000)
PRICES = Prices(ServicePrices(), {"small": Price(input=1, output=4, cached=0.5)})


def usd(cost: Cost) -> dict[str, float]:
    """By kind, and by model."""
    return {item.model or item.kind.value: round(item.usd, 9) for item in cost.items}


def test_a_call_of_ten_minutes() -> None:
    """Answered after five seconds: ten minutes of line and listening, a thousand characters, tokens, a recording."""
    history = CallHistory(
        ENDED,
        messages=(
            HELLO,
            MessageRecord("call-1", 1, at(20), "caller", "I write."),
            MessageRecord("call-1", 2, at(30), "assistant", "Your case number is 4711.", action="sms"),
            MessageRecord("call-1", 3, at(40), "caller", "é" * 80 + "ê", action="sms"),
        ),
        recordings=(RecordingRecord("call-1", "r", at(305)),),
        usages=(
            UsageRecord("call-1", 0, at(9), "small", 1_000_000, 100_000, cached_tokens=400_000),
            UsageRecord("call-1", 1, at(10), "small", 1_000, 1_000),
        ),
    )
    cost = call_cost(history, PRICES, at(9_999))
    assert usd(cost) == {
        "telephone": 0.04,
        "recording": 0.01,
        "speech_to_text": pytest.approx(1 / 6),
        "text_to_speech": 0.015,
        "small": pytest.approx(0.6 + 0.2 + 0.4 + 0.001 + 0.004),
        "sms": 0.0225,  # one part, and one of 81 characters that GSM does not have: two
    }
    assert cost.total_usd == pytest.approx(0.04 + 0.01 + 1 / 6 + 0.015 + 1.205 + 0.0225)
    assert {item.kind for item in cost.items if not item.is_estimate} == {CostKind.MODEL}
    assert cost.is_estimate


def test_a_call_that_is_up_has_cost_something() -> None:
    """Until now."""
    live = CallHistory(replace(CALL, ring_to_answer_ms=None), messages=(HELLO,))
    assert usd(call_cost(live, PRICES, at(60)))["telephone"] == 0.004
    assert usd(call_cost(live, PRICES, at(120)))["telephone"] == 0.008


def test_a_browser_is_no_telephone() -> None:
    """It is listened to all the same, and its minutes count."""
    history = CallHistory(replace(ENDED, line=LineKind.BROWSER), messages=(HELLO,))
    assert set(usd(call_cost(history, PRICES, at(9_999)))) == {"speech_to_text", "text_to_speech"}
    assert cost_record(history, PRICES, at(9_999)).minutes == pytest.approx(10)


def test_a_call_that_nobody_took_costs_nothing() -> None:
    """Nothing was said by us."""
    rung = CallHistory(replace(CALL, direction=Direction.OUTBOUND, ended_at=at(45)))
    assert call_cost(rung, PRICES, at(99)) == Cost()
    assert call_cost(rung, PRICES, at(99)).total_usd == 0.0


def test_a_model_without_a_price() -> None:
    """Costs what the dearest does, and says that this is an estimate; so is a request that was broken off."""
    usages = (UsageRecord("call-1", 0, at(9), "strange", 1_000_000, 0),)
    (item,) = call_cost(CallHistory(ENDED, usages=usages), PRICES, at(1)).items
    assert (item.model, item.usd, item.is_estimate) == ("strange", 1.0, True)
    usages = (UsageRecord("call-1", 0, at(9), "small", 10, 0, is_estimated=True),)
    (item,) = call_cost(CallHistory(ENDED, usages=usages), PRICES, at(1)).items
    assert item.is_estimate


def test_a_service_that_is_free_has_a_line_without_money() -> None:
    """Quantities are told, whatever they cost."""
    free = ServicePrices(speech_to_text_hour=0, text_to_speech_million_characters=0)
    cost = call_cost(CallHistory(ENDED, messages=(HELLO,)), replace(PRICES, services=free), at(1))
    assert usd(cost) == {"telephone": 0.04, "speech_to_text": 0.0, "text_to_speech": 0.0}


def test_what_was_cut_off_was_made() -> None:
    """It is paid for, though nobody heard it."""
    cut = replace(HELLO, text="Thank", unheard_text=" you.")
    cost = call_cost(CallHistory(ENDED, messages=(cut,)), PRICES, at(1))
    assert [each.quantity for each in cost.items if each.kind is CostKind.TEXT_TO_SPEECH] == [10]


def test_chinese_characters_are_paid_for_twice() -> None:
    """As Azure bills them; marks between them are single."""
    spoken = replace(HELLO, text="你好，Amelia")
    cost = call_cost(CallHistory(ENDED, messages=(spoken,)), PRICES, at(1))
    (item,) = (each for each in cost.items if each.kind is CostKind.TEXT_TO_SPEECH)
    assert item.quantity == 2 * 2 + 1 + 6


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("你" * 70, 1),
        ("你" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("cafe\u0301", 1),
    ],
)
def test_parts_of_a_text_message(text: str, parts: int) -> None:
    """160 characters of GSM's own, 70 of all others; a little less each when there are several."""
    assert sms_parts(text) == parts


def test_bills_are_summed_by_kind_and_model() -> None:
    """In the order of the kinds; a sum with an estimate in it is one."""
    tokens = CostItem(CostKind.MODEL, CostUnit.TOKEN, 10, 1.0, False, "a")
    minute = CostItem(CostKind.TELEPHONE, CostUnit.MINUTE, 1, 0.5)
    bill = summed([Cost((tokens,)), Cost((tokens, replace(tokens, model="b"), minute)), Cost((minute,))])
    assert bill.items == (
        replace(minute, quantity=2, usd=1.0),
        replace(tokens, quantity=20, usd=2.0),
        replace(tokens, model="b"),
    )
