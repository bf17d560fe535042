"""Turn-taking: who may speak now. Sans-IO; time is the caller's audio, in samples.

    state        event                      next         orders
    -----------  -------------------------  -----------  -------------------------------------------------
    LISTENING    LineReady                  THINKING     StartReply(greeting)
    LISTENING    SpeechStarted/Resumed      LISTENING    (the caller's turn begins or goes on)
    LISTENING    SpeechPaused/Stopped       LISTENING    JudgeTurn; StartReply(held) when it may be the end
    LISTENING    TextRecognised, TurnScored LISTENING    CancelReply (held) when the words changed; StartReply(held)
    LISTENING    timer END_OF_TURN          THINKING     ReleaseReply, or StartReply(answer)
    LISTENING    timer SILENCE              THINKING     StartReply(nudge), at last (farewell)
    THINKING     SpeechStarted              LISTENING    CancelReply, StopPlayout: not finished after all
    THINKING     ReplyAudible               SPEAKING
    THINKING     timer SOFT_ANSWER          THINKING     SayFiller
    THINKING     ReplyFailed, HARD_ANSWER   THINKING     CancelReply, StartReply(apology); LISTENING if that failed
    SPEAKING     timer CONFIRM              SPEAKING     ConfirmReply: heard long enough to be true
    SPEAKING     SpeechStarted              INTERRUPTED  (timer BARGE_IN)
    SPEAKING     PlayoutDrained             LISTENING    (timer SILENCE)
    SPEAKING     confirmed, and ends call   CLOSING
    INTERRUPTED  timer BARGE_IN             INTERRUPTED  HoldPlayout: silence, perhaps for a moment
    INTERRUPTED  VoiceJudged(hum)           INTERRUPTED  (timer BARGE_IN is put off)
    INTERRUPTED  timer BARGE_IN_SURE, words LISTENING    CancelReply, StopPlayout
    INTERRUPTED  SpeechStopped, short       SPEAKING     (talked through), or ResumePlayout after a hold
    INTERRUPTED  PlayoutDrained             LISTENING
    CLOSING      PlayoutDrained             ENDED        CloseLine(assistant_hung_up)
    any          LineLost, EndOrdered       ENDED        CancelReply, CloseLine

Until a reply is confirmed, an interruption takes the turn back: what is said then
belongs to the same turn, and nothing of the reply has come true.

A reply that was cancelled, or had just ended, may have left events on their way:
those are listed in ``events.LATE`` and change nothing. Anything else that is not in
the table raises ``IllegalEvent``.
"""

from media.frames import samples_in
from pipeline.commands import (
    CancelReply,
    Cause,
    CloseLine,
    Command,
    ConfirmReply,
    CorrectTurn,
    HoldPlayout,
    JudgeTurn,
    ReleaseReply,
    ResumePlayout,
    SayFiller,
    StartReply,
    StopPlayout,
)
from pipeline.ending import Ending
from pipeline.errors import IllegalEvent
from pipeline.events import (
    LATE,
    DeadlinePassed,
    DigitPressed,
    EndOrdered,
    Event,
    LineLost,
    LineReady,
    PlayoutDrained,
    RecognitionLost,
    ReplyAudible,
    ReplyCompleted,
    ReplyFailed,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechStopped,
    TextRecognised,
    TurnScored,
    VoiceJudged,
)
from pipeline.overlap import is_backchannel, is_stop
from pipeline.timers import Timer, Timers
from pipeline.turn_settings import State, TurnSettings
from pipeline.utterance import Utterance, same_words


