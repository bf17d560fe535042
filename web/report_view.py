"""What the report pages show of a call beside its timeline, in the words and order in which they show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from stores.records import (
    CallHistory,
    CallRecord,
    Direction,
    FieldRecord,
    LineKind,
    NextAction,
    Satisfaction,
    TurnRecord,
)
from stores.search import CallSummary
from web.latency_picture import milliseconds, percentile, stage_values_ms
from web.timeline import Changed, changed
from web.wording import caller_name, date_and_time, duration, in_words, shown_value

_TYPES = {"text": "text", "datetime": "date and time", "email": "e-mail address", "phone_number": "phone number"}
_SATISFACTION = {
    Satisfaction.TERRIBLE: "Terrible",
    Satisfaction.LOW: "Low",
    Satisfaction.PARTIAL: "Partial",
    Satisfaction.HIGH: "High",
    Satisfaction.UNKNOWN: "Unknown",
}
_ACTIONS = {
    NextAction.CASE_CLOSED: ("Case closed", "Nothing is left to be done"),
    NextAction.COMMERCIAL_OFFER: ("Commercial offer", "Something may be offered to the customer"),
    NextAction.CUSTOMER_WILL_SEND_INFO: ("Customer will send information", "Wait for what they promised"),
    NextAction.HIGH_PRIORITY: ("High priority", "Somebody should look at this at once"),
    NextAction.PROPOSE_NEW_CONTRACT: ("Propose a new contract", "The present one does not fit"),
    NextAction.REQUIRES_EXPERTISE: ("Requires expertise", "An expert should judge the case"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several that could be chosen."""

    value: str
    name: str
    meaning: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a claim with its value and how it came to it."""

    name: str
    type: str
    description: str
    required: bool
    value: str | None
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A row of the table of latencies."""

    number: int
    total: str
    stages: tuple[str, ...]
    was_interrupted: bool


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to be done after the call."""

    title: str
    description: str
    owner: str
    due_at: datetime
    due: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A call as a line of the list."""

    call_id: str
    number: str
    direction: str
    started_at: datetime
    started: str
    duration: str
    state: str
    is_live: bool
    words: str
    """What it was about; empty when that is not known."""
    satisfaction: str
    """A ``Satisfaction``; empty when nobody has judged."""
    satisfaction_name: str
    next_action: str
    """A ``NextAction``; empty when none was decided."""
    next_action_name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the head of its page."""

    call_id: str
    number: str
    phone_number: str
    direction: str
    started_at: datetime
    started: str
    duration: str
    state: str
    is_live: bool
    values: str
    """How much of the last claim is known: ``4 of 5 values``; empty without a schema."""
    median: str
    """The median answer latency; empty without answers."""
    language: str
    """What the caller spoke, as a tag; empty when nobody was to find out."""
    rang: str
    """How long it rang before it was answered; empty when we placed it."""
    resumes_call_id: str
    experiments: tuple[str, ...] = ()
    """What the call took part in, each as ``name: variant``."""


def listed(summary: CallSummary) -> Listed:
    """A call as it is found."""
    call, synthesis, action = summary.call, summary.synthesis, summary.next_action
    return Listed(
        call_id=call.call_id,
        number=caller_name(call),
        direction=_direction(call),
        started_at=call.started_at,
        started=date_and_time(call.started_at),
        duration=_duration(call),
        state=_state(call),
        is_live=call.is_live,
        words=synthesis.short if synthesis else "",
        satisfaction=synthesis.satisfaction.value if synthesis else "",
        satisfaction_name=_SATISFACTION[synthesis.satisfaction] if synthesis else "",
        next_action=action.action.value if action else "",
        next_action_name=_ACTIONS[action.action][0] if action else "",
    )


def call_view(history: CallHistory) -> Call:
    """A call at a glance."""
    call = history.call
    totals = [turn.answer_latency_ms for turn in history.turns]
    names = {field.name for field in call.claim_fields}
    known = len(names & history.claim.keys())
    return Call(
        call_id=call.call_id,
        number=caller_name(call),
        phone_number=call.phone_number,
        direction=_direction(call),
        started_at=call.started_at,
        started=date_and_time(call.started_at),
        duration=_duration(call),
        state=_state(call),
        is_live=call.is_live,
        values=f"{known} of {len(names)} values" if names else "",
        median=milliseconds(percentile(totals, 50)) if totals else "",
        language=call.caller_language,
        rang="" if call.ring_to_answer_ms is None else milliseconds(call.ring_to_answer_ms),
        resumes_call_id=call.resumes_call_id,
        experiments=tuple(f"{name}: {variant}" for name, variant in sorted(call.experiments.items())),
    )


def claims_view(history: CallHistory) -> list[list[Field]]:
    """Each claim of the call as its schema defines it, then whatever was set beside the schema."""
    numbers = sorted({change.claim_number for change in history.claim_changes}) or [0]
    return [_claim(history, number, values) for number, values in zip(numbers, history.claims, strict=True)]


def _claim(history: CallHistory, number: int, values: dict[str, str]) -> list[Field]:
    fields = list(history.call.claim_fields)
    known = {field.name for field in fields}
    fields += [FieldRecord(name, "", required=False) for name in values if name not in known]
    changes = [change for change in history.claim_changes if change.claim_number == number]
    return [
        Field(
            name=in_words(field.name),
            type=_TYPES.get(field.type, field.type),
            description=field.description,
            required=field.required,
            value=shown_value(values.get(field.name), field.type),
            changes=tuple(changed(history.call, change) for change in changes if change.field == field.name),
        )
        for field in fields
    ]


def reminders_view(history: CallHistory) -> list[Reminder]:
    """The reminders that count, the next one first."""
    due = sorted(history.due, key=lambda each: each.due_at)
    return [
        Reminder(each.title, each.description, in_words(each.owner), each.due_at, date_and_time(each.due_at))
        for each in due
    ]


def actions_view(chosen: NextAction | None) -> list[Choice]:
    """All that may be done next, and what is to be."""
    return [Choice(each.value, *words, is_chosen=each is chosen) for each, words in _ACTIONS.items()]


def satisfactions_view(chosen: Satisfaction | None) -> list[Choice]:
    """How callers may feel, and how this one does."""
    return [Choice(each.value, name, is_chosen=each is chosen) for each, name in _SATISFACTION.items()]


def turns_view(turns: Sequence[TurnRecord]) -> list[Turn]:
    """The numbers behind the picture."""
    return [
        Turn(
            number=turn.turn,
            total=f"{turn.to_content_ms:,.0f}",
            stages=tuple(f"{value:,.0f}" for value in stage_values_ms(turn)),
            was_interrupted=turn.was_interrupted,
        )
        for turn in turns
    ]


def _direction(call: CallRecord) -> str:
    if call.line is LineKind.BROWSER:
        return "From a browser"
    return "Outgoing call" if call.direction is Direction.OUTBOUND else "Incoming call"


def _duration(call: CallRecord) -> str:
    return duration((call.ended_at - call.started_at).total_seconds()) if call.ended_at else ""


def _state(call: CallRecord) -> str:
    return in_words(call.end_reason) or "Ended" if call.ended_at else "Live"
