"""What outlives a call, as rows. Times are timezone-aware UTC."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class Direction(StrEnum):
    """Who placed the call."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class LineKind(StrEnum):
    """What carries the sound of a call."""

    TELEPHONE = "telephone"
    BROWSER = "browser"


class Satisfaction(StrEnum):
    """How the caller felt about the call."""

    TERRIBLE = "terrible"
    LOW = "low"
    PARTIAL = "partial"
    HIGH = "high"
    UNKNOWN = "unknown"


class NextAction(StrEnum):
    """What the company should do after the call."""

    CASE_CLOSED = "case_closed"
    COMMERCIAL_OFFER = "commercial_offer"
    CUSTOMER_WILL_SEND_INFO = "customer_will_send_info"
    HIGH_PRIORITY = "high_priority"
    PROPOSE_NEW_CONTRACT = "propose_new_contract"
    REQUIRES_EXPERTISE = "requires_expertise"


class AttemptOutcome(StrEnum):
    """What became of an attempt to call somebody back."""

    PENDING = ""
    """It is not over."""
    REACHED = "reached"
    """Somebody took the call: nothing is left to be done."""
    NOT_REACHED = "not_reached"
    """Nobody took it: another attempt may follow."""
    GIVEN_UP = "given_up"
    """No attempt follows."""


REPLICA_LOST = "replica_lost"
"""The end reason of a call whose replica has ended without a word."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call."""

    call_id: str
    direction: Direction
    phone_number: str
    """The other side, E.164; empty when withheld."""
    started_at: datetime
    claim_fields: tuple["FieldRecord", ...] = ()
    """The schema that this call gathers, kept with it: configuration may change later."""
    ended_at: datetime | None = None
    end_reason: str = ""
    initiate: "InitiateRecord | None" = None
    """What this call was about; None in old rows."""
    ring_to_answer_ms: float | None = None
    """From the word that it rings to our accepted answer; None of calls that we placed, and in old rows."""
    resumes_call_id: str = ""
    """The earlier call of this number that this one goes on with; empty: none."""
    caller_language: str = ""
    """What the caller spoke last (BCP 47): chosen, or found out by the recogniser; empty: neither."""
    experiments: dict[str, str] = field(default_factory=dict)
    """The variant of each experiment that this call took part in, by the experiment's name."""
    replica_id: str = ""
    """The replica that the call lives on, or lived on; empty in old rows."""
    connected_at: datetime | None = None
    """When its sound began to come, which is where our recording begins; None: it never did, and in old rows."""
    line: LineKind = LineKind.TELEPHONE

    @property
    def is_live(self) -> bool:
        """Whether the call is up, as far as is known."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class InitiateRecord:
    """A call's own configuration, as it was for this call; the schema is in ``CallRecord.claim_fields``."""

    bot_company: str
    bot_name: str
    task: str
    agent_phone_number: str = ""
    language: str = "en-US"
    prosody_rate: float = 1.0


@dataclass(frozen=True, slots=True)
class FieldRecord:
    """A field of the claim's schema, as it was for this call."""

    name: str
    type: str
    description: str = ""
    required: bool = True


SUPERVISOR: Final = "supervisor"
"""The persona of the rows among the messages that tell what a supervisor did."""


class SupervisedAction(StrEnum):
    """What a supervisor did in a call."""

    WHISPER = "whisper"
    """Told the assistant something that the caller did not hear."""
    TAKEN_OVER = "taken_over"
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """One thing that was said and heard, or pressed."""

    call_id: str
    sequence: int
    """Order within the call, given by the store: 0, 1, 2 …"""
    said_at: datetime
    persona: str
    """assistant or caller; supervisor, of what ``CallHistory.supervision`` holds"""
    text: str
    was_interrupted: bool = False
    turn: int | None = None
    """The turn whose answer this is (``TurnRecord.turn``)."""
    action: str = "talk"
    """talk, or sms: how it was said; of a supervisor a ``SupervisedAction``."""
    citations: tuple["CitationRecord", ...] = ()
    unheard_text: str = ""
    """What a barge-in cut off: it was never heard, and no assistant remembers it."""
    began_at: datetime | None = None
    """When the first of it was recognised, or on its way to the caller; None: not known."""


@dataclass(frozen=True, slots=True)
class CitationRecord:
    """A document that an answer rests on."""

    title: str
    source: str


@dataclass(frozen=True, slots=True)
class ClaimChangeRecord:
    """One value that changed; the claim is the sum of its changes."""

    call_id: str
    sequence: int
    changed_at: datetime
    changed_by: str
    field: str
    old_value: str | None
    new_value: str
    claim_number: int = 0
    """Which claim of the call: 0, 1 …"""


@dataclass(frozen=True, slots=True)
class ReminderRecord:
    """Something to be done after a call. Of those with one title in a call, the last counts."""

    call_id: str
    sequence: int
    set_at: datetime
    title: str
    description: str
    due_at: datetime
    owner: str


