"""What the turn machine orders the conversation to do."""

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why the assistant speaks."""

    GREETING = "greeting"
    ANSWER = "answer"
    NUDGE = "nudge"
    """The caller has been silent for long."""
    APOLOGY = "apology"
    """The reply before failed or took too long: a fixed sentence, no assistant."""
    FAREWELL = "farewell"
    """Nobody is there any more: a fixed sentence, and then the end."""


@dataclass(frozen=True, slots=True)
class StartReply:
    """Begin a reply; none is running."""

    turn: int
    cause: Cause
    text: str = ""
    """What the caller said, for an answer."""
    last_voiced_sample: int | None = None
    """Where the caller's voice ended, for an answer: latency counts from here."""
    turn_ended_sample: int | None = None
    """When it was decided that the caller had finished, for an answer."""


@dataclass(frozen=True, slots=True)
class CancelReply:
    """End the reply that is running, and wait until it has ended."""


@dataclass(frozen=True, slots=True)
class StopPlayout:
    """Silence: take back what has not been heard, and cut the history to what was."""

    onset_sample: int
    """Where the caller's interruption began."""


@dataclass(frozen=True, slots=True)
class CloseLine:
    """End the conversation."""

    reason: str


Command = StartReply | CancelReply | StopPlayout | CloseLine
