"""What calls cost, as the pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from calls.costs import CostItem, CostKind, CostUnit, Prices, call_cost
from stores.records import CallHistory
from stores.totals import DayTotal
from web.wording import counted, day_name, usd

_KINDS: Final = MappingProxyType(
    {
        CostKind.TELEPHONE: "Telephone",
        CostKind.RECORDING: "Recording by the service",
        CostKind.SPEECH_TO_TEXT: "Speech to text",
        CostKind.TEXT_TO_SPEECH: "Text to speech",
        CostKind.MODEL: "Unnamed model",
        CostKind.SMS: "Text messages",
    }
)


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line of a bill."""

    name: str
    quantity: str
    cost: str


@dataclass(frozen=True, slots=True)
class CallBill:
    """What a call came to."""

    total: str
    lines: tuple[CostLine, ...]
    unpriced: tuple[str, ...]
    """Models without a price: they are counted as the dearest that has one."""


@dataclass(frozen=True, slots=True)
class DayCost:
    """A line of the table of days."""

    day: date
    name: str
    calls: str
    facts: tuple[str, ...]
    cost: str
    """Of the calls whose bill is made; empty when there is none."""
    share: float
    """Of the calls of the busiest day: 0 to 1."""


def call_bill(history: CallHistory, prices: Prices, now: datetime) -> CallBill:
    """What a call came to; of one that is up, what it has come to so far.

    Args:
        history: The call.
        prices: See there.
        now: Timezone-aware.
    """
    cost = call_cost(history, prices, now)
    models = [item.model for item in cost.items if item.kind is CostKind.MODEL]
    return CallBill(
        total=usd(cost.total_usd),
        lines=tuple(
            CostLine(item.model or _KINDS[item.kind], _quantity(item, history), usd(item.usd)) for item in cost.items
        ),
        unpriced=tuple(model or "the unnamed model" for model in models if model not in prices.models),
    )


def day_costs(days: Sequence[DayTotal], today: date) -> list[DayCost]:
    """The table of days."""
    busiest = max((total.calls for total in days), default=1)
    return [
        DayCost(
            day=total.day,
            name=day_name(total.day, today),
            calls=f"{total.calls:,}",
            facts=_facts(total),
            cost=usd(total.usd) if total.billed_calls else "",
            share=total.calls / busiest,
        )
        for total in days
    ]


def _facts(total: DayTotal) -> tuple[str, ...]:
    facts = [f"{_minutes(total.seconds / 60)} min"]
    if total.billed_calls:
        facts += [f"{total.tokens:,} tokens", f"{total.spoken_characters:,} characters spoken"]
    if total.billed_calls < total.calls:
        facts.append(f"cost of {total.billed_calls:,} known")
    return tuple(facts)


def _quantity(item: CostItem, history: CallHistory) -> str:
    match item.unit:
        case CostUnit.MINUTE:
            return f"{_minutes(item.quantity)} min"
        case CostUnit.TOKEN:
            requests = sum(usage.model == item.model for usage in history.usages)
            return f"{counted(requests, 'request')}, {item.quantity:,.0f} tokens"
        case CostUnit.CHARACTER:
            return f"{item.quantity:,.0f} characters"
        case CostUnit.PART:
            return counted(round(item.quantity), "part")


def _minutes(minutes: float) -> str:
    return f"{minutes:,.1f}"