@dataclass(frozen=True, slots=True)
class ToolCallRecord:
    """A tool that a model has run, in a reply that was heard."""

    call_id: str
    sequence: int
    called_at: datetime
    turn: int
    name: str
    arguments: str
    result: str


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """One request to a language model, in tokens."""

    call_id: str
    sequence: int
    asked_at: datetime
    model: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """The latency of one answer, stage by stage, all in milliseconds.

    The stages follow each other and add up to ``content_latency_ms``.
    """

    call_id: str
    turn: int
    measured_at: datetime
    answer_latency_ms: float
    """From the caller's last voiced sample to our first audible sample on the wire, an opener's or the answer's."""
    end_of_turn_ms: float
    """…until it was decided that the caller had finished,"""
    recognition_ms: float
    """…until the text was there,"""
    first_words_ms: float
    """…until the assistant's first speakable chunk was there,"""
    first_sound_ms: float
    """…until its first audible sample was on the wire."""
    was_interrupted: bool = False
    content_latency_ms: float | None = None
    """To the first audible sample of the answer itself; None where it is the same as ``answer_latency_ms``."""

    @property
    def to_content_ms(self) -> float:
        """From the caller's last voiced sample to the first audible sample of the answer itself."""
        return self.answer_latency_ms if self.content_latency_ms is None else self.content_latency_ms


@dataclass(frozen=True, slots=True)
class RecordingRecord:
    """A recording of a call by the telephone service."""

    call_id: str
    recording_id: str
    """The service's name of it."""
    started_at: datetime
    file_name: str = ""
    """In the folder of recordings; empty as long as it is not here."""


@dataclass(frozen=True, slots=True)
class SynthesisRecord:
    """What a call was about. Of several, the last counts."""

    call_id: str
    made_at: datetime
    work_id: str
    """The work that made it: the same work again adds nothing."""
    short: str
    """A sentence."""
    long: str
    """Markdown."""
    satisfaction: Satisfaction = Satisfaction.UNKNOWN
    improvement_suggestions: str = ""
    is_extractive: bool = False
    """Sentences of the call, chosen without a model."""
    sequence: int = 0
    """Order within the call, given by the store."""


@dataclass(frozen=True, slots=True)
class NextActionRecord:
    """What is to be done after a call. Of several, the last counts."""

    call_id: str
    decided_at: datetime
    work_id: str
    """The work that decided it: the same work again adds nothing."""
    action: NextAction
    justification: str
    sequence: int = 0
    """Order within the call, given by the store."""


@dataclass(frozen=True, slots=True)
class CallbackAttemptRecord:
    """An attempt to call somebody back, as a reminder says."""

    call_id: str
    """Of the call in which the reminder was set."""
    reminder_sequence: int
    attempt: int
    """1, 2 …"""
    began_at: datetime
    outcome: AttemptOutcome = AttemptOutcome.PENDING
    ended_at: datetime | None = None
    placed_call_id: str = ""
    """The call that was placed; empty: none was."""


@dataclass(frozen=True, slots=True)
class CallEventRecord:
    """Something that happened to a call, told from another replica perhaps."""

    event_id: int
    """Given by the store: later events of a call have higher ones."""
    call_id: str
    kind: str
    payload: dict[str, Any]
    published_at: datetime


@dataclass(frozen=True, slots=True)
class CallHistory:
    """One call with everything that belongs to it, each list in order."""

    call: CallRecord
    messages: tuple[MessageRecord, ...] = ()
    """What caller and assistant said and wrote."""
    claim_changes: tuple[ClaimChangeRecord, ...] = ()
    turns: tuple[TurnRecord, ...] = ()
    claim: dict[str, str] = field(default_factory=dict)
    """The current values of the last claim: derived from the changes."""
    recordings: tuple[RecordingRecord, ...] = ()
    reminders: tuple[ReminderRecord, ...] = ()
    tool_calls: tuple[ToolCallRecord, ...] = ()
    usages: tuple[UsageRecord, ...] = ()
    synthesis: SynthesisRecord | None = None
    next_action: NextActionRecord | None = None
    callback_attempts: tuple[CallbackAttemptRecord, ...] = ()
    supervision: tuple[MessageRecord, ...] = ()
    """What a supervisor did: rows among the messages, of which nobody has heard anything."""

    @property
    def claims(self) -> tuple[dict[str, str], ...]:
        """The values of each claim of the call, in the order in which they were begun; of one at least."""
        numbers = sorted({change.claim_number for change in self.claim_changes}) or [0]
        return tuple(
            {each.field: each.new_value for each in self.claim_changes if each.claim_number == number}
            for number in numbers
        )

    @property
    def due(self) -> tuple[ReminderRecord, ...]:
        """The reminders that count, in the order in which they were last set."""
        latest = {reminder.title: reminder for reminder in self.reminders}
        return tuple(sorted(latest.values(), key=lambda reminder: reminder.sequence))
