"""What the turn machine does about things that others than the line tell it. Sans-IO.

The rules themselves, and their table, are in ``pipeline.turns``.
"""

from pipeline.commands import (
    Announcement,
    Cause,
    CloseFloor,
    Command,
    OpenFloor,
    RememberCaller,
    StopPlayout,
)
from pipeline.events import DigitPressed
from pipeline.initiative import Initiative
from pipeline.timers import Timer
from pipeline.turn_overlap import TurnOverlap
from pipeline.turn_settings import State, TurnSettings
from pipeline.utterance import Utterance

_NOT_OURS = (State.CLOSING, State.AWAY, State.TAKEN_OVER)
"""The last word is being said, or was; or a human has the word."""


class TurnBeside(TurnOverlap):
    """The steps beside the line, beside those of a turn and of an overlap."""

    def __init__(self, settings: TurnSettings | None = None) -> None:
        super().__init__(settings)
        self._is_human_asked = False
        """…and the caller has not heard yet that one comes."""

    # -- another language -------------------------------------------------------------

    def _language_chosen(self, now: int) -> list[Command]:
        """Speak it at once: what is asked is answered anew; where nothing is, it is said that it is spoken."""
        if self.state in _NOT_OURS:
            return []
        orders = self._break_off(now) if self.state is not State.LISTENING else self._prepare_anew(now)
        if self._is_ready and self._said.is_empty:
            self._initiatives.put_first(Initiative(Cause.LANGUAGE, ""))
        return orders

    def _prepare_anew(self, now: int) -> list[Command]:
        """What was prepared is of before; the caller's turn goes on."""
        if self._prepared_text is None or self.state is not State.LISTENING:
            return []
        self._forget_prepared()
        return [*self._cancel(), *self._words_changed(now)]

    def _break_off(self, now: int) -> list[Command]:
        """Our voice stops, for nobody's voice; what it was to answer, and was not heard to, is still to be answered."""
        self._is_holding = False
        if not self._is_confirmed:
            self._take_turn_back()
        orders: list[Command] = [*self._cancel(), StopPlayout(None)]
        if self._said.is_empty or self._is_caller_speaking:
            self._listen(now)
            return orders
        self.state = State.LISTENING
        self._timers.clear()
        self._is_pausing = False
        return orders + self._caller_paused(self._said.last_voiced_sample, now, is_stop=True)

    # -- a human ----------------------------------------------------------------------

    def _hand_over_asked(self, now: int, *, may_wait: bool) -> list[Command]:
        if self.state in _NOT_OURS:
            return []
        self._is_human_asked = True
        if self._is_caller_speaking or not self._is_ready or may_wait:
            return []  # they are told so in the place of an answer
        return self._announce_human(now)

    def _speak_up(self, now: int) -> list[Command]:
        is_idle = self.state is State.LISTENING and self._is_ready and not self._has_reply
        if self._is_human_asked and is_idle and not self._is_caller_speaking and self._said.is_empty:
            return self._announce_human(now)
        return super()._speak_up(now)

    def _announce_human(self, now: int) -> list[Command]:
        """Say that a human comes; what the caller has said so far, and nobody has answered, is for the human."""
        self._is_human_asked = False
        self._initiatives.drop(Announcement.HUMAN_SOUGHT)
        orders: list[Command] = []
        if self.state is not State.LISTENING:
            self._is_holding = False
            if not self._is_confirmed:
                self._take_turn_back()
            orders = [*self._cancel(), StopPlayout(None)]
        self.turn += 1
        return orders + self._start(Cause.HAND_OVER, now, text=self._said.text)

    def _take_turn_back(self) -> None:
        if self._has_reply and self._reply_cause is Cause.HAND_OVER:
            self._is_human_asked = True
            self.turn -= 1
        super()._take_turn_back()

    # -- a supervisor -----------------------------------------------------------------

    def _taken_over(self, now: int) -> list[Command]:
        """We fall silent in the middle of a word, and wait for nothing any more."""
        if self.state in (State.AWAY, State.TAKEN_OVER) or not self._is_ready:
            return []
        self._is_holding = False
        orders: list[Command] = []
        if self.state is State.LISTENING:
            orders = self._cancel()
        else:
            if not self._is_confirmed:
                self._take_turn_back()
            orders = [*self._cancel(), StopPlayout(None)]
        self._ends_call = self._is_human_asked = False  # one is there
        self.state = State.TAKEN_OVER
        self._timers.clear()
        return [*orders, OpenFloor(), *self._write_down(now)]

    def _write_down(self, now: int) -> list[Command]:
        """What the caller has said is remembered as soon as its words are there, and after a while as they are then."""
        if self._is_caller_speaking or self._said.is_empty or self._said.has_digits:
            return []
        if self._said.text and self._said.is_whole:
            return self._remember()
        if not self._timers.is_set(Timer.END_OF_TURN):
            self._timers.set(Timer.END_OF_TURN, now + self._samples(self._settings.ending.recognition_timeout_ms))
        return []

    def _remember(self) -> list[Command]:
        said, self._said = self._said, self._said.rest()
        self._timers.clear(Timer.END_OF_TURN)
        if not said.text:
            return []
        self.turn += 1
        self._answered = said
        return [RememberCaller(self.turn, said.text, said.is_whole)]

    def _given_back(self, now: int) -> list[Command]:
        """What the caller is saying just now is the first thing that is answered."""
        if self.state is not State.TAKEN_OVER:
            return []
        orders = [] if self._is_caller_speaking else self._remember()
        if not self._is_caller_speaking:
            self._said = Utterance()
        self._is_confirmed, self._is_pausing, self._silence_prompts = True, False, 0
        self._initiatives.put_first(Initiative(Cause.ANNOUNCEMENT, Announcement.HUMAN_LEFT))
        self._listen(now)
        return [*orders, CloseFloor()]

    def _digit(self, event: DigitPressed, now: int) -> list[Command]:
        if self.state is not State.TAKEN_OVER:
            return super()._digit(event, now)
        self._said.digit(event.digit, now)
        self._timers.set(Timer.END_OF_TURN, now + self._samples(self._settings.dtmf_timeout_ms))
        return []
