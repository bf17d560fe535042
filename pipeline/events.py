"""What happens in a call, as the turn machine is told. Positions are samples of the caller's audio.

``reply`` numbers the replies of a call, so that an event of one that was cancelled is known as such.
"""

from dataclasses import dataclass

from pipeline.commands import Announcement


@dataclass(frozen=True, slots=True)
class LineReady:
    """Sound can flow both ways."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller speaks."""

    onset_sample: int


@dataclass(frozen=True, slots=True)
class SpeechLikely:
    """The caller perhaps begins to speak: ``SpeechStarted`` follows within 100 ms, or nothing does."""

    onset_sample: int


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The caller has been quiet for the detector's hangover."""

    last_voiced_sample: int


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """The caller has been quiet for some ten milliseconds: perhaps the end, perhaps a breath."""

    last_voiced_sample: int


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """The pause was one within speech."""

    onset_sample: int


@dataclass(frozen=True, slots=True)
class VoiceJudged:
    """What the beginning of the caller's speech sounds like, told once after each start."""

    is_hum: bool
    """A hum, as in "mm-hmm": no consonants, no open vowels."""
    is_faint: bool = False
    """Much weaker than this caller: somebody else in the room."""


@dataclass(frozen=True, slots=True)
class TurnScored:
    """The end-of-turn model has judged this pause."""

    pause: int
    """As numbered by ``commands.JudgeTurn``."""
    finished: float
    """Probability that the caller has finished."""
    text: str = ""
    """The words that it was asked with."""


@dataclass(frozen=True, slots=True)
class TextRecognised:
    """The recogniser has a text for a stretch of speech; a later one replaces an earlier."""

    start_sample: int
    end_sample: int
    """The text accounts for the sound up to here, as far as the recogniser tells."""
    text: str
    is_final: bool
    language: str = ""
    """What is spoken (BCP 47), where the recogniser finds it out."""


@dataclass(frozen=True, slots=True)
class RecognitionLost:
    """The recogniser failed: finals that were due will not come."""


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """A key of the telephone."""

    digit: str


@dataclass(frozen=True, slots=True)
class ReplyAudible:
    """The first sample that can be heard is on the wire: of the answer itself, or of an opener before it."""

    reply: int = 0
    is_content: bool = True


@dataclass(frozen=True, slots=True)
class ReplyCompleted:
    """All of the reply is queued for playout, or it had nothing to say."""

    reply: int = 0
    ends_call: bool = False
    hands_over: bool = False


@dataclass(frozen=True, slots=True)
class ReplyFailed:
    """No more of the reply will come; what was queued of it still plays."""

    reply: int = 0


@dataclass(frozen=True, slots=True)
class PlayoutDry:
    """All that was queued of the reply has been heard, an opener perhaps, and more is to come: silence."""

    reply: int = 0


@dataclass(frozen=True, slots=True)
class PlayoutResumed:
    """More of the reply itself has come after ``PlayoutDry``."""

    reply: int = 0


@dataclass(frozen=True, slots=True)
class PlayoutDrained:
    """The reply is complete and the caller has heard all of it."""

    reply: int = 0


@dataclass(frozen=True, slots=True)
class AnnouncementDue:
    """Something has happened that the caller is to know."""

    announcement: Announcement


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """The caller has written."""

    text: str


@dataclass(frozen=True, slots=True)
class CallerTakenBack:
    """The caller, who was handed over, is with us again."""

    announcement: Announcement
    """What to say about it."""


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The caller has chosen a language by hand: it is spoken and listened for at once."""

    language: str
    """BCP 47; one of those that the call can be held in, or nothing changes."""


@dataclass(frozen=True, slots=True)
class HandOverAsked:
    """The caller has asked for a human, by a button; or the human whom they asked for has been found."""

    name: str = ""
    """Of the human; empty: nobody knows it."""
    may_wait: bool = False
    """What is being said is said to its end."""


@dataclass(frozen=True, slots=True)
class Whispered:
    """A supervisor has told the assistant something that the caller must not hear."""

    text: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A supervisor speaks with the caller from now on."""


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The supervisor leaves the caller to the assistant again."""


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """The moment that ``Turns.next_deadline`` named has come."""


@dataclass(frozen=True, slots=True)
class EndOrdered:
    """Call control wants the conversation to end now."""

    reason: str


@dataclass(frozen=True, slots=True)
class LineLost:
    """The other side has closed the line."""


Event = (
    LineReady
    | SpeechLikely
    | SpeechStarted
    | SpeechStopped
    | SpeechPaused
    | SpeechResumed
    | VoiceJudged
    | TurnScored
    | TextRecognised
    | RecognitionLost
    | DigitPressed
    | ReplyAudible
    | ReplyCompleted
    | ReplyFailed
    | PlayoutDry
    | PlayoutResumed
    | PlayoutDrained
    | AnnouncementDue
    | MessageReceived
    | CallerTakenBack
    | LanguageChosen
    | HandOverAsked
    | Whispered
    | TakenOver
    | GivenBack
    | DeadlinePassed
    | EndOrdered
    | LineLost
)

Supervised = Whispered | TakenOver | GivenBack
"""What a supervisor does."""

BesideTheLine = (
    AnnouncementDue | MessageReceived | CallerTakenBack | DigitPressed | LanguageChosen | HandOverAsked | Supervised
)
"""What others than the line tell a conversation."""

LATE = (
    ReplyAudible,
    ReplyCompleted,
    ReplyFailed,
    PlayoutDry,
    PlayoutResumed,
    PlayoutDrained,
    DeadlinePassed,
    TurnScored,
    VoiceJudged,
    SpeechPaused,
    SpeechResumed,
)
"""Events that may be on their way when what they speak of is over: they change nothing then."""
