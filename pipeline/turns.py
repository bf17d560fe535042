"""Turn-taking: who may speak now. Sans-IO; time is the caller's audio, in samples.

    state         event                     next          orders
    ------------  ------------------------  ------------  --------------------------------------
    LISTENING     LineReady                 THINKING      StartReply(greeting)
    LISTENING     SpeechStarted             LISTENING     (the caller's turn begins or goes on)
    LISTENING     SpeechStopped             LISTENING     (deadline: end of turn)
    LISTENING     deadline: end of turn     THINKING      StartReply(answer), once the text is final
    LISTENING     deadline: silence         THINKING      StartReply(nudge), at last (farewell)
    THINKING      TextRecognised (final)    THINKING      StartReply(answer); nothing said: LISTENING
    THINKING      SpeechStarted             LISTENING     CancelReply, StopPlayout: not finished after all
    THINKING      ReplyAudible              SPEAKING
    THINKING      ReplyFailed, deadline     THINKING      CancelReply, StartReply(apology); LISTENING if that failed
    SPEAKING      SpeechStarted             INTERRUPTED   (deadline: barge-in)
    SPEAKING      PlayoutDrained            LISTENING     (deadline: silence)
    SPEAKING      ReplyCompleted(ends call) CLOSING
    INTERRUPTED   deadline: barge-in        LISTENING     CancelReply, StopPlayout
    INTERRUPTED   SpeechStopped             SPEAKING      (too short: talked through)
    INTERRUPTED   PlayoutDrained            LISTENING
    CLOSING       PlayoutDrained            ENDED         CloseLine(assistant_hung_up)
    any           LineLost, EndOrdered      ENDED         CancelReply, CloseLine

A reply that was cancelled, or had just ended, may have left events on their way:
those are listed in ``_LATE`` and change nothing. Anything else that is not in
the table raises ``IllegalEvent``.
"""

from dataclasses import dataclass
from enum import StrEnum

from media.frames import samples_in
from pipeline.commands import CancelReply, Cause, CloseLine, Command, StartReply, StopPlayout
from pipeline.errors import IllegalEvent
from pipeline.events import (
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
    SpeechStarted,
    SpeechStopped,
    TextRecognised,
)
from pipeline.utterance import Utterance


class State(StrEnum):
    """Whose turn it is."""

    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    INTERRUPTED = "interrupted"
    CLOSING = "closing"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSettings:
    """How long to wait for what. Names are the reference's feature flags."""

    vad_silence_timeout_ms: int = 500
    """Silence that ends the caller's turn, from the last voiced sample."""
    vad_cutoff_timeout_ms: int = 250
    """Speech over our voice that is an interruption, from its onset."""
    recognition_timeout_ms: int = 1_500
    """How long to wait for the final text before the partial one is taken."""
    answer_hard_timeout_ms: int = 15_000
    """Thinking for longer than this is given up with an apology."""
    phone_silence_timeout_ms: int = 20_000
    """Nobody speaks: the caller is asked whether they are still there."""
    silence_prompts_max: int = 3
    """…so often, and then the call is ended."""
    early_answer_ms: int = 1_000
    """A short word over our last second answers it; one before that was talked through."""
    dtmf_timeout_ms: int = 2_000
    """No further key: the keys so far are what the caller wanted to say."""
    sample_rate_hz: int = 16_000


_LATE = (ReplyAudible, ReplyCompleted, ReplyFailed, PlayoutDrained, DeadlinePassed)


