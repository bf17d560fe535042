"""What a call may cost, and whether it has. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from agent.facts import ModelUsage, Spent

_MILLION: Final = 1_000_000


class Limit(StrEnum):
    """What of a budget was reached."""

    MODEL_CALLS = "model_calls"
    TOKENS = "tokens"
    MINUTES = "minutes"
    MONEY = "money"


class Price(BaseModel):
    """Of a model, in US dollars for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)
    cached: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """Of those of the prompt that the service had seen before; None: as ``input``."""

    def of(self, usage: ModelUsage) -> float:
        """What this cost, in US dollars."""
        cached = self.input if self.cached is None else self.cached
        fresh = max(0, usage.prompt_tokens - usage.cached_tokens)
        return (fresh * self.input + usage.cached_tokens * cached + usage.completion_tokens * self.output) / _MILLION


class Limits(BaseModel):
    """What the language models of one call may do; 0 is no limit. See docs/budget.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_calls: int = Field(default=0, ge=0)
    """Requests."""
    tokens: int = Field(default=0, ge=0)
    """Of prompts and answers together, cached ones too."""
    minutes: float = Field(default=0, ge=0, allow_inf_nan=False)
    """From the answer of the call on."""
    usd: float = Field(default=0, ge=0, allow_inf_nan=False)
    """By the prices of the models."""


KNOWN_PRICES: Final[Mapping[str, Price]] = MappingProxyType(
    {
        "gpt-4.1": Price(input=2.50, output=10.00),
        "gpt-4.1-nano": Price(input=0.15, output=0.60),
    }
)
"""As the README of call-center-ai states them, of December 2024, "global" in Sweden Central."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits of one call, and what models cost."""

    limits: Limits
    prices: Mapping[str, Price] = field(default_factory=lambda: KNOWN_PRICES)
    """By model, as it is configured."""

    @property
    def is_limited(self) -> bool:
        """Whether there is any limit."""
        return self.limits != Limits()

    def cost_usd(self, spent: Spent) -> float:
        """What was spent, in US dollars. A model without a price costs what the dearest one does: never too little."""
        return sum(self._price(usage).of(usage) for usage in spent.by_model)

    def reached(self, spent: Spent, began_at: datetime | None, now: datetime) -> Limit | None:
        """The limit that is reached; None: there is something left.

        Args:
            spent: What the call has cost until now.
            began_at: When it was answered; None: nobody knows, and time is no limit.
            now: Timezone-aware, as ``began_at``.
        """
        limits = self.limits
        if limits.model_calls and spent.model_calls >= limits.model_calls:
            return Limit.MODEL_CALLS
        if limits.tokens and spent.prompt_tokens + spent.completion_tokens >= limits.tokens:
            return Limit.TOKENS
        if limits.minutes and began_at is not None and (now - began_at).total_seconds() >= limits.minutes * 60:
            return Limit.MINUTES
        if limits.usd and self.cost_usd(spent) >= limits.usd:
            return Limit.MONEY
        return None

    def _price(self, usage: ModelUsage) -> Price:
        known = self.prices.get(usage.model)
        if known is not None:
            return known
        dearest = max(self.prices.values(), key=lambda price: price.of(usage), default=None)
        return dearest or Price(input=0, output=0)
