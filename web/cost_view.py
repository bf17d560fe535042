"""What calls cost, as the pages show it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from agent.budget import Budget
from agent.facts import ModelUsage, Spent
from stores.records import CallHistory
from stores.totals import DayTotal, ModelTotal
from web.wording import counted, day_name, usd


@dataclass(frozen=True, slots=True)
class ModelCost:
    """A language model in one call."""

    name: str
    requests: str
    tokens: str
    cost: str


@dataclass(frozen=True, slots=True)
class CallCost:
    """What a call came to."""

    total: str
    models: tuple[ModelCost, ...]
    minutes: str
    """Empty while the call is up."""
    characters: str
    """That the assistant spoke."""
    is_estimated: bool
    """A service did not tell what a request came to."""
    unpriced: tuple[str, ...]
    """Models without a price: they are counted as the dearest that has one."""


@dataclass(frozen=True, slots=True)
class DayCost:
    """A line of the table of days."""

    day: date
    name: str
    calls: str
    minutes: str
    tokens: str
    characters: str
    cost: str
    share: float
    """Of the calls of the busiest day: 0 to 1."""


def call_cost(history: CallHistory, budget: Budget) -> CallCost:
    """What a call came to, by the prices of its models."""
    totals = _by_model(history)
    call = history.call
    seconds = (call.ended_at - call.started_at).total_seconds() if call.ended_at else 0.0
    said = [each for each in history.messages if each.persona == "assistant" and each.action == "talk"]
    return CallCost(
        total=usd(_cost_usd(totals, budget)),
        models=tuple(
            ModelCost(
                each.model or "Unnamed model",
                counted(each.requests, "request"),
                f"{each.prompt_tokens:,} in ({each.cached_tokens:,} cached), {each.completion_tokens:,} out",
                usd(_cost_usd([each], budget)),
            )
            for each in totals
        ),
        minutes=_minutes(seconds) if call.ended_at else "",
        characters=f"{sum(len(each.text) for each in said):,}",
        is_estimated=any(each.estimated_requests for each in totals),
        unpriced=_unpriced(totals, budget),
    )


def day_costs(days: Sequence[DayTotal], budget: Budget, today: date) -> list[DayCost]:
    """The table of days."""
    busiest = max((total.calls for total in days), default=1)
    return [
        DayCost(
            day=total.day,
            name=day_name(total.day, today),
            calls=f"{total.calls:,}",
            minutes=_minutes(total.seconds),
            tokens=f"{sum(each.prompt_tokens + each.completion_tokens for each in total.models):,}",
            characters=f"{total.spoken_characters:,}",
            cost=usd(_cost_usd(total.models, budget)),
            share=total.calls / busiest,
        )
        for total in days
    ]


def _by_model(history: CallHistory) -> list[ModelTotal]:
    by_model: defaultdict[str, ModelTotal] = defaultdict(lambda: ModelTotal("", 0, 0, 0, 0))
    for usage in history.usages:
        so_far = by_model[usage.model]
        by_model[usage.model] = ModelTotal(
            usage.model,
            so_far.requests + 1,
            so_far.prompt_tokens + usage.prompt_tokens,
            so_far.completion_tokens + usage.completion_tokens,
            so_far.cached_tokens + usage.cached_tokens,
            so_far.estimated_requests + usage.is_estimated,
        )
    return [by_model[name] for name in sorted(by_model)]


def _cost_usd(totals: Iterable[ModelTotal], budget: Budget) -> float:
    usages = (ModelUsage(each.model, each.prompt_tokens, each.completion_tokens, each.cached_tokens) for each in totals)
    return budget.cost_usd(Spent(by_model=tuple(usages)))


def _unpriced(totals: Iterable[ModelTotal], budget: Budget) -> tuple[str, ...]:
    return tuple(each.model or "Unnamed model" for each in totals if each.model not in budget.prices)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:,.1f}"
