"""Hedging: when a second request is worth its cost, because the first one is late. Sans-IO.

Late is what comes after the 95th percentile of the first-word times seen lately. Only a
few requests may be hedged: when everything is slow, twice the load makes nothing faster.
"""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeSettings:
    """When to hedge."""

    is_enabled: bool = True
    quantile: float = 0.95
    remembered: int = 100
    """First-word times and requests that are looked back on."""
    learned_after: int = 20
    """So many times have to be known first."""
    delay_min_ms: int = 300
    """A service that is always quick is not hedged at the first hiccup."""
    most_percent: float = 10.0
    """Of the requests looked back on, at most so many are hedged."""


class FirstWordTimes:
    """How long one model takes to begin, as a rolling estimate."""

    def __init__(self, settings: HedgeSettings) -> None:
        self._settings = settings
        self._seconds: deque[float] = deque(maxlen=settings.remembered)

    def add(self, seconds: float) -> None:
        """A first word came after so long, or had not come yet when it was given up."""
        self._seconds.append(seconds)

    def late_after_s(self) -> float | None:
        """From when on a first word is late; None while too little is known."""
        if len(self._seconds) < max(1, self._settings.learned_after):
            return None
        ordered = sorted(self._seconds)
        at = min(len(ordered) - 1, int(self._settings.quantile * len(ordered)))
        return max(ordered[at], self._settings.delay_min_ms / 1000)


class HedgeBudget:
    """How many of the last requests were hedged, and whether one more may be."""

    def __init__(self, settings: HedgeSettings) -> None:
        self._settings = settings
        self._was_hedged: deque[bool] = deque(maxlen=settings.remembered)

    def requested(self) -> None:
        """A request begins, unhedged so far."""
        self._was_hedged.append(False)

    def take(self) -> bool:
        """Hedge one, if that is allowed."""
        if not self._settings.is_enabled or not self._was_hedged:
            return False
        if (sum(self._was_hedged) + 1) * 100 > self._settings.most_percent * len(self._was_hedged):
            return False
        # Whichever of them it is: what counts is how many of the window are.
        index = next(n for n in range(len(self._was_hedged) - 1, -1, -1) if not self._was_hedged[n])
        self._was_hedged[index] = True
        return True
