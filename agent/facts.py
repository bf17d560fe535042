"""Small facts that a dialogue holds, beside its words and its claim."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Citation:
    """A document that an answer rests on."""

    title: str
    source: str
    """File or URL, with page or heading where it has such."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to be done after the call. ``title`` names it: a later one of the same title replaces it."""

    title: str
    description: str
    due_at: datetime
    """Timezone-aware."""
    owner: str = "customer"
    """Who is to do it: customer, assistant, or whoever the company calls so."""


@dataclass(frozen=True, slots=True)
class EmergencyNotice:
    """What an emergency service has to know."""

    service: str
    """police, fire or ambulance, or what else the caller needs."""
    location: str
    contact: str
    """Whom they can ask, and how."""
    reason: str


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What one request to a model cost, in tokens."""

    model: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    """Those of the prompt that the service had seen before."""
    is_estimated: bool = False
    """The request was broken off before the service told."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a call has cost so far."""

    model_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    by_model: tuple[ModelUsage, ...] = ()
    """The same, one sum for each model."""
    limit: str = ""
    """The limit of the budget that was reached (an ``agent.budget.Limit``): no model is asked any more; empty: none."""

    def plus(self, usage: ModelUsage) -> "Spent":
        """One request more."""
        return Spent(
            self.model_calls + 1,
            self.prompt_tokens + usage.prompt_tokens,
            self.completion_tokens + usage.completion_tokens,
            self.cached_tokens + usage.cached_tokens,
            _summed(self.by_model, usage),
            self.limit,
        )


def _summed(sums: tuple[ModelUsage, ...], usage: ModelUsage) -> tuple[ModelUsage, ...]:
    for place, each in enumerate(sums):
        if each.model == usage.model:
            added = ModelUsage(
                each.model,
                each.prompt_tokens + usage.prompt_tokens,
                each.completion_tokens + usage.completion_tokens,
                each.cached_tokens + usage.cached_tokens,
                each.is_estimated or usage.is_estimated,
            )
            return (*sums[:place], added, *sums[place + 1 :])
    return (*sums, usage)