class Turns:
    """The state of one call."""

    def __init__(self, settings: TurnSettings | None = None) -> None:
        self._settings = settings or TurnSettings()
        self.state = State.LISTENING
        self.turn = 0
        self._utterance = Utterance()
        self._deadline: int | None = None
        self._is_ready = False
        self._is_caller_speaking = False
        self._is_reply_running = False
        self._awaits_text = False
        self._interrupted_at = 0
        self._turn_ended_at = 0
        self._reply_cause = Cause.GREETING
        self._silence_prompts = 0

    def next_deadline(self) -> int | None:
        """The sample at which ``DeadlinePassed`` is due."""
        return self._deadline

    @property
    def is_caller_speaking(self) -> bool:
        """Whether the caller speaks now."""
        return self._is_caller_speaking

    @property
    def heard_text(self) -> str:
        """What was understood of the caller's turn so far."""
        return self._utterance.text

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
            case TextRecognised():
                self._utterance.recognised(event.start_sample, event.text, is_final=event.is_final)
                return self._text_may_be_whole(now)
            case RecognitionLost():
                self._utterance.recognition_lost()
                return self._text_may_be_whole(now)
            case DigitPressed():
                return self._digit(event, now)
            case _ if self.state is State.ENDED:
                return []
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
                self._deadline = None
                return []
            case SpeechStopped(last_voiced_sample=last):
                self._caller_paused(last)
                self._await_end_of_turn()
                return []
            case DeadlinePassed() if self._is_due(now):
                if self._utterance.is_empty:
                    return self._silence_is_long(now)
                return self._end_of_turn(now)
            case _:
                return self._late_or_illegal(event)

    def _thinking(self, event: Event, now: int) -> list[Command]:
        match event:
            case SpeechStarted(onset_sample=onset):
                # Not finished after all: what comes now belongs to the same turn.
                self._caller_began(onset)
                self._awaits_text = False
                self._deadline = None
                self.state = State.LISTENING
                self._take_turn_back()
                # Its first sound may be on the wire at this very moment.
                return [*self._cancel(), StopPlayout(onset)]
            case SpeechStopped(last_voiced_sample=last):
                self._caller_paused(last)
                return []
            case ReplyAudible():
                self.state = State.SPEAKING
                self._deadline = None
                self._utterance.clear()
                return []
            case ReplyCompleted(ends_call=ends_call):
                # Queued in one go: its first sound is not on the wire yet. Or it said nothing at all.
                self._is_reply_running = False
                if ends_call:
                    self._reply_cause = Cause.FAREWELL
                return []
            case PlayoutDrained():
                return self._after_reply(now)
            case ReplyFailed():
                return self._apologise(now)
            case DeadlinePassed() if self._is_due(now):
                if self._awaits_text:
                    self._utterance.recognition_lost()
                    return self._text_may_be_whole(now)
                return self._cancel() + self._apologise(now)
            case _:
                return self._late_or_illegal(event)

    def _speaking(self, event: Event, now: int) -> list[Command]:
        match event:
            case SpeechStarted(onset_sample=onset):
                self._utterance.clear()  # what was talked through before is no part of an interruption
                self._caller_began(onset)
                if self._reply_cause is Cause.FAREWELL:
                    return []
                self.state = State.INTERRUPTED
                self._deadline = onset + self._samples(self._settings.vad_cutoff_timeout_ms)
                return self._interrupted(DeadlinePassed(), now) if now >= self._deadline else []
            case SpeechStopped(last_voiced_sample=last):
                self._caller_paused(last)
                return []
            case ReplyAudible():
                return []
            case ReplyCompleted(ends_call=ends_call):
                self._is_reply_running = False
                if ends_call:
                    self.state = State.CLOSING
                return []
            case ReplyFailed():
                self._is_reply_running = False
                return []
            case PlayoutDrained():
                return self._after_reply(now)
            case _:
                return self._late_or_illegal(event)

    def _interrupted(self, event: Event, now: int) -> list[Command]:
        match event:
            case DeadlinePassed() if self._is_due(now):
                self.state = State.LISTENING
                self._deadline = None
                return [*self._cancel(), StopPlayout(self._interrupted_at)]
            case SpeechStopped(last_voiced_sample=last):
                self._caller_paused(last)
                self.state = State.SPEAKING
                self._deadline = None
                return []
            case PlayoutDrained():
                return self._after_reply(now)
            case ReplyAudible():
                return []
            case ReplyCompleted(ends_call=ends_call):
                self._is_reply_running = False
                if ends_call:
                    self.state = State.CLOSING
                    self._deadline = None
                return []
            case ReplyFailed():
                self._is_reply_running = False
                return []
            case _:
                return self._late_or_illegal(event)

    def _closing(self, event: Event) -> list[Command]:
        match event:
            case PlayoutDrained():
                return self._end("assistant_hung_up")
            case SpeechStarted() | SpeechStopped():
                return []  # a goodbye over ours is no reason to begin anew
            case _:
                return self._late_or_illegal(event)

    # -- steps ----------------------------------------------------------------------

    def _start(self, cause: Cause, now: int, *, text: str = "") -> list[Command]:
        self.state = State.THINKING
        self._is_reply_running = True
        self._reply_cause = cause
        self._deadline = now + self._samples(self._settings.answer_hard_timeout_ms)
        if cause is Cause.ANSWER:
            self.turn += 1
            self._silence_prompts = 0
            return [StartReply(self.turn, cause, text, self._utterance.last_voiced_sample, self._turn_ended_at)]
        return [StartReply(self.turn, cause)]

    def _take_turn_back(self) -> None:
        if self._is_reply_running and self._reply_cause is Cause.ANSWER:
            self.turn -= 1

    def _end_of_turn(self, now: int) -> list[Command]:
        self.state = State.THINKING
        self._awaits_text = True
        self._turn_ended_at = now
        self._deadline = now + self._samples(self._settings.recognition_timeout_ms)
        return self._text_may_be_whole(now)

    def _text_may_be_whole(self, now: int) -> list[Command]:
        if not self._awaits_text or not self._utterance.is_whole:
            return []
        self._awaits_text = False
        text = self._utterance.text
        if not text and not self._utterance.is_worth_asking_again(self._settings.sample_rate_hz):
            self._utterance.clear()
            self._listen(now)
            return []
        return self._start(Cause.ANSWER, now, text=text)

    def _after_reply(self, now: int) -> list[Command]:
        self._is_reply_running = False
        if self.state is State.THINKING:
            self._utterance.clear()  # the reply had nothing to say; the turn is over all the same
        if self._reply_cause is Cause.FAREWELL:
            return self._end("assistant_hung_up")
        self._listen(now)
        return []

    def _listen(self, now: int) -> None:
        """The caller may speak; perhaps they do already, or have just done so over our last words."""
        self.state = State.LISTENING
        if self._is_caller_speaking:
            self._deadline = None
        elif self._utterance.ended_after(now - self._samples(self._settings.early_answer_ms)):
            self._await_end_of_turn()
        else:
            self._utterance.clear()
            self._deadline = now + self._samples(self._settings.phone_silence_timeout_ms)

    def _silence_is_long(self, now: int) -> list[Command]:
        self._silence_prompts += 1
        if self._silence_prompts > self._settings.silence_prompts_max:
            return self._start(Cause.FAREWELL, now)
        return self._start(Cause.NUDGE, now)

    def _apologise(self, now: int) -> list[Command]:
        self._is_reply_running = False
        self._utterance.clear()
        if self._reply_cause in (Cause.APOLOGY, Cause.FAREWELL):
            return self._after_reply(now)  # the voice itself is gone: listening is all that is left
        return self._start(Cause.APOLOGY, now)

    def _cancel(self) -> list[Command]:
        was_running, self._is_reply_running = self._is_reply_running, False
        return [CancelReply()] if was_running else []

    def _end(self, reason: str) -> list[Command]:
        if self.state is State.ENDED:
            return []
        self.state = State.ENDED
        self._deadline = None
        return [*self._cancel(), CloseLine(reason)]

    def _digit(self, event: DigitPressed, now: int) -> list[Command]:
        if self.state in (State.CLOSING, State.ENDED):
            return []
        commands: list[Command] = []
        if self.state in (State.SPEAKING, State.INTERRUPTED):
            commands = [*self._cancel(), StopPlayout(now)]  # a key is never an accident
        elif self.state is State.THINKING:
            self._take_turn_back()
            commands = [*self._cancel(), StopPlayout(now)]
        self.state = State.LISTENING
        self._awaits_text = False
        self._utterance.digit(event.digit, now)
        if not self._is_caller_speaking:
            wait_ms = 0 if event.digit == "#" else self._settings.dtmf_timeout_ms
            self._deadline = now + self._samples(wait_ms)
        return commands

    def _caller_began(self, onset: int) -> None:
        self._is_caller_speaking = True
        self._interrupted_at = onset
        self._utterance.began(onset)

    def _caller_paused(self, last_voiced: int) -> None:
        self._is_caller_speaking = False
        self._utterance.paused(last_voiced)

    def _await_end_of_turn(self) -> None:
        self._deadline = self._utterance.last_voiced_sample + self._samples(self._settings.vad_silence_timeout_ms)

    def _is_due(self, now: int) -> bool:
        return self._deadline is not None and now >= self._deadline

    def _samples(self, duration_ms: int) -> int:
        return samples_in(duration_ms, self._settings.sample_rate_hz)

    def _late_or_illegal(self, event: Event) -> list[Command]:
        if isinstance(event, _LATE):
            return []
        raise IllegalEvent(self.state.value, type(event).__name__)
