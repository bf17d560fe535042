"""What a call has cost, by the prices of the configuration. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agent.budget import KNOWN_PRICES, Budget, Limits, Price
from agent.dialogue import Persona
from agent.facts import ModelUsage, Spent
from calls.events import EndReason
from stores.call_work import CostRecord
from stores.records import CallHistory

_NEVER_UP = frozenset({EndReason.NOT_ANSWERED.value, EndReason.BUSY.value, EndReason.DECLINED.value})


@dataclass(frozen=True, slots=True)
class CallPrices:
    """In US dollars."""

    telephone_minute: float = 0.0
    """Of the line and its audio."""
    hearing_hour: float = 0.0
    speaking_million_characters: float = 0.0
    models: Mapping[str, Price] = field(default_factory=lambda: KNOWN_PRICES)


def cost_of(history: CallHistory, prices: CallPrices, *, made_at: datetime) -> CostRecord:
    """What a call has cost that is over.

    The line and the recogniser cost what they cost from the begin of the call to its end; the voice what was
    heard of it, so that what was made and cut off by the caller is not in it.
    """
    minutes = _minutes(history)
    characters = sum(
        len(message.text)
        for message in history.messages
        if message.persona == Persona.ASSISTANT.value and message.action == "talk"
    )
    spent = Spent()
    for usage in history.usages:
        tokens = (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens)
        spent = spent.plus(ModelUsage(usage.model, *tokens, is_estimated=usage.is_estimated))
    return CostRecord(
        history.call.call_id,
        made_at,
        minutes=minutes,
        prompt_tokens=spent.prompt_tokens,
        completion_tokens=spent.completion_tokens,
        cached_tokens=spent.cached_tokens,
        spoken_characters=characters,
        telephone_usd=minutes * prices.telephone_minute,
        hearing_usd=minutes / 60 * prices.hearing_hour,
        speaking_usd=characters / 1_000_000 * prices.speaking_million_characters,
        models_usd=Budget(Limits(), prices.models).cost_usd(spent),
    )


def _minutes(history: CallHistory) -> float:
    call = history.call
    if call.ended_at is None or call.end_reason in _NEVER_UP:
        return 0.0
    return max(0.0, (call.ended_at - call.started_at).total_seconds() / 60)
