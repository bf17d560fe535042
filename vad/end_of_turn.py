"""How long to wait in silence before the caller's turn counts as over. Sans-IO.

The wait is one smooth curve over the probability that the caller has finished:

    wait = floor + (longest - floor) * (1 - finished) ** steepness

with the steepness chosen so that a probability of one half waits ``unsure_ms``. With the
defaults: 0.95 → 201 ms, 0.8 → 233, 0.65 → 327, 0.5 → 500, 0.35 → 765, 0.2 → 1,133, 0.05 → 1,614.
"""

import math
from collections import deque
from dataclasses import dataclass

_LEAST_CURVE_MS = 20.0
"""The middle of the curve stays so far from both its ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOfTurnSettings:
    """The three points of the curve, in milliseconds of silence since the last voiced sample."""

    floor_ms: int = 200
    """When the caller has surely finished: longer than the stop before a final "t" (up to 180 ms)."""
    vad_silence_timeout_ms: int = 500
    """When nobody can tell. Named like the reference's feature flag."""
    longest_ms: int = 1_800
    """When the caller has surely not finished."""
    shortest_habit: float = 0.7
    """A caller without pauses shortens the middle down to this part of it…"""
    longest_habit: float = 1.7
    """…and one who pauses long lengthens it up to this."""
    habit_margin_ms: int = 150
    """The middle is to be so far above this caller's own pauses."""

    def __post_init__(self) -> None:
        if not 0 <= self.floor_ms <= self.longest_ms:
            raise ValueError("floor_ms must be between 0 and longest_ms")
        if not 0 < self.shortest_habit <= 1 <= self.longest_habit:
            raise ValueError("the limits of the habit must embrace 1")


class EndOfTurn:
    """From what is believed to how long is waited; holds no state."""

    def __init__(self, settings: EndOfTurnSettings | None = None) -> None:
        self._settings = settings or EndOfTurnSettings()

    def wait_ms(self, finished: float, pause_habit_ms: float | None = None) -> int:
        """Silence after which the turn is over, counted from the last voiced sample.

        Never longer for a higher ``finished``, never shorter for a longer habit, always
        between ``floor_ms`` and ``longest_ms``.

        Args:
            finished: Probability that the caller has finished, 0 to 1.
            pause_habit_ms: How long this caller pauses within a turn; None for not known yet.
        """
        settings = self._settings
        span = settings.longest_ms - settings.floor_ms
        if span <= 2 * _LEAST_CURVE_MS:
            return settings.longest_ms
        middle = self._middle_ms(pause_habit_ms) - settings.floor_ms
        middle = min(max(middle, _LEAST_CURVE_MS), span - _LEAST_CURVE_MS)
        steepness = math.log2(span / middle)
        unfinished = 1.0 - min(max(finished, 0.0), 1.0)
        return settings.floor_ms + round(span * math.pow(unfinished, steepness))

    def _middle_ms(self, pause_habit_ms: float | None) -> float:
        settings = self._settings
        usual = float(settings.vad_silence_timeout_ms)
        if pause_habit_ms is None:
            return usual
        wanted = pause_habit_ms + settings.habit_margin_ms
        return min(max(wanted, usual * settings.shortest_habit), usual * settings.longest_habit)


class PauseHabit:
    """How long one caller pauses within turns: a high quantile of the last pauses."""

    def __init__(self, *, remembered: int = 24, least: int = 4, quantile: float = 0.85) -> None:
        """Know nothing yet.

        Args:
            remembered: Pauses that count; older ones are forgotten.
            least: Pauses before there is a habit.
            quantile: Share of this caller's pauses that the habit covers.
        """
        self._pauses_ms: deque[int] = deque(maxlen=remembered)  # the oldest is dropped
        self._least = least
        self._quantile = quantile

    def paused(self, pause_ms: int) -> None:
        """The caller was silent for so long and then went on with the same turn."""
        self._pauses_ms.append(pause_ms)

    @property
    def value_ms(self) -> float | None:
        """The habit, or None before enough was seen."""
        if len(self._pauses_ms) < self._least:
            return None
        ordered = sorted(self._pauses_ms)
        place = self._quantile * (len(ordered) - 1)
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
