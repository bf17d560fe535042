"""What the turn machine does when the caller speaks over our voice: hold, resume, or give way. Sans-IO.

The rules themselves, and their table, are in ``pipeline.turns``.
"""

from pipeline.commands import (
    Command,
    HoldPlayout,
    ResumePlayout,
    StopPlayout,
)
from pipeline.overlap import is_backchannel, is_stop, may_become_backchannel
from pipeline.timers import Timer
from pipeline.turn_settings import State
from pipeline.turn_steps import TurnSteps
from pipeline.utterance import Utterance

_HELD_MS = 300
"""A hold lasts at least so long before it becomes an interruption."""


class TurnOverlap(TurnSteps):
    """The steps of an overlap, beside those of a turn."""

    def _interruption_began(self, onset: int, *, is_new: bool) -> None:
        if self._is_confirmed:
            self._said = Utterance()  # what was talked through before is no part of an interruption
        self._is_caller_speaking = True
        self._interrupted_at = onset
        if is_new or self._is_confirmed:
            self._said.began(onset)
        else:
            self._said.resumed()
        self.state = State.INTERRUPTED
        self._is_faint = False
        self._timers.clear(Timer.CONFIRM)
        self._timers.set(Timer.BARGE_IN, self._after_onset(self._settings.vad_cutoff_timeout_ms))

    def _voice_judged(self, now: int, *, is_hum: bool, is_faint: bool) -> None:
        """What the voice over ours sounds like: a listener's, somebody else's, or one that wants to speak."""
        self._is_faint = is_faint
        if is_faint:
            self._timers.clear(Timer.BARGE_IN)
        elif not self._is_holding and self._said.is_speaking:
            wait_ms = self._settings.barge_in_sure_ms if is_hum else self._settings.vad_cutoff_timeout_ms
            self._timers.set(Timer.BARGE_IN, max(now, self._after_onset(wait_ms)))

    def _overlap_goes_on(self, now: int) -> None:
        self._timers.clear(Timer.TEXT)
        if self._is_holding:
            self._timers.set(Timer.BARGE_IN_SURE, max(now, self._after_onset(self._settings.barge_in_sure_ms)))
        elif not self._is_faint:
            self._timers.set(Timer.BARGE_IN, max(now, self._after_onset(self._settings.vad_cutoff_timeout_ms)))

    def _silence_ourselves(self, now: int) -> list[Command]:
        if is_backchannel(self._said.latest_text):
            self._timers.set(Timer.BARGE_IN_SURE, self._after_onset(self._settings.barge_in_sure_ms))
            return []
        return self._hold(now)

    def _hold(self, now: int) -> list[Command]:
        self._is_holding = True
        # A hum is held late: it has a moment more to be over.
        sure = max(now + self._samples(_HELD_MS), self._after_onset(self._settings.barge_in_sure_ms))
        self._timers.set(Timer.BARGE_IN_SURE, sure)
        return [HoldPlayout(self._interrupted_at)]

    def _sure(self, now: int) -> list[Command]:
        """Long enough to be no false alarm, unless all that was understood is a listener's word, drawn out."""
        latest = self._after_onset(self._settings.barge_in_words_ms)
        if now < latest and is_backchannel(self._said.latest_text):
            self._timers.set(Timer.BARGE_IN_SURE, latest)
            return []
        return self._interrupt(now)

    def _overlap_words(self, now: int) -> list[Command]:
        text = self._said.latest_text
        if self._is_faint and not is_stop(text):
            return []
        if not text or is_backchannel(text):
            return self._overlap_ended(now) if not self._said.is_speaking else []
        if is_stop(text) or (self._is_holding and not may_become_backchannel(text)):
            return self._interrupt(now)
        return []

    def _overlap_ended(self, now: int, *, text_is_late: bool = False) -> list[Command]:
        """The caller is quiet again: was it for us to stop?"""
        if not self._is_holding:
            return self._talk_on([])
        if not self._ending.has_all_words(self._said) and not text_is_late:
            wait = self._samples(self._settings.ending.text_lag_ms)
            self._timers.set(Timer.TEXT, max(now, self._said.last_voiced_sample + wait))
            return []
        text = self._said.latest_text
        if text and not is_backchannel(text):
            return self._interrupt(now)
        self._is_holding = False
        if self._is_caller_speaking:
            # Only a pause so far: play on, and listen whether it was one.
            self._timers.clear(Timer.BARGE_IN, Timer.BARGE_IN_SURE, Timer.TEXT)
            return [ResumePlayout()]
        self._said = self._said.rest() if self._is_confirmed else self._said
        return self._talk_on([ResumePlayout()])

    def _talk_on(self, orders: list[Command]) -> list[Command]:
        self.state = State.SPEAKING
        self._timers.clear(Timer.BARGE_IN, Timer.BARGE_IN_SURE, Timer.TEXT)
        return [*orders, *self._confirm()] if not self._timers.is_set(Timer.HARD_ANSWER) else orders

    def _interrupt(self, now: int) -> list[Command]:
        """The caller wants to speak: our turn is over."""
        onset = self._interrupted_at
        self._is_holding = False
        if not self._is_confirmed:
            self._take_turn_back()
        self.state = State.LISTENING
        self._timers.clear()
        orders: list[Command] = [*self._cancel(), StopPlayout(onset)]
        if not self._is_caller_speaking:
            orders += self._caller_paused(self._said.last_voiced_sample, now, is_stop=True)
        return orders
