"""By how much the reference is held back, so that it meets its echo. Sans-IO.

searching  no echo has fitted the filter for long: looked for again and again
proven     the filter fits: nothing is looked for
lost       the filter was proven, and suddenly nothing of what it expects arrives, though it
           is loud: the phone buffers another amount now, or another room is heard.
           The filter may not learn; looked for in what was heard since then

searching → proven   the filter fits for 15 frames
searching → searching   a delay is found (twice the same): the reference is held back by it
proven → lost        the filter misfits for 3 frames
lost → searching     found somewhere else; or found where it was, or given up: another path
lost → proven        the filter fits again
"""

from enum import Enum, auto
from typing import Any

import numpy as np
import numpy.typing as npt

from media.echo_delay import HEARD_SAMPLES, DelaySearch
from media.echo_filter import HOP, LinearEcho

Floats = npt.NDArray[np.floating[Any]]

MARGIN_SAMPLES = 320
"""The reference is held back by 20 ms less than the echo's delay: the peak is not the beginning."""

_SAME_SAMPLES = 32
"""A delay that is found this near to another one is the same: 2 ms."""
_SEARCH_FRAMES = 4
"""How often the echo is looked for…"""
_RARE_FRAMES = 15
"""…and how often after ``_PATIENCE_FRAMES``: most phones give none."""
_PATIENCE_FRAMES = 150
_FITS = 0.6
_MISFITS = 0.3
_PROVEN_FRAMES = 15
_SUSPECT_FRAMES = 3
_NEEDED_FRAMES = 8
"""Of the moved echo, before it can be found: 160 ms."""
_GIVEN_UP_FRAMES = 40
_WEAK = 0.1
"""An expected echo weaker than this, against what arrives, proves nothing."""
_SILENT = HOP * 30.0**2
"""Nor does one below -60 dBFS."""
_UNHEARD = HEARD_SAMPLES * 46.0**2
"""Nobody hears an echo below -57 dBFS."""
_NOWHERE = -(1 << 20)
_HEARD_FRAMES = -(-HEARD_SAMPLES // HOP)


class Change(Enum):
    """What has become of the alignment."""

    NONE = auto()
    CONFIRMED = auto()
    """There is an echo, where it was expected."""
    MOVED = auto()
    """Another delay, the same path."""
    OTHER_PATH = auto()
    """The same delay, another path."""


class Alignment:
    """The alignment of one call.

    Attributes:
        held_back: By so many samples.
        is_found: Whether ``held_back`` comes from an echo.
        is_lost: Whether the echo has just moved away.
    """

    def __init__(self) -> None:
        self._search = DelaySearch()
        self._heard: Floats = np.zeros((_HEARD_FRAMES, HOP), dtype=np.float32)
        self.held_back = 0
        self.is_found = False
        self.is_lost = False
        self._candidate = _NOWHERE
        self._fitting_frames = 0
        self._misfitting_frames = 0
        self._searched_frames = 0
        self._next_look = _SEARCH_FRAMES

    @property
    def is_proven(self) -> bool:
        """Whether the filter has fitted for long, where it is."""
        return self._fitting_frames >= _PROVEN_FRAMES and not self.is_lost

    def wake(self) -> None:
        """What comes next does not follow what was heard before."""
        self._heard[:] = 0
        self._search.forget()
        self._candidate = _NOWHERE

    def reset(self) -> None:
        """The delay may be another one now."""
        self._search.forget()
        self._settle()
        self.is_found = False

    def follow(self, heard: Floats, linear: LinearEcho) -> bool:
        """Take what was heard in a frame, and what the filter makes of it.

        Returns:
            Whether it is time to ``look``.
        """
        self._remember(heard)
        if linear.expected > _SILENT and linear.expected > _WEAK * linear.arriving:
            self._judge(linear.fit)
        if self.is_proven:
            return False
        self._searched_frames += 1
        return self._is_time(_SEARCH_FRAMES if self._searched_frames < _PATIENCE_FRAMES else _RARE_FRAMES)

    def watch(self, heard: Floats) -> bool:
        """Take what was heard in a frame of a line without echo: whether it is time to ``look`` all the same.

        It never is while nothing is heard: on most lines that saves nearly all that watching costs.
        """
        self._remember(heard)
        if not self._is_time(_RARE_FRAMES):
            return False
        lately = self._heard.reshape(-1)[-HEARD_SAMPLES:]
        if float(lately @ lately) >= _UNHEARD:
            return True
        self._search.forget()
        self._candidate = _NOWHERE
        return False

    def look(self, played: Floats) -> Change:
        """Look for the echo of what was played in the last ``echo_delay.WINDOW_SAMPLES``."""
        heard = self._heard.reshape(-1)[-HEARD_SAMPLES:]
        if self.is_lost:
            heard = heard.copy()
            heard[: -(self._searched_frames + _SUSPECT_FRAMES) * HOP] = 0
        delay = self._search.look(played, heard)
        if delay is not None and (self.is_lost or abs(delay - self._candidate) <= _SAME_SAMPLES):
            return self._move(max(0, delay - MARGIN_SAMPLES))
        self._candidate = _NOWHERE if delay is None else delay
        if self.is_lost and self._searched_frames > _GIVEN_UP_FRAMES:
            self._settle()
            return Change.OTHER_PATH
        return Change.NONE

    def _remember(self, heard: Floats) -> None:
        self._heard[:-1] = self._heard[1:]
        self._heard[-1] = heard

    def _is_time(self, every_frames: int) -> bool:
        self._next_look -= 1
        if self._next_look > 0:
            return False
        self._next_look = every_frames
        return True

    def _judge(self, fit: float) -> None:
        if fit > _FITS:
            self._misfitting_frames = 0
            self._fitting_frames += 1
            self.is_lost = False
        elif fit < _MISFITS and self._fitting_frames >= _PROVEN_FRAMES and not self.is_lost:
            self._misfitting_frames += 1
            if self._misfitting_frames >= _SUSPECT_FRAMES:
                self._lose()

    def _lose(self) -> None:
        self._search.forget()
        self.is_lost = True
        self._searched_frames = 0
        self._next_look = _NEEDED_FRAMES - _SUSPECT_FRAMES

    def _move(self, held_back: int) -> Change:
        was_lost = self.is_lost
        is_same = abs(held_back - self.held_back) <= _SAME_SAMPLES
        self.is_found = True
        if was_lost or not is_same:
            self._settle()
        if is_same:
            return Change.OTHER_PATH if was_lost else Change.CONFIRMED
        self.held_back = held_back
        return Change.MOVED

    def _settle(self) -> None:
        """Back to searching, until the filter is proven."""
        self.is_lost = False
        self._candidate = _NOWHERE
        self._fitting_frames = 0
        self._misfitting_frames = 0
        self._searched_frames = 0
        self._next_look = _SEARCH_FRAMES
