"""What language models report of themselves: facts for whoever counts, never words.

Models are shared by all calls, so these records name a model and no call.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from agent.chat import Usage


@dataclass(frozen=True, slots=True)
class ModelUsed:
    """A completion has come to its end, and cost this."""

    model: str
    """As it is configured: few, and none of them tells who calls."""
    usage: Usage


@dataclass(frozen=True, slots=True)
class ModelStumbled:
    """A model failed in a reply; another one was asked, or none was left."""

    model: str
    reason: str
    """The class of the error."""


class HedgeOutcome(StrEnum):
    """Which of two requests brought the first word."""

    FIRST = "first"
    SECOND = "second"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class ModelHedged:
    """A second model was asked while the first one was late."""

    model: str
    """The one that was late."""
    outcome: HedgeOutcome


ModelRecord = ModelUsed | ModelStumbled | ModelHedged

ObserveModel = Callable[[ModelRecord], None]
"""Takes a record; returns at once and never raises."""


def unobserved(record: ModelRecord) -> None:
    """Let nobody count."""
