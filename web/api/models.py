"""What the API shows, as typed models: the answers are made of them, and so is their description.

Names are those of call-center-ai's ``CallGet`` where they mean the same. Times are UTC.
"""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.claim import FieldType
from calls.costs import CostKind, CostUnit
from stores.records import Direction, LineKind, NextAction, Satisfaction


class Shown(BaseModel):
    """Nothing is shown that is not described."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ErrorDetails(Shown):
    """What went wrong."""

    message: str
    details: list[str] = Field(description="Each reason; names keys and parameters, never secrets.")


class ErrorGet(Shown):
    """The one form of every error."""

    error: ErrorDetails


class ClaimFieldGet(Shown):
    """One thing that the call is to find out."""

    name: str
    type: FieldType
    description: str
    required: bool


class LanguageGet(Shown):
    """What the call begins in."""

    default_short_code: str = Field(description="BCP 47")


class InitiateGet(Shown):
    """What the call is about, as it was configured or ordered."""

    phone_number: str = Field(description="The other side, E.164; empty when withheld.")
    agent_phone_number: str | None = Field(description="The human that the caller can be handed over to.")
    bot_company: str
    bot_name: str
    task: str
    lang: LanguageGet
    prosody_rate: float
    claim: list[ClaimFieldGet]


class ToolGet(Shown):
    """A tool that the assistant has called."""

    tool_id: str
    function_name: str
    function_arguments: str = Field(description="JSON, as the model wrote it.")
    content: str = Field(description="What the tool answered.")


class CitationGet(Shown):
    """A document that an answer rests on."""

    title: str
    source: str


class MessageGet(Shown):
    """One thing that was said and heard, or written."""

    created_at: datetime
    action: str = Field(description="talk, or sms", examples=["talk"])
    persona: Literal["assistant", "human"]
    content: str = Field(description="What of it was heard.")
    was_interrupted: bool = Field(description="The caller has cut it off: there would have been more.")
    tool_calls: list[ToolGet]
    citations: list[CitationGet]


class ReminderGet(Shown):
    """Something to be done after a call."""

    call_id: str
    created_at: datetime
    title: str
    description: str
    due_date_time: datetime
    owner: str = Field(description="customer, assistant, or whoever the company calls so.")


class SynthesisGet(Shown):
    """What the call was about."""

    short: str
    long: str = Field(description="Markdown")
    satisfaction: Satisfaction
    improvement_suggestions: str
    is_extractive: bool = Field(description="Sentences of the call, chosen without a model.")


class NextGet(Shown):
    """What the company should do next."""

    action: NextAction
    justification: str


class RecordingGet(Shown):
    """A recording of a call."""

    recording_id: str = Field(description="`own`, or `service-1`, `service-2` …", examples=["own"])
    made_by: Literal["own", "service"] = Field(description="`own`: caller left, assistant right.")
    created_at: datetime
    size_bytes: int | None = Field(description="None: the telephone service has it, it is not here yet.")
    url: str | None = Field(description="Where it can be fetched, whole or in parts; None: not here yet.")


class CostItemGet(Shown):
    """One line of a bill."""

    kind: CostKind
    model: str | None
    quantity: float
    unit: CostUnit
    usd: float
    is_estimate: bool = Field(description="Derived from what is kept; not told by the service.")


class CostGet(Shown):
    """What it cost, in US dollars, by the configured prices."""

    total_usd: float
    is_estimate: bool
    items: list[CostItemGet]


class TurnGet(Shown):
    """The latency of one answer; the stages follow each other, all in milliseconds."""

    turn: int
    answer_latency_ms: float = Field(description="From the caller's last voiced sample to our first audible one.")
    end_of_turn_ms: float
    recognition_ms: float
    first_words_ms: float
    first_sound_ms: float
    was_interrupted: bool


class CallSummaryGet(Shown):
    """A call, and what it came to."""

    call_id: str
    created_at: datetime
    in_progress: bool
    ended_at: datetime | None
    end_reason: str = Field(description="Empty while it is up.")
    direction: Direction
    line: LineKind = Field(description="What carried its sound.")
    initiate: InitiateGet
    next: NextGet | None
    synthesis: SynthesisGet | None


class CallGet(CallSummaryGet):
    """One call with everything that belongs to it."""

    resumes_call_id: str | None = Field(description="The earlier call of this number that this one goes on with.")
    caller_language: str | None = Field(description="What the caller spoke last, BCP 47.")
    experiments: dict[str, str]
    claim: dict[str, str] = Field(description="The values of the last claim, in their normal form.")
    claims: list[dict[str, str]] = Field(description="Those of each claim, in the order in which they were begun.")
    messages: list[MessageGet]
    reminders: list[ReminderGet]
    recordings: list[RecordingGet]
    turns: list[TurnGet]
    cost: CostGet


class CallsGet(Shown):
    """A page of calls: those that are up, then the newest."""

    calls: list[CallSummaryGet]
    next_cursor: str | None = Field(description="Leads to the next page; None: this is the last.")


class RemindersGet(Shown):
    """A page of reminders: those due first, first."""

    reminders: list[ReminderGet]
    next_cursor: str | None = Field(description="Leads to the next page; None: this is the last.")


class RecordingsGet(Shown):
    """The recordings of a call."""

    recordings: list[RecordingGet]


class DayCostGet(CostGet):
    """The calls that began on a day (UTC)."""

    day: date
    calls: int


class CostsGet(Shown):
    """What calls cost, by day; days without calls are left out."""

    currency: Literal["USD"]
    days: list[DayCostGet]
    total: CostGet


class WithheldGet(Shown):
    """A call that is not exported: something personal was left in it."""

    call_id: str
    kinds: list[str] = Field(description="Of what was left; never the thing itself.")


class ExportReportGet(Shown):
    """What an export does."""

    calls: int
    exported: int
    empty: int = Field(description="One of the sides said nothing.")
    withheld: list[WithheldGet]
    replaced: dict[str, int] = Field(description="How often something of each kind was replaced.")


class HealthCheckGet(Shown):
    """One thing that was looked at."""

    id: str
    status: Literal["ok", "fail"]


class ReadinessGet(Shown):
    """Whether calls may be sent here."""

    status: Literal["ok", "fail"]
    checks: list[HealthCheckGet]


class LivenessGet(Shown):
    """The process lives."""

    status: Literal["ok"]
