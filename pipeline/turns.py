"""Turn-taking: who may speak now. Sans-IO; time is the caller's audio, in samples.

    state        event                      next         orders
    -----------  -------------------------  -----------  -------------------------------------------------
    LISTENING    LineReady                  THINKING     StartReply(greeting)
    LISTENING    SpeechStarted/Resumed      LISTENING    (the caller's turn begins or goes on)
    LISTENING    SpeechLikely               LISTENING    (timer END_OF_TURN is put off for a moment)
    LISTENING    SpeechPaused/Stopped       LISTENING    JudgeTurn; StartReply(held) when it may be the end
    LISTENING    TextRecognised, TurnScored LISTENING    CancelReply (held) when the words changed; StartReply(held)
    LISTENING    timer END_OF_TURN          THINKING     ReleaseReply, or StartReply(answer); AllowOpener
    LISTENING    timer SOFT_ANSWER          LISTENING    SayFiller: the caller has finished, and the words are late
    LISTENING    timer SILENCE              THINKING     StartReply(nudge), at last (farewell)
    THINKING     SpeechStarted              LISTENING    CancelReply, StopPlayout: not finished after all
    THINKING     SpeechLikely               THINKING     DelaySpeech: perhaps not finished after all
    THINKING     ReplyAudible               SPEAKING
    THINKING     timer SOFT_ANSWER          THINKING     SayFiller
    SPEAKING     PlayoutDry                 SPEAKING     (timer SOFT_ANSWER: SayFiller, as often as it is needed)
    THINKING     ReplyFailed, HARD_ANSWER   THINKING     CancelReply, StartReply(apology); LISTENING if that failed
    SPEAKING     timer CONFIRM              SPEAKING     ConfirmReply: heard long enough to be true
    SPEAKING     SpeechStarted              INTERRUPTED  (timer BARGE_IN)
    SPEAKING     PlayoutDrained             LISTENING    (timer SILENCE)
    SPEAKING     …of a reply that failed    THINKING     StartReply(apology)
    SPEAKING     confirmed, and ends call   CLOSING
    INTERRUPTED  timer BARGE_IN             INTERRUPTED  HoldPlayout: silence, perhaps for a moment
    INTERRUPTED  VoiceJudged(hum)           INTERRUPTED  (timer BARGE_IN is put off)
    INTERRUPTED  timer BARGE_IN_SURE, words LISTENING    CancelReply, StopPlayout
    INTERRUPTED  SpeechStopped, short       SPEAKING     (talked through), or ResumePlayout after a hold
    INTERRUPTED  PlayoutDrained             LISTENING
    CLOSING      PlayoutDrained             ENDED        CloseLine(assistant_hung_up)
    CLOSING      PlayoutDrained, hands over AWAY         HandOver: a human takes over
    AWAY         CallerTakenBack            LISTENING    (what to say about it waits to be said)
    any          AnnouncementDue, Message…  same         (waits to be said)
    LISTENING    nobody speaks, some waits  THINKING     StartReply(announcement, message)
    any          LanguageChosen             LISTENING    CancelReply, StopPlayout; answered, or StartReply(language)
    any          HandOverAsked              THINKING     StartReply(hand over), when the caller does not speak (when
                                                         nobody does, if it may wait)
    any          Whispered                  same         CancelReply (held): it is prepared anew
    any          TakenOver                  TAKEN_OVER   CancelReply, StopPlayout, OpenFloor
    TAKEN_OVER   SpeechStopped, words, keys TAKEN_OVER   RememberCaller, once the words are there
    TAKEN_OVER   GivenBack                  LISTENING    CloseFloor (that we are back waits to be said)
    any          LineLost, EndOrdered       ENDED        CancelReply, CloseLine

Until a reply is confirmed, an interruption takes the turn back: what is said then
belongs to the same turn, and nothing of the reply has come true. In CLOSING and AWAY
what is chosen or asked for by hand orders nothing; in AWAY and TAKEN_OVER nobody takes over.

A reply that was cancelled, or had just ended, may have left events on their way:
those are listed in ``events.LATE`` and change nothing. Anything else that is not in
the table raises ``IllegalEvent``.
"""

