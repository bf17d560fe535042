"""Verdicts: what the guard thinks of a text, and by which rules."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_BLOCKED_FROM: Final = 1.0
_SUSPICIOUS_FROM: Final = 0.5


class Rule(StrEnum):
    """What a text was caught by: a class, never words."""

    BLOCKED_WORD = "blocked_word"
    """It holds a word of the block list."""

    # What comes in
    OVERRIDE = "override"
    """It wants the instructions to be ignored."""
    PROMPT_LEAK = "prompt_leak"
    """It asks for the instructions."""
    ROLE_PLAY = "role_play"
    """It wants the assistant to be somebody else, without rules."""
    AUTHORITY = "authority"
    """It claims a right to give orders."""
    OTHER_CUSTOMER = "other_customer"
    """It asks for the data of another customer."""
    ENCODED = "encoded"
    """It hides what it says, or wants the answer to be hidden."""
    FORGED_FRAME = "forged_frame"
    """It imitates what frames a prompt."""
    TOOL_ORDER = "tool_order"
    """It orders a tool to be called."""

    # What goes out
    PROMPT_SPOKEN = "prompt_spoken"
    """It repeats a stretch of the instructions or of the description of a tool."""
    TOOL_SPOKEN = "tool_spoken"
    """It names a tool as only the instructions do."""
    FOREIGN_DATA = "foreign_data"
    """It holds a number or an address that nobody has told in this call."""
    CIPHER_SPOKEN = "cipher_spoken"
    """It is in no language."""

    # What others have stopped
    SERVICE_FILTER = "service_filter"
    """The filter of the model's service."""
    TOOL_REFUSED = "tool_refused"
    """A tool call that the caller has not asked for."""


ASKED_FOR: Final = frozenset({Rule.PROMPT_SPOKEN, Rule.TOOL_SPOKEN, Rule.CIPHER_SPOKEN, Rule.FOREIGN_DATA})
"""What is only said to somebody who wants it said."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How sure it is that a text is an attack, and why."""

    score: float = 0.0
    """The weights of the rules that it has met."""
    rules: tuple[Rule, ...] = ()
    """Heaviest first."""

    @property
    def is_blocked(self) -> bool:
        """It is one: the text goes no further."""
        return self.score >= _BLOCKED_FROM

    @property
    def is_suspicious(self) -> bool:
        """It may be one: nothing is done in the world because of it."""
        return self.score >= _SUSPICIOUS_FROM