class Turns:
    """The state of one call."""

    def __init__(self, settings: TurnSettings | None = None) -> None:
        self._settings = settings or TurnSettings()
        self.state = State.LISTENING
        self.turn = 0
        self._timers = Timers()
        self._ending = Ending(self._settings.ending)
        self._said = Utterance()
        self._answered: Utterance | None = None
        self._is_ready = False
        self._is_caller_speaking = False
        self._is_pausing = False
        self._interrupted_at = 0
        self._is_holding = False
        self._has_reply = False
        self._ends_call = False
        self._is_confirmed = False
        self._reply_cause = Cause.GREETING
        self._prepared_text: str | None = None
        self._prepared_count = 0
        self._silence_prompts = 0

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

    def handle(self, event: Event, *, now: int) -> list[Command]:
        """Take an event at this sample; what is to be done about it, in order.

        Raises:
            IllegalEvent: The event cannot happen now: a bug, not a fault of the line.
        """
        match event:
            case LineLost():
                return self._end("caller_hung_up")
            case EndOrdered(reason=reason):
                return self._end(reason)
            case _ if self.state is State.ENDED:
                return []
            case DeadlinePassed():
                orders: list[Command] = []
                while (timer := self._timers.take_due(now)) is not None:
                    orders += self._timer_fired(timer, now)
                return orders
            case TextRecognised():
                return self._text(event, now)
            case RecognitionLost():
                self._said.recognition_lost()
                return self._words_changed(now)
            case DigitPressed():
                return self._digit(event, now)
        match self.state:
            case State.LISTENING:
                return self._listening(event, now)
            case State.THINKING:
                return self._thinking(event, now)
            case State.SPEAKING:
                return self._speaking(event, now)
            case State.INTERRUPTED:
                return self._interrupted(event, now)
            case _:
                return self._closing(event)

    # -- one method a state ---------------------------------------------------------

    def _listening(self, event: Event, now: int) -> list[Command]:
        match event:
            case LineReady() if not self._is_ready:
                self._is_ready = True
                return self._start(Cause.GREETING, now)
            case SpeechStarted(onset_sample=onset):
                self._caller_began(onset)
            case SpeechResumed(onset_sample=onset):
                self._caller_went_on(onset)
            case SpeechPaused(last_voiced_sample=last) | SpeechStopped(last_voiced_sample=last):
                return self._caller_paused(last, now, is_stop=isinstance(event, SpeechStopped))
            case TurnScored(pause=pause, finished=finished) if pause == self._ending.pause and self._is_pausing:
                self._ending.scored(finished)
                return self._words_changed(now)
            case ReplyCompleted(ends_call=ends_call):
                self._ends_call = ends_call
            case ReplyFailed():
                self._forget_prepared()
            case _:
                return self._late_or_illegal(event)
        return []

    def _thinking(self, event: Event, now: int) -> list[Command]:
        match event:
            case SpeechStarted(onset_sample=onset) | SpeechResumed(onset_sample=onset):
                # Not finished after all: what comes now belongs to the same turn.
                self._take_turn_back()
                (self._caller_began if isinstance(event, SpeechStarted) else self._caller_went_on)(onset)
                # Its first sound may be on the wire at this very moment.
                return [*self._cancel(), StopPlayout(onset)]
            case SpeechStopped(last_voiced_sample=last):
                self._is_caller_speaking = False
                self._said.paused(last)
            case ReplyAudible(is_content=is_content):
                self.state = State.SPEAKING
                self._content_may_be_audible(is_content, now)
            case ReplyCompleted(ends_call=ends_call):
                # Queued in one go: its first sound is not on the wire yet. Or it said nothing at all.
                self._ends_call = ends_call
            case PlayoutDrained():
                return self._after_reply(now)
            case ReplyFailed():
                return self._apologise(now)
            case _:
                return self._late_or_illegal(event)
        return []

    def _speaking(self, event: Event, now: int) -> list[Command]:
        match event:
            case SpeechStarted(onset_sample=onset):
                self._interruption_began(onset, is_new=True)
            case SpeechResumed(onset_sample=onset):
                self._interruption_began(onset, is_new=False)
            case SpeechStopped(last_voiced_sample=last):
                self._is_caller_speaking = False
                self._said.paused(last)
            case ReplyAudible(is_content=is_content):
                self._content_may_be_audible(is_content, now)
            case ReplyCompleted(ends_call=ends_call):
                self._ends_call = ends_call
                self._close_if_confirmed()
            case ReplyFailed():
                if self._timers.is_set(Timer.HARD_ANSWER):
                    return self._apologise(now)  # only an opener was heard of it
            case PlayoutDrained():
                return self._after_reply(now)
            case _:
                return self._late_or_illegal(event)
        return []

    def _interrupted(self, event: Event, now: int) -> list[Command]:
        match event:
            case VoiceJudged(is_hum=is_hum) if self._timers.is_set(Timer.BARGE_IN):
                wait_ms = self._settings.barge_in_sure_ms if is_hum else self._settings.vad_cutoff_timeout_ms
                self._timers.set(Timer.BARGE_IN, max(now, self._after_onset(wait_ms)))
            case SpeechStarted(onset_sample=onset):
                self._caller_began(onset)
                if self._is_holding:
                    return self._interrupt(now)  # again, after a first word: no false alarm
            case SpeechStopped(last_voiced_sample=last):
                self._is_caller_speaking = False
                self._said.paused(last)
                return self._overlap_ended(now)
            case PlayoutDrained():
                return self._after_reply(now)
            case ReplyAudible(is_content=is_content):
                if is_content:
                    self._timers.clear(Timer.SOFT_ANSWER, Timer.HARD_ANSWER)
            case ReplyCompleted(ends_call=ends_call):
                self._ends_call = ends_call
            case ReplyFailed():
                pass  # what was queued of it still plays, or is held
            case _:
                return self._late_or_illegal(event)
        return []

    def _closing(self, event: Event) -> list[Command]:
        match event:
            case PlayoutDrained():
                self._has_reply = False
                return self._end("assistant_hung_up")
            case SpeechStarted() | SpeechStopped():
                return []  # a goodbye over ours is no reason to begin anew
            case _:
                return self._late_or_illegal(event)

    def _timer_fired(self, timer: Timer, now: int) -> list[Command]:
        match timer:
            case Timer.JUDGE:
                return self._judge(now)
            case Timer.END_OF_TURN:
                return self._end_of_turn(now)
            case Timer.TEXT:
                return self._overlap_ended(now, text_is_late=True)
            case Timer.SOFT_ANSWER:
                return [SayFiller()]
            case Timer.HARD_ANSWER:
                return [ConfirmReply(), *self._cancel(), *self._apologise(now)]
            case Timer.CONFIRM:
                return self._confirm()
            case Timer.BARGE_IN:
                return self._silence_ourselves()
            case Timer.BARGE_IN_SURE:
                return self._interrupt(now)
            case Timer.SILENCE:
                return self._silence_is_long(now)

    # -- the caller's turn ------------------------------------------------------------

    def _caller_began(self, onset: int) -> None:
        if not self._said.is_empty and not self._is_caller_speaking and self.state is State.LISTENING:
            self._ending.went_on(onset - self._said.last_voiced_sample)
        self._is_caller_speaking = True
        self._is_pausing = False
        self._interrupted_at = onset
        self._timers.clear(Timer.JUDGE, Timer.END_OF_TURN, Timer.SILENCE)
        self._said.began(onset)

    def _caller_went_on(self, onset: int) -> None:
        self._ending.went_on(onset - self._said.last_voiced_sample)
        self._is_caller_speaking = True
        self._is_pausing = False
        self._timers.clear(Timer.JUDGE, Timer.END_OF_TURN, Timer.SILENCE)
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
        self._timers.set(Timer.JUDGE, max(now, last_voiced + self._samples(self._settings.judge_after_ms)))
        return self._words_changed(now)

    def _judge(self, now: int) -> list[Command]:
        """Ask the model, now and again as the silence grows."""
        if not self._is_pausing:
            return []
        if now - self._said.last_voiced_sample < self._samples(self._settings.judge_until_ms):
            self._timers.set(Timer.JUDGE, now + self._samples(self._settings.judge_every_ms))
        self._ending.judged_text = self._said.text
        return [JudgeTurn(self._ending.pause, self._said.text)]

    def _text(self, event: TextRecognised, now: int) -> list[Command]:
        words_before = self._said.text
        where = (event.start_sample, event.end_sample, event.text)
        if not self._said.recognised(*where, is_final=event.is_final, now=now):
            return self._correct(event, now)
        if self.state is State.INTERRUPTED:
            return self._overlap_words(now)
        if self.state is not State.LISTENING:
            return []
        orders = self._words_changed(now)
        if self._is_pausing and self._ending.judged_text is not None and not same_words(words_before, self._said.text):
            return [*self._judge(now), *orders]
        return orders

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
            self._timers.set(Timer.END_OF_TURN, self._ending.ends_at(self._said)[1])
        return orders

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
        return [StartReply(self.turn + 1, Cause.ANSWER, self._prepared_text, last, last, is_held=True)]

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
        if self._prepared_text is None:
            return self._start(Cause.ANSWER, now, text=text, ended=ended)
        self._forget_prepared(keep_reply=True)
        self.turn += 1
        self._think(now)
        return [ReleaseReply(self.turn, text, said.last_voiced_sample, ended)]

    # -- our turn ---------------------------------------------------------------------

    def _start(self, cause: Cause, now: int, *, text: str = "", ended: int = 0) -> list[Command]:
        orders = self._cancel()
        self._has_reply = True
        self._ends_call = False
        self._reply_cause = cause
        if cause is not Cause.ANSWER:
            self._think(now)
            return [*orders, StartReply(self.turn, cause)]
        self.turn += 1
        self._think(now)
        return [*orders, StartReply(self.turn, cause, text, self._said.last_voiced_sample, ended)]

    def _think(self, now: int) -> None:
        self.state = State.THINKING
        self._is_pausing = False
        self._is_confirmed = False
        self._prepared_count = 0
        self._timers.clear()
        self._timers.set(Timer.HARD_ANSWER, now + self._samples(self._settings.answer_hard_timeout_ms))
        if self._reply_cause is Cause.ANSWER:
            self._silence_prompts = 0
            self._timers.set(Timer.SOFT_ANSWER, now + self._samples(self._settings.answer_soft_timeout_ms))

    def _content_may_be_audible(self, is_content: bool, now: int) -> None:
        if is_content:
            self._timers.clear(Timer.SOFT_ANSWER, Timer.HARD_ANSWER)
            self._timers.set(Timer.CONFIRM, now + self._samples(self._settings.merge_ms))

    def _confirm(self) -> list[Command]:
        if self._is_confirmed:
            return []
        self._is_confirmed = True
        self._timers.clear(Timer.CONFIRM)
        self._answered, self._said = self._said, self._said.rest()
        self._close_if_confirmed()
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
            return [*orders, *self._end("assistant_hung_up")]
        self._listen(now)
        return orders

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
        failed, self._has_reply = self._reply_cause, False
        self._answered, self._said = self._said, self._said.rest()
        if failed in (Cause.APOLOGY, Cause.FAREWELL):
            return self._after_reply(now)  # the voice itself is gone: listening is all that is left
        return self._start(Cause.APOLOGY, now)

    # -- speech over our voice ----------------------------------------------------------

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
        self._timers.clear(Timer.CONFIRM)
        self._timers.set(Timer.BARGE_IN, self._after_onset(self._settings.vad_cutoff_timeout_ms))

    def _silence_ourselves(self) -> list[Command]:
        if is_backchannel(self._said.latest_text):
            self._timers.set(Timer.BARGE_IN_SURE, self._after_onset(self._settings.barge_in_sure_ms))
            return []
        return self._hold()

    def _hold(self) -> list[Command]:
        self._is_holding = True
        self._timers.set(Timer.BARGE_IN_SURE, self._after_onset(self._settings.barge_in_sure_ms))
        return [HoldPlayout(self._interrupted_at)]

    def _overlap_words(self, now: int) -> list[Command]:
        text = self._said.latest_text
        if not text or is_backchannel(text):
            return self._overlap_ended(now) if not self._is_caller_speaking else []
        if is_stop(text) or self._is_holding:
            return self._interrupt(now)
        return []

    def _overlap_ended(self, now: int, *, text_is_late: bool = False) -> list[Command]:
        """The caller is quiet again: was it for us to stop?"""
        if not self._is_holding:
            return self._talk_on([])
        if not self._said.is_whole and not text_is_late:
            wait = self._samples(self._settings.ending.text_lag_ms)
            self._timers.set(Timer.TEXT, max(now, self._said.last_voiced_sample + wait))
            return []
        text = self._said.latest_text
        if text and not is_backchannel(text):
            return self._interrupt(now)
        self._is_holding = False
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

    # -- steps ------------------------------------------------------------------------

    def _take_turn_back(self) -> None:
        self.state = State.LISTENING
        self._timers.clear()
        if self._has_reply and self._reply_cause is Cause.ANSWER:
            self.turn -= 1

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
        if self.state is State.CLOSING:
            return []
        orders: list[Command] = []
        if self.state is not State.LISTENING:
            # A key is never an accident: it answers whatever we were about to say.
            orders = [*self._confirm(), *self._cancel(), StopPlayout(now)]
            self._is_holding = False
            self._timers.clear()
        self.state = State.LISTENING
        self._said.digit(event.digit, now)
        wait_ms = 0 if event.digit == "#" else self._settings.dtmf_timeout_ms
        self._timers.clear(Timer.SILENCE, Timer.JUDGE)
        self._timers.set(Timer.END_OF_TURN, now + self._samples(wait_ms))
        return orders

    def _after_onset(self, duration_ms: int) -> int:
        return self._interrupted_at + self._samples(duration_ms)

    def _samples(self, duration_ms: int) -> int:
        return samples_in(duration_ms, self._settings.sample_rate_hz)

    def _late_or_illegal(self, event: Event) -> list[Command]:
        if isinstance(event, LATE):
            return []
        raise IllegalEvent(self.state.value, type(event).__name__)
