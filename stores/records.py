"""What outlives a call, as rows. Times are timezone-aware UTC."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Who placed the call."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


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
    """What the caller spoke last (BCP 47), as the recogniser found out; empty: it was not to find out."""
    experiments: dict[str, str] = field(default_factory=dict)
    """The variant of each experiment that this call took part in, by the experiment's name."""


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


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """One thing that was said and heard, or pressed."""

    call_id: str
    sequence: int
    """Order within the call, given by the store: 0, 1, 2 …"""
    said_at: datetime
    persona: str
    """assistant or caller"""
    text: str
    was_interrupted: bool = False
    turn: int | None = None
    """The turn whose answer this is (``TurnRecord.turn``)."""
    action: str = "talk"
    """talk, or sms: how it was said."""
    citations: tuple["CitationRecord", ...] = ()


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
class CallHistory:
    """One call with everything that belongs to it, each list in order."""

    call: CallRecord
    messages: tuple[MessageRecord, ...] = ()
    claim_changes: tuple[ClaimChangeRecord, ...] = ()
    turns: tuple[TurnRecord, ...] = ()
    claim: dict[str, str] = field(default_factory=dict)
    """The current values of the last claim: derived from the changes."""
    recordings: tuple[RecordingRecord, ...] = ()
    reminders: tuple[ReminderRecord, ...] = ()
    tool_calls: tuple[ToolCallRecord, ...] = ()
    usages: tuple[UsageRecord, ...] = ()

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
