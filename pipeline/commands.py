"""What the turn machine orders the conversation to do."""

from dataclasses import dataclass, field
from enum import StrEnum


class Cause(StrEnum):
    """Why the assistant speaks."""

    GREETING = "greeting"
    ANSWER = "answer"
    NUDGE = "nudge"
    """The caller has been silent for long."""
    APOLOGY = "apology"
    """The reply before failed or took too long: a fixed sentence, no assistant."""
    ANNOUNCEMENT = "announcement"
    """Something has happened that the caller is to know: a fixed sentence, no assistant."""
    MESSAGE = "message"
    """The caller has written, and is answered by voice."""
    LANGUAGE = "language"
    """The caller has chosen another language by hand: said in that, no assistant; or the greeting anew."""
    HAND_OVER = "hand_over"
    """The caller has asked for a human by hand: a fixed sentence, no assistant."""
    FAREWELL = "farewell"
    """Nobody is there any more: a fixed sentence, and then the end."""


class Announcement(StrEnum):
    """What the caller is told without having asked; each has its sentence in ``reply.FixedPhrases``."""

    NOT_REACHED = "not_reached"
    """The human did not take the call: the assistant goes on."""
    HUMAN_SOUGHT = "human_sought"
    """One of several humans is looked for: the assistant goes on until somebody takes over."""
    HUMAN_LEFT = "human_left"
    """The human has left: the assistant goes on."""
    SMS_NOT_SENT = "sms_not_sent"


@dataclass(frozen=True, slots=True)
class JudgeTurn:
    """Ask the end-of-turn model whether the caller has finished."""

    pause: int
    text: str
    language: str = ""
    """Of the text (BCP 47); empty: not told."""


@dataclass(frozen=True, slots=True)
class StartReply:
    """Begin a reply; none is running."""

    turn: int
    cause: Cause
    text: str = ""
    """What the caller said, for an answer or a hand-over; what they wrote, for a message; which announcement."""
    last_voiced_sample: int | None = None
    """Where the caller's voice ended, for an answer: latency counts from here."""
    turn_ended_sample: int | None = None
    """When it was decided that the caller had finished, for an answer."""
    turn_began_sample: int | None = field(default=None, compare=False)
    """Where the caller's voice began, for an answer; None when they only pressed keys."""
    is_held: bool = False
    """Prepare it only: the caller may not have finished. Nothing of it is heard or comes true."""


@dataclass(frozen=True, slots=True)
class ReleaseReply:
    """The caller has finished: the reply that was prepared is the answer."""

    turn: int
    text: str
    last_voiced_sample: int
    turn_ended_sample: int


@dataclass(frozen=True, slots=True)
class AllowOpener:
    """From this sample on a short word may be said before the answer, if that is not there yet."""

    from_sample: int


@dataclass(frozen=True, slots=True)
class ConfirmReply:
    """The reply has been heard: what it answers and does is true now."""


@dataclass(frozen=True, slots=True)
class CorrectTurn:
    """The final text of a turn that is being answered differs from what was answered."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class DelaySpeech:
    """Begin to speak no earlier than this: the caller perhaps goes on. What can be heard already goes on too."""

    until_sample: int


@dataclass(frozen=True, slots=True)
class SayFiller:
    """The answer takes long: say that it is coming."""


@dataclass(frozen=True, slots=True)
class CancelReply:
    """End the reply that is running or held, and wait until it has ended."""


@dataclass(frozen=True, slots=True)
class HoldPlayout:
    """Silence, perhaps for a moment: take back what has not been heard, and keep it."""

    onset_sample: int
    """Where the caller's interruption began."""


@dataclass(frozen=True, slots=True)
class ResumePlayout:
    """It was a false alarm: go on from the word where it stopped."""


@dataclass(frozen=True, slots=True)
class StopPlayout:
    """Silence: take back what has not been heard, and cut the history to what was."""

    onset_sample: int | None
    """Where the caller's interruption began; None: it was none."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The caller has heard that a human will take over: let it happen."""


@dataclass(frozen=True, slots=True)
class OpenFloor:
    """Our voice is silent: let the supervisor's be heard in its place, and stop whatever works for an answer."""


@dataclass(frozen=True, slots=True)
class CloseFloor:
    """The supervisor is heard no more: the assistant goes on, with all that was said."""


@dataclass(frozen=True, slots=True)
class RememberCaller:
    """The caller has said this to the supervisor: it is remembered, and not answered."""

    turn: int
    text: str
    is_final: bool = True
    """False: its final text may still come."""


@dataclass(frozen=True, slots=True)
class CloseLine:
    """End the conversation."""

    reason: str


Command = (
    JudgeTurn
    | StartReply
    | ReleaseReply
    | AllowOpener
    | ConfirmReply
    | CorrectTurn
    | DelaySpeech
    | SayFiller
    | CancelReply
    | HoldPlayout
    | ResumePlayout
    | StopPlayout
    | HandOver
    | OpenFloor
    | CloseFloor
    | RememberCaller
    | CloseLine
)
