"""What a conversation reports of itself, as it happens: facts, not log lines.

Observers render them (metrics, live pages, the store). Every record names its
call and the moment; the audio position is in samples of the caller's stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agent.facts import Citation, ModelUsage, Reminder
from agent.verdict import Rule


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """A call that rang was answered."""

    call_id: str
    at: datetime
    ring_to_answer_ms: float
    """From the word that it rings to the service's word that our answer is accepted."""


@dataclass(frozen=True, slots=True)
class CallResumed:
    """The call goes on with an earlier one of the same number."""

    call_id: str
    at: datetime
    earlier_call_id: str


@dataclass(frozen=True, slots=True)
class ExperimentsJoined:
    """The call takes part in experiments on its flags, to its end."""

    call_id: str
    at: datetime
    variants: Mapping[str, str]
    """The name of the call's variant, by experiment: words of the configuration, few of them. Not empty."""


@dataclass(frozen=True, slots=True)
class ConversationStarted:
    """The line is open."""

    call_id: str
    at: datetime
    sample_rate_hz: int


@dataclass(frozen=True, slots=True)
class ConversationEnded:
    """The line is closed and every task of the call has ended."""

    call_id: str
    at: datetime
    reason: str
    """caller_hung_up, assistant_hung_up, line_lost, drained, failed"""


@dataclass(frozen=True, slots=True)
class CallerHeard:
    """What the caller is saying, so far (``is_final`` false) or whole."""

    call_id: str
    at: datetime
    turn: int
    text: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class LanguageIdentified:
    """The recogniser has found out what the caller speaks, or that they speak another language now."""

    call_id: str
    at: datetime
    language: str
    """BCP 47, one of the recogniser's candidates."""


@dataclass(frozen=True, slots=True)
class AssistantSaid:
    """What the caller has heard of one reply, when it ended or was cut.

    ``unheard_text`` is what was cut off; it is not part of the history.
    """

    call_id: str
    at: datetime
    turn: int
    text: str
    unheard_text: str = ""
    was_interrupted: bool = False
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class AssistantSpeaking:
    """A chunk of a reply has been handed to playout: text on its way to the caller."""

    call_id: str
    at: datetime
    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class ClaimValueSet:
    """A value of the claim was set, in normal form."""

    call_id: str
    at: datetime
    field: str
    old_value: str | None
    new_value: str
    changed_by: str = "assistant"
    claim_number: int = 0
    """Which claim of the call: 0, 1 …"""


@dataclass(frozen=True, slots=True)
class ReminderSet:
    """Something is to be done after the call; replaces the one of the same title."""

    call_id: str
    at: datetime
    reminder: Reminder


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """A tool was run, in a reply that was heard."""

    call_id: str
    at: datetime
    turn: int
    name: str
    arguments: str
    result: str


@dataclass(frozen=True, slots=True)
class GuardTripped:
    """The guard, or the filter of a service, has stopped something in a turn."""

    call_id: str
    at: datetime
    turn: int
    rules: tuple[Rule, ...]
    """By which: classes, never words."""
    is_outgoing: bool
    """It was about to be said or done; else it had come in."""


@dataclass(frozen=True, slots=True)
class ModelAsked:
    """A model was asked in this call, in vain or not."""

    call_id: str
    at: datetime
    usage: ModelUsage


@dataclass(frozen=True, slots=True)
class BudgetSpent:
    """The call has spent what it may: from now on the script leads it. Once a call."""

    call_id: str
    at: datetime
    limit: str
    """What was reached: an ``agent.budget.Limit``."""


@dataclass(frozen=True, slots=True)
class Whispered:
    """A supervisor has told the assistant something that the caller does not hear."""

    call_id: str
    at: datetime
    text: str
    is_understood: bool = True
    """False: a script leads the call, and has no rule for this; nothing will come of it."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A supervisor speaks with the caller, and the assistant is silent."""

    call_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The assistant leads the call again."""

    call_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SpeechChanged:
    """The assistant speaks another language, or another speed, from now on."""

    call_id: str
    at: datetime
    language: str
    """BCP 47; empty: as it was configured."""
    speed: float


@dataclass(frozen=True, slots=True)
class AnswerMeasured:
    """The latency of one answer; fields as in ``stores.records.TurnRecord``."""

    call_id: str
    at: datetime
    turn: int
    answer_latency_ms: float
    end_of_turn_ms: float
    recognition_ms: float
    first_words_ms: float
    first_sound_ms: float
    last_voiced_sample: int
    """Where the caller's voice ended."""
    first_audible_sample: int
    """Where our voice began, on the same time line: with an opener, or with the answer itself."""
    content_latency_ms: float | None = None
    """The same to the first audible sample of the answer itself, None where it is the same; the stages add up to it."""


@dataclass(frozen=True, slots=True)
class BargedIn:
    """The caller interrupted and our voice was stopped."""

    call_id: str
    at: datetime
    turn: int
    stop_latency_ms: float
    """From the onset of the caller's voice to the order to stop."""
    unplayed_ms: float
    """Sound that had been sent and was taken back."""


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """The caller made us stop and did not want to speak: we went on from the word where we stopped."""

    call_id: str
    at: datetime
    turn: int
    silent_ms: float


@dataclass(frozen=True, slots=True)
class ReplyPrepared:
    """A reply was prepared before the turn had ended: used, or thrown away."""

    call_id: str
    at: datetime
    turn: int
    was_used: bool


@dataclass(frozen=True, slots=True)
class StageFailed:
    """A service failed in a turn; the call went on."""

    call_id: str
    at: datetime
    stage: str
    """recognition, reply, speech, store, line"""
    reason: str
    """The class of the error: never what was said."""


@dataclass(frozen=True, slots=True)
class FramesCounted:
    """What went over the line since the last such record."""

    call_id: str
    at: datetime
    frames_in: int
    frames_out: int
    bytes_dropped: int
    messages_rejected: int
    aec_missed: int = 0
    """Frames cleaned of echo before it was known what played in them; see ``media.echo``."""
    aec_dropped: int = 0
    """Frames of our own voice that came too early or too late to be used against their echo."""


@dataclass(frozen=True, slots=True)
class MessagesRejected:
    """Media messages that were not understood since the last such record, of one reason."""

    call_id: str
    at: datetime
    reason: str
    """A ``media.line.Rejection``."""
    detail: str
    """Explains the last of them to a developer; never sound, words or numbers."""
    count: int


Record = (
    CallAnswered
    | CallResumed
    | ExperimentsJoined
    | ConversationStarted
    | ConversationEnded
    | CallerHeard
    | LanguageIdentified
    | AssistantSaid
    | AssistantSpeaking
    | ClaimValueSet
    | ReminderSet
    | ToolCalled
    | GuardTripped
    | ModelAsked
    | BudgetSpent
    | SpeechChanged
    | Whispered
    | TakenOver
    | GivenBack
    | AnswerMeasured
    | BargedIn
    | FalseAlarm
    | ReplyPrepared
    | StageFailed
    | FramesCounted
    | MessagesRejected
)


class Observer(Protocol):
    """Takes records. ``observe`` returns at once, never blocks, never raises."""

    def observe(self, record: Record) -> None:
        """Take one record."""
