"""Stretches of a text that are personal. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

NAME: Final = "NAME"
PHONE: Final = "PHONE"
EMAIL: Final = "EMAIL"
ADDRESS: Final = "ADDRESS"
CARD: Final = "CARD"
IBAN: Final = "IBAN"
POLICY: Final = "POLICY"
NUMBER: Final = "NUMBER"
"""Digits that are none of these, and too many to be of no importance."""
KINDS: Final = (CARD, IBAN, EMAIL, PHONE, POLICY, ADDRESS, NAME, NUMBER)
"""Where two are as long, the earlier one counts."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch."""

    start: int
    end: int
    kind: str
    """One of ``KINDS``, or one that the configuration names."""
    identity: str
    """The same for the same thing, however it is written or said."""


def apart(spans: Iterable[Span]) -> list[Span]:
    """Spans that do not overlap, in order: the longest ones."""
    rank = {kind: place for place, kind in enumerate(KINDS)}
    chosen: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, rank.get(s.kind, -1), s.start)):
        if all(span.end <= other.start or other.end <= span.start for other in chosen):
            chosen.append(span)
    return sorted(chosen, key=lambda span: span.start)
