"""What the turn machine does when one of its rules applies: its state, and the steps that change it. Sans-IO.

The rules themselves, and their table, are in ``pipeline.turns``.
"""

from media.frames import samples_in
from pipeline.commands import (
    AllowOpener,
    Announcement,
    CancelReply,
    Cause,
    CloseLine,
    Command,
    ConfirmReply,
    CorrectTurn,
    DelaySpeech,
    HandOver,
    JudgeTurn,
    ReleaseReply,
    StartReply,
    StopPlayout,
)
from pipeline.ending import Ending
from pipeline.events import (
    DigitPressed,
    ReplyCompleted,
    TextRecognised,
)
from pipeline.initiative import Initiative, Initiatives
from pipeline.timers import Timer, Timers
from pipeline.turn_settings import State, TurnSettings
from pipeline.utterance import Utterance, same_words

_ENDING_KEYS = ("#", "*")
"""The one ends an entry, the other asks to hear the question again: neither waits for more keys."""


class TurnSteps:
    """The state of one call, and its steps."""

    def __init__(self, settings: TurnSettings | None = None) -> None:
        self._settings = settings or TurnSettings()
        self.state = State.LISTENING
        self.turn = 0
        self._timers = Timers()
        self._ending = Ending(self._settings.ending)
        self._said = Utterance()
        self._answered: Utterance | None = None
        self._answered_as = ("", 0)
        """What the running answer is an answer to: the words, and of how many stretches."""
        self._is_ready = False
        self._is_caller_speaking = False
        self._is_pausing = False
        self._likely_until = 0
        self._interrupted_at = 0
        self._is_holding = False
        self._is_faint = False
        self._has_reply = False
        self._ends_call = False
        self._hands_over = False
        self._initiatives = Initiatives()
        self._is_confirmed = False
        self._is_broken_off = False
        self._filled_at = 0
        self._reply_cause = Cause.GREETING
        self._prepared_text: str | None = None
        self._prepared_count = 0
        self._silence_prompts = 0

    def behave(self, settings: TurnSettings) -> None:
        """Go by these from now on; a time that is running already runs to its end."""
        self._settings = settings
        self._ending.behave(settings.ending)

    def next_deadline(self) -> int | None:
        """The sample at which ``DeadlinePassed`` is due."""
        return self._timers.next_deadline()

    @property
    def is_caller_speaking(self) -> bool:
        """Whether the caller speaks now."""
        return self._is_caller_speaking

    @property
    def heard_text(self) -> str:
        """What was understood of the caller's turn so far."""
        return self._said.text

    # -- the caller's turn ------------------------------------------------------------

    def _caller_began(self, onset: int) -> None:
        if not self._said.is_empty and not self._is_caller_speaking and self.state is State.LISTENING:
            self._ending.went_on(onset - self._said.last_voiced_sample)
        self._is_caller_speaking = True
        self._is_pausing = False
        self._interrupted_at = onset
        self._timers.clear(Timer.JUDGE, Timer.END_OF_TURN, Timer.SILENCE, Timer.SOFT_ANSWER)
        self._said.began(onset)

    def _caller_went_on(self, onset: int) -> None:
        self._ending.went_on(onset - self._said.last_voiced_sample)
        self._is_caller_speaking = True
        self._is_pausing = False
        self._timers.clear(Timer.JUDGE, Timer.END_OF_TURN, Timer.SILENCE, Timer.SOFT_ANSWER)
        self._said.resumed()

    def _caller_paused(self, last_voiced: int, now: int, *, is_stop: bool) -> list[Command]:
        if is_stop:
            self._is_caller_speaking = False
        self._said.paused(last_voiced)
        if self._is_pausing:
            return self._words_changed(now)
        self._is_pausing = True
        self._ending.paused()
        # Stop consonants are pauses too: only what outlasts them is worth a model's time.
        judge_at = max(now, last_voiced + self._samples(self._settings.judge_after_ms))
        self._timers.set(Timer.JUDGE, judge_at)
        self._ending.will_ask(judge_at)
        return self._words_changed(now)

    def _voice_is_likely(self, now: int) -> list[Command]:
        """Whether the caller goes on is known in a moment: whoever begins now would talk over them."""
        self._likely_until = now + self._samples(self._settings.likely_voice_ms)
        return [DelaySpeech(self._likely_until)] if self.state is State.THINKING else []

    def _judge(self, now: int) -> list[Command]:
        """Ask the model, now and again as the silence grows."""
        if not self._is_pausing:
            return []
        if now - self._said.last_voiced_sample < self._samples(self._settings.judge_until_ms):
            self._timers.set(Timer.JUDGE, now + self._samples(self._settings.judge_every_ms))
        self._ending.asked(self._said.text, now)
        return [JudgeTurn(self._ending.pause, self._said.text, self._ending.language)]

    def _correct(self, event: TextRecognised, now: int) -> list[Command]:
        """A text of the turn that is being answered: it only corrects what is remembered."""
        answered = self._answered
        if answered is None:
            return []
        words_before = answered.text
        where = (event.start_sample, event.end_sample, event.text)
        if not answered.recognised(*where, is_final=event.is_final, now=now):
            return []
        if answered.is_whole:
            self._answered = None
        if same_words(words_before, answered.text):
            return []
        self._ending.text_was_late(answered)
        return [CorrectTurn(self.turn, answered.text)]

    def _words_changed(self, now: int) -> list[Command]:
        """Words, score or silence are others: prepare a reply or drop it, and say when the turn is over."""
        if self.state is not State.LISTENING:
            return []
        orders: list[Command] = []
        if self._prepared_text is not None and not same_words(self._prepared_text, self._said.text):
            self._forget_prepared()
            orders += self._cancel()
        if not self._is_pausing:
            return orders
        if self._should_prepare():
            orders += self._prepare()
        if not self._said.has_digits:
            self._wait_for_end()
        return orders

    def _wait_for_end(self) -> None:
        """By silence, and until the words are settled; a recogniser that is late is no reason to be silent."""
        said = self._said
        by_silence, ends = self._ending.ends_at(said)
        self._timers.set(Timer.END_OF_TURN, ends)
        fill_at = max(by_silence, said.last_voiced_sample + self._samples(self._settings.answer_soft_timeout_ms))
        if self._filled_at > said.last_voiced_sample:
            return  # said already
        if fill_at < ends and (said.text or said.is_worth_asking_again(self._settings.sample_rate_hz)):
            self._timers.set(Timer.SOFT_ANSWER, fill_at)
        else:
            self._timers.clear(Timer.SOFT_ANSWER)

    def _should_prepare(self) -> bool:
        text = self._said.text
        if not text or self._prepared_text is not None or self._said.has_digits or self._has_reply:
            return False
        if self._prepared_count >= self._settings.speculation_max_per_turn:
            return False
        return self._ending.may_be_over(self._said, self._settings.speculation_threshold)

    def _prepare(self) -> list[Command]:
        self._prepared_text = self._said.text
        self._prepared_count += 1
        self._has_reply = True
        self._ends_call = False
        self._reply_cause = Cause.ANSWER
        last = self._said.last_voiced_sample
        began = self._said.began_sample
        return [StartReply(self.turn + 1, Cause.ANSWER, self._prepared_text, last, last, began, is_held=True)]

    def _end_of_turn(self, now: int) -> list[Command]:
        said = self._said
        text = said.text
        if not text and not said.is_worth_asking_again(self._settings.sample_rate_hz):
            self._said = said.rest()
            self._is_pausing = False
            orders = self._cancel()
            self._listen(now)
            return orders
        self._ending.text_was_late(said)
        ended = now if said.has_digits else min(now, self._ending.ends_at(said)[0])
        opener = AllowOpener(now if said.has_digits else self._ending.opens_at(said))
        if self._prepared_text is None:
            return [*self._start(Cause.ANSWER, now, text=text, ended=ended), opener]
        self._forget_prepared(keep_reply=True)
        self.turn += 1
        self._think(now)
        self._answered_as = (text, said.stretch_count)
        return [ReleaseReply(self.turn, text, said.last_voiced_sample, ended), opener]

    # -- our turn ---------------------------------------------------------------------

    def _start(self, cause: Cause, now: int, *, text: str = "", ended: int = 0) -> list[Command]:
        orders = self._cancel()
        self._has_reply = True
        self._ends_call = False
        self._reply_cause = cause
        if cause is not Cause.ANSWER:
            self._think(now)
            return [*orders, StartReply(self.turn, cause, text)]
        self.turn += 1
        self._think(now)
        said = self._said
        self._answered_as = (text, said.stretch_count)
        return [*orders, StartReply(self.turn, cause, text, said.last_voiced_sample, ended, said.began_sample)]

    def _think(self, now: int) -> None:
        self.state = State.THINKING
        self._is_pausing = False
        self._is_confirmed = self._is_broken_off = False
        self._prepared_count = 0
        self._timers.clear()
        self._timers.set(Timer.HARD_ANSWER, now + self._samples(self._settings.answer_hard_timeout_ms))
        if self._reply_cause in (Cause.ANSWER, Cause.MESSAGE):
            self._silence_prompts = 0
            # The caller hears silence since their own last sound, not since we began to think.
            is_answer = self._reply_cause is Cause.ANSWER
            silent_since = min(now, max(self._said.last_voiced_sample, self._filled_at)) if is_answer else now
            due = silent_since + self._samples(self._settings.answer_soft_timeout_ms)
            self._timers.set(Timer.SOFT_ANSWER, max(due, now + self._samples(self._settings.filler_after_ms)))

    def _content_may_be_audible(self, is_content: bool, now: int) -> None:
        self._timers.clear(Timer.SOFT_ANSWER)
        if is_content:
            self._timers.clear(Timer.HARD_ANSWER)
            self._timers.set(Timer.CONFIRM, now + self._samples(self._settings.merge_ms))

    def _flow(self, *, is_dry: bool, now: int) -> None:
        """Our voice has run dry amid a reply, or goes on: silence is filled here as before the first word."""
        if is_dry:
            self._timers.set(Timer.SOFT_ANSWER, now + self._samples(self._settings.answer_soft_timeout_ms))
        else:
            self._timers.clear(Timer.SOFT_ANSWER)

    def _confirm(self) -> list[Command]:
        if self._is_confirmed:
            return []
        self._is_confirmed = True
        self._timers.clear(Timer.CONFIRM)
        said = self._said
        self._answered, self._said = said, said.rest()
        self._close_if_confirmed()
        text, stretches = self._answered_as
        if self._reply_cause is Cause.ANSWER and said.stretch_count == stretches and not same_words(text, said.text):
            # Its final text came after the order, and before anything could be remembered of it.
            self._ending.text_was_late(said)
            return [ConfirmReply(), CorrectTurn(self.turn, said.text)]
        return [ConfirmReply()]

    def _close_if_confirmed(self) -> None:
        """A goodbye that was heard is the end: nothing said over it begins anew."""
        if self._ends_call and self._is_confirmed and self.state is State.SPEAKING:
            self.state = State.CLOSING
            self._timers.clear()

    def _after_reply(self, now: int) -> list[Command]:
        orders = self._confirm()
        self._has_reply = False
        if self._ends_call:
            return [*orders, *self._leave()]
        if self._is_broken_off and self.state is State.SPEAKING:
            return [*orders, *self._apologise(now)]
        self._listen(now)
        return orders

    def _completed(self, event: ReplyCompleted) -> None:
        self._ends_call = event.ends_call or event.hands_over
        self._hands_over = event.hands_over

    def _leave(self) -> list[Command]:
        """Our last word was heard: end the call, or leave it to a human."""
        if not self._hands_over:
            return self._end("assistant_hung_up")
        self.state = State.AWAY
        self._ends_call = False
        self._said = Utterance()
        self._timers.clear()
        return [HandOver()]

    def _speak_up(self, now: int) -> list[Command]:
        """Say what is to be said without having been asked, when nobody speaks."""
        is_idle = self.state is State.LISTENING and self._is_ready and not self._has_reply
        if not self._initiatives or not is_idle or self._is_caller_speaking or not self._said.is_empty:
            return []
        initiative = self._initiatives.take()
        return self._start(initiative.cause, now, text=initiative.text)

    def _take_back(self, announcement: Announcement, now: int) -> list[Command]:
        self._initiatives.drop(Announcement.HUMAN_SOUGHT)
        self._initiatives.add(Initiative(Cause.ANNOUNCEMENT, announcement))
        if self.state is State.AWAY:
            self._listen(now)
        return []

    def _listen(self, now: int) -> None:
        """The caller may speak; perhaps they do already, or have just done so over our last words."""
        self.state = State.LISTENING
        self._is_holding = False
        self._timers.clear()
        if self._is_caller_speaking:
            return
        if self._said.ended_after(now - self._samples(self._settings.early_answer_ms)):
            self._is_pausing = True
            self._ending.paused()
            self._timers.set(Timer.END_OF_TURN, max(now, self._ending.ends_at(self._said)[1]))
        else:
            self._said = Utterance()
            self._timers.set(Timer.SILENCE, now + self._samples(self._settings.phone_silence_timeout_ms))

    def _silence_is_long(self, now: int) -> list[Command]:
        self._silence_prompts += 1
        is_over = self._silence_prompts > self._settings.silence_prompts_max
        return self._start(Cause.FAREWELL if is_over else Cause.NUDGE, now)

    def _apologise(self, now: int) -> list[Command]:
        failed, self._has_reply, self._is_broken_off = self._reply_cause, False, False
        if not self._is_confirmed:
            self._answered, self._said = self._said, self._said.rest()
        if failed in (Cause.APOLOGY, Cause.FAREWELL):
            return self._after_reply(now)  # the voice itself is gone: listening is all that is left
        return self._start(Cause.APOLOGY, now)

    # -- steps ------------------------------------------------------------------------

    def _take_turn_back(self) -> None:
        self.state = State.LISTENING
        self._timers.clear()
        if self._has_reply and self._reply_cause is Cause.ANSWER:
            self.turn -= 1
        elif self._has_reply and self._reply_cause in (Cause.ANNOUNCEMENT, Cause.MESSAGE, Cause.LANGUAGE):
            self._initiatives.put_back()

    def _forget_prepared(self, *, keep_reply: bool = False) -> None:
        self._prepared_text = None
        self._ends_call = self._ends_call and keep_reply

    def _cancel(self) -> list[Command]:
        had_reply, self._has_reply = self._has_reply, False
        self._prepared_text = None
        return [CancelReply()] if had_reply else []

    def _end(self, reason: str) -> list[Command]:
        if self.state is State.ENDED:
            return []
        self.state = State.ENDED
        self._timers.clear()
        return [*self._cancel(), CloseLine(reason)]

    def _digit(self, event: DigitPressed, now: int) -> list[Command]:
        if self.state in (State.CLOSING, State.AWAY):
            return []
        orders: list[Command] = []
        if self.state is not State.LISTENING:
            # A key is never an accident: it answers whatever we were about to say.
            orders = [*self._confirm(), *self._cancel(), StopPlayout(now)]
            self._is_holding = False
            self._timers.clear()
        self.state = State.LISTENING
        self._said.digit(event.digit, now)
        wait_ms = 0 if event.digit in _ENDING_KEYS else self._settings.dtmf_timeout_ms
        self._timers.clear(Timer.SILENCE, Timer.JUDGE, Timer.SOFT_ANSWER)
        self._timers.set(Timer.END_OF_TURN, now + self._samples(wait_ms))
        return orders

    def _after_onset(self, duration_ms: int) -> int:
        return self._interrupted_at + self._samples(duration_ms)

    def _samples(self, duration_ms: int) -> int:
        return samples_in(duration_ms, self._settings.sample_rate_hz)