from pipeline.commands import (
    Cause,
    Command,
    ConfirmReply,
    SayFiller,
    StopPlayout,
)
from pipeline.errors import IllegalEvent
from pipeline.events import (
    LATE,
    AnnouncementDue,
    CallerTakenBack,
    DeadlinePassed,
    DigitPressed,
    EndOrdered,
    Event,
    GivenBack,
    HandOverAsked,
    LanguageChosen,
    LineLost,
    LineReady,
    MessageReceived,
    PlayoutDrained,
    PlayoutDry,
    PlayoutResumed,
    RecognitionLost,
    ReplyAudible,
    ReplyCompleted,
    ReplyFailed,
    SpeechLikely,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechStopped,
    TakenOver,
    TextRecognised,
    TurnScored,
    VoiceJudged,
    Whispered,
)
from pipeline.initiative import Initiative
from pipeline.timers import Timer
from pipeline.turn_beside import TurnBeside
from pipeline.turn_settings import State
from pipeline.utterance import same_words


class Turns(TurnBeside):
    """The state of one call."""

    def handle(self, event: Event, *, now: int) -> list[Command]:
        """Take an event at this sample; what is to be done about it, in order.

        Raises:
            IllegalEvent: The event cannot happen now: a bug, not a fault of the line.
        """
        orders = self._handle(event, now)
        return [*orders, *self._speak_up(now)] if self._initiatives or self._is_human_asked else orders

    @property
    def heard_turn(self) -> int:
        """The turn that ``heard_text`` is of: until its answer is certain, words that come late are still its own."""
        is_answering = self.state in (State.THINKING, State.SPEAKING, State.INTERRUPTED) and not self._is_confirmed
        return self.turn if is_answering and self._reply_cause is Cause.ANSWER else self.turn + 1

    def _handle(self, event: Event, now: int) -> list[Command]:
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
            case AnnouncementDue(announcement):
                self._initiatives.add(Initiative(Cause.ANNOUNCEMENT, announcement))
                return []
            case MessageReceived(text):
                self._initiatives.add(Initiative(Cause.MESSAGE, text))
                return []
            case CallerTakenBack(announcement):
                return self._take_back(announcement, now)
            case LanguageChosen():
                return self._language_chosen(now)
            case HandOverAsked(may_wait=may_wait):
                return self._hand_over_asked(now, may_wait=may_wait)
            case Whispered():
                return self._prepare_anew(now)
            case TakenOver():
                return self._taken_over(now)
            case GivenBack():
                return self._given_back(now)
            case RecognitionLost():
                self._said.recognition_lost()
                return self._words_changed(now)
            case PlayoutDry() | PlayoutResumed():
                if self.state in (State.SPEAKING, State.INTERRUPTED):
                    self._flow(is_dry=isinstance(event, PlayoutDry), now=now)
                return []
            case DigitPressed():
                return self._digit(event, now)
            case SpeechLikely():
                return self._voice_is_likely(now)
        match self.state:
            case State.LISTENING:
                return self._listening(event, now)
            case State.THINKING:
                return self._thinking(event, now)
            case State.SPEAKING:
                return self._speaking(event, now)
            case State.INTERRUPTED:
                return self._interrupted(event, now)
            case State.AWAY:
                return self._away(event)
            case State.TAKEN_OVER:
                return self._others_talk(event, now)
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
            case TurnScored(pause=pause, finished=finished, text=text) if (
                pause == self._ending.pause and self._is_pausing
            ):
                self._ending.scored(finished, text)
                return self._words_changed(now)
            case ReplyCompleted():
                self._completed(event)
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
            case ReplyCompleted():
                # Queued in one go: its first sound is not on the wire yet. Or it said nothing at all.
                self._completed(event)
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
            case ReplyCompleted():
                self._completed(event)
                self._close_if_confirmed()
            case ReplyFailed():
                if self._timers.is_set(Timer.HARD_ANSWER):
                    return self._apologise(now)  # only an opener was heard of it
                self._is_broken_off = True
            case PlayoutDrained():
                return self._after_reply(now)
            case _:
                return self._late_or_illegal(event)
        return []

    def _interrupted(self, event: Event, now: int) -> list[Command]:
        match event:
            case VoiceJudged(is_hum=is_hum, is_faint=is_faint):
                self._voice_judged(now, is_hum=is_hum, is_faint=is_faint)
            case SpeechStarted(onset_sample=onset):
                self._caller_began(onset)
                if self._is_holding:
                    return self._interrupt(now)  # again, after a first word: no false alarm
            case SpeechResumed():
                self._said.resumed()
                self._overlap_goes_on(now)
            case SpeechPaused(last_voiced_sample=last):
                # A listener's word is over 80 ms after it has ended; the stretch only 200 ms later.
                self._said.paused(last)
                self._timers.clear(Timer.BARGE_IN, Timer.BARGE_IN_SURE)
                return self._overlap_ended(now) if self._is_holding else []
            case SpeechStopped(last_voiced_sample=last):
                self._is_caller_speaking = False
                self._said.paused(last)
                return self._overlap_ended(now)
            case PlayoutDrained():
                return self._after_reply(now)
            case ReplyAudible(is_content=is_content):
                self._timers.clear(Timer.SOFT_ANSWER)
                if is_content:
                    self._timers.clear(Timer.HARD_ANSWER)
            case ReplyCompleted():
                self._completed(event)
            case ReplyFailed():
                self._is_broken_off = True  # what was queued of it still plays, or is held
            case _:
                return self._late_or_illegal(event)
        return []

    def _closing(self, event: Event) -> list[Command]:
        match event:
            case PlayoutDrained():
                self._has_reply = False
                return self._leave()
            case SpeechStarted() | SpeechStopped():
                return []  # a goodbye over ours is no reason to begin anew
            case _:
                return self._late_or_illegal(event)

    def _away(self, event: Event) -> list[Command]:
        """What is said now is said to a human."""
        if isinstance(event, SpeechStarted | SpeechStopped):
            self._is_caller_speaking = isinstance(event, SpeechStarted)
            return []
        return self._late_or_illegal(event)

    def _others_talk(self, event: Event, now: int) -> list[Command]:
        """Caller and supervisor speak with each other: we write down what the caller says."""
        match event:
            case SpeechStarted(onset_sample=onset):
                self._caller_began(onset)
            case SpeechResumed(onset_sample=onset):
                self._caller_went_on(onset)
            case SpeechPaused(last_voiced_sample=last):
                self._said.paused(last)
            case SpeechStopped(last_voiced_sample=last):
                self._is_caller_speaking = False
                self._said.paused(last)
                return self._write_down(now)
            case _:
                return self._late_or_illegal(event)
        return []

    def _timer_fired(self, timer: Timer, now: int) -> list[Command]:
        match timer:
            case Timer.JUDGE:
                return self._judge(now)
            case Timer.END_OF_TURN if now < self._likely_until:
                self._timers.set(timer, self._likely_until)
                return []
            case Timer.END_OF_TURN if self.state is State.TAKEN_OVER:
                return self._remember()
            case Timer.END_OF_TURN if self._is_human_asked:
                return self._announce_human(now)
            case Timer.END_OF_TURN:
                return self._end_of_turn(now)
            case Timer.TEXT:
                return self._overlap_ended(now, text_is_late=True)
            case Timer.SOFT_ANSWER:
                self._filled_at = now
                return [SayFiller()]
            case Timer.HARD_ANSWER:
                return [ConfirmReply(), *self._cancel(), *self._apologise(now)]
            case Timer.CONFIRM:
                return self._confirm()
            case Timer.BARGE_IN:
                return self._silence_ourselves(now)
            case Timer.BARGE_IN_SURE:
                return self._sure(now)
            case Timer.SILENCE:
                return self._silence_is_long(now)

    def _text(self, event: TextRecognised, now: int) -> list[Command]:
        words_before = self._said.text
        self._ending.language = event.language or self._ending.language
        where = (event.start_sample, event.end_sample, event.text)
        if not self._said.recognised(*where, is_final=event.is_final, now=now):
            return self._correct(event, now)
        if self.state is State.INTERRUPTED:
            return self._overlap_words(now)
        if self.state is State.TAKEN_OVER:
            return self._write_down(now)
        if self.state is not State.LISTENING:
            return []
        orders: list[Command] = []
        if self._is_pausing and self._ending.judged_text is not None and not same_words(words_before, self._said.text):
            orders = self._judge(now)
        return [*orders, *self._words_changed(now)]

    def _late_or_illegal(self, event: Event) -> list[Command]:
        if isinstance(event, LATE):
            return []
        raise IllegalEvent(self.state.value, type(event).__name__)
