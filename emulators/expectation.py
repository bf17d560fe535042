"""What a call is to have found out, and how a claim differs from it.

Values are compared in their normal form: texts by word error rate, since a
recogniser writes them down; everything else exactly. Moments are given as a caller
says them ("on Monday at nine") and mean the most recent one before the call.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Literal, assert_never

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Text:
    """Words, of which so many may be wrong."""

    text: str
    max_word_error_rate: float = 0.2


@dataclass(frozen=True, slots=True)
class Exactly:
    """This normal form and no other: a telephone number, an e-mail address."""

    value: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A local time of a day that is relative to the call: a weekday, or so many days before."""

    at: time
    weekday: Weekday | None = None
    days_before: int | None = None

    def __post_init__(self) -> None:
        if (self.weekday is None) == (self.days_before is None):
            raise ValueError("a moment has a weekday or a number of days before the call")

    def candidates(self, called_at: datetime) -> tuple[datetime, ...]:
        """What this may mean in a call at that local time, without time zone.

        On a Monday, "Monday at nine" may be today or a week ago: both are right.
        """
        now = called_at.replace(tzinfo=None)
        today_at = datetime.combine(now.date(), self.at)
        if self.days_before is not None:
            return (today_at - timedelta(days=self.days_before),)
        days = (now.weekday() - WEEKDAYS.index(self.weekday)) % 7 if self.weekday else 0
        if days:
            return (today_at - timedelta(days=days),)
        last_week = today_at - timedelta(days=7)
        return (last_week, today_at) if today_at <= now else (last_week,)


Expected = Text | Exactly | Moment


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One value of a claim that is not as expected."""

    field: str
    expected: str
    actual: str | None
    """None when the claim does not hold the field."""

    def __str__(self) -> str:
        return f"{self.field}: expected {self.expected}, got {self.actual or 'nothing'}"


@dataclass(frozen=True, slots=True)
class Expectation:
    """The claim that a scenario should lead to. Fields that it does not name must stay empty."""

    claim: Mapping[str, Expected] = field(default_factory=lambda: MappingProxyType({}))
    tools: tuple[str, ...] = ()
    """That must have been called, each as often as it stands here; others may have been."""
    citations: tuple[str, ...] = ()
    """Titles of the documents that answers must rest on."""
    messages: tuple[str, ...] = ()
    """Words that the text messages to the caller must hold, one message each."""

    def mismatches(self, claim: Mapping[str, str], *, called_at: datetime) -> tuple[Mismatch, ...]:
        """Compare a claim with this.

        Args:
            claim: Values in normal form: texts as they are, moments in ISO 8601.
            called_at: When the call was, in the time zone in which the claim's moments are.

        Returns:
            What differs, by field; empty when the claim is right.
        """
        found = [
            Mismatch(name, _in_words(expected, called_at), claim.get(name))
            for name, expected in self.claim.items()
            if name not in claim or not _fits(expected, claim[name], called_at)
        ]
        found += [
            Mismatch(name, "nothing", value) for name, value in claim.items() if self.claim and name not in self.claim
        ]
        return tuple(found)


def word_error_rate(reference: str, hypothesis: str) -> float:
    """Word errors per word of the reference, after normalisation (case, punctuation).

    The number of substitutions, deletions and insertions of the cheapest alignment
    (Levenshtein). An empty reference has rate 0 against nothing, else 1.
    """
    expected, actual = _words(reference), _words(hypothesis)
    if not expected:
        return float(bool(actual))
    costs = list(range(len(actual) + 1))
    for row, word in enumerate(expected, start=1):
        diagonal, costs[0] = costs[0], row
        for column, other in enumerate(actual, start=1):
            substituted = diagonal + (word != other)
            diagonal = costs[column]
            costs[column] = min(substituted, diagonal + 1, costs[column - 1] + 1)
    return costs[-1] / len(expected)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.casefold())


def _fits(expected: Expected, actual: str, called_at: datetime) -> bool:
    match expected:
        case Text():
            return word_error_rate(expected.text, actual) <= expected.max_word_error_rate
        case Exactly():
            return actual == expected.value
        case Moment():
            try:
                moment = datetime.fromisoformat(actual).replace(tzinfo=None)
            except ValueError:
                return False
            return moment in expected.candidates(called_at)
        case _:
            assert_never(expected)


def _in_words(expected: Expected, called_at: datetime) -> str:
    match expected:
        case Text():
            return f"“{expected.text}”"
        case Exactly():
            return expected.value
        case Moment():
            return " or ".join(moment.isoformat(timespec="minutes") for moment in expected.candidates(called_at))
        case _:
            assert_never(expected)
