"""What the report pages show of a call, in the words and order in which they show it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import overload

import phonenumbers

from stores.records import CallHistory, CallRecord, ClaimChangeRecord, Direction, FieldRecord, TurnRecord
from web.latency_picture import milliseconds, percentile, stage_values_ms

_TYPES = {"text": "text", "datetime": "date and time", "email": "e-mail address", "phone_number": "phone number"}


@dataclass(frozen=True, slots=True)
class Said:
    """A message in the timeline."""

    offset: str
    at: datetime
    is_caller: bool
    text: str
    was_interrupted: bool
    unheard_text: str
    """What was cut off, where that is known."""
    answered_in: str
    """The latency of this answer; empty when it was not measured."""
    kind: str = "said"


@dataclass(frozen=True, slots=True)
class Changed:
    """A change of the claim: in the timeline, and in the history of its field."""

    offset: str
    at: datetime
    field: str
    old_value: str | None
    new_value: str
    changed_by: str
    kind: str = "changed"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the claim with its value and how it came to it."""

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
class Call:
    """A call, as a line of the list and as the head of its page."""

    call_id: str
    number: str
    direction: str
    started_at: datetime
    started: str
    duration: str
    state: str
    is_live: bool
    values: str
    """How much of the claim is known: ``4 of 5 values``; empty without a schema."""
    median: str
    """The median answer latency; empty without answers."""
    words: str
    """The last thing that was said."""
    language: str
    """What the caller spoke, as a tag; empty when nobody was to find out."""
    experiments: tuple[str, ...] = ()
    """What the call took part in, each as ``name: variant``."""


def call_view(history: CallHistory) -> Call:
    """A call at a glance."""
    call = history.call
    totals = [turn.answer_latency_ms for turn in history.turns]
    names = {field.name for field in call.claim_fields}
    known = len(names & history.claim.keys())
    return Call(
        call_id=call.call_id,
        number=_spaced(call.phone_number) or "Withheld number",
        direction="Outgoing call" if call.direction is Direction.OUTBOUND else "Incoming call",
        started_at=call.started_at,
        started=_date_and_time(call.started_at),
        duration=_duration((call.ended_at - call.started_at).total_seconds()) if call.ended_at else "",
        state=call.end_reason.replace("_", " ").capitalize() or "Ended" if call.ended_at else "Live",
        is_live=call.ended_at is None,
        values=f"{known} of {len(names)} values" if names else "",
        median=milliseconds(percentile(totals, 50)) if totals else "",
        words=history.messages[-1].text if history.messages else "",
        language=call.caller_language,
        experiments=tuple(f"{name}: {variant}" for name, variant in sorted(call.experiments.items())),
    )


def timeline(history: CallHistory, unheard: Mapping[int, str]) -> list[Said | Changed]:
    """Messages in their order, with each change of the claim before the message that came after it."""
    call = history.call
    turns = {turn.turn: turn for turn in history.turns}
    changes = list(history.claim_changes)
    entries: list[Said | Changed] = []
    for message in history.messages:
        while changes and changes[0].changed_at < message.said_at:
            entries.append(_changed(call, changes.pop(0)))
        is_caller = message.persona == "caller"
        turn = None if is_caller or message.turn is None else turns.pop(message.turn, None)
        cut = message.was_interrupted and not is_caller and message.turn is not None
        entries.append(
            Said(
                offset=_offset(call, message.said_at),
                at=message.said_at,
                is_caller=is_caller,
                text=message.text,
                was_interrupted=message.was_interrupted,
                unheard_text=unheard.get(message.turn, "") if cut and message.turn is not None else "",
                answered_in=milliseconds(turn.answer_latency_ms) if turn else "",
            )
        )
    entries += [_changed(call, change) for change in changes]
    return entries


def claim_view(history: CallHistory) -> list[Field]:
    """The claim as its schema defines it, then whatever was set beside the schema."""
    fields = list(history.call.claim_fields)
    known = {field.name for field in fields}
    fields += [FieldRecord(name, "", required=False) for name in history.claim if name not in known]
    return [
        Field(
            name=_spoken(field.name),
            type=_TYPES.get(field.type, field.type),
            description=field.description,
            required=field.required,
            value=_shown(history.claim.get(field.name), field.type),
            changes=tuple(_changed(history.call, c) for c in history.claim_changes if c.field == field.name),
        )
        for field in fields
    ]


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


def searched_number(query: str) -> str:
    """The E.164 number that somebody looks for; as it was typed when it is not one.

    A plus sign that was not encoded arrives as a space.
    """
    typed = query.strip()
    if query[:1] == " " and typed[:1].isdigit():
        typed = f"+{typed}"
    try:
        return phonenumbers.format_number(phonenumbers.parse(typed), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return typed


def _spaced(number: str) -> str:
    """A number as it is printed: +33 6 12 34 56 78."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number


def _changed(call: CallRecord, change: ClaimChangeRecord) -> Changed:
    kind = next((field.type for field in call.claim_fields if field.name == change.field), "")
    return Changed(
        offset=_offset(call, change.changed_at),
        at=change.changed_at,
        field=_spoken(change.field),
        old_value=_shown(change.old_value, kind),
        new_value=_shown(change.new_value, kind),
        changed_by=change.changed_by,
    )


@overload
def _shown(value: str, kind: str) -> str: ...
@overload
def _shown(value: str | None, kind: str) -> str | None: ...
def _shown(value: str | None, kind: str) -> str | None:
    """A value as people write it: its normal form, but for dates and phone numbers."""
    if value is None:
        return None
    if kind == "phone_number":
        return _spaced(value)
    if kind == "datetime":
        with suppress(ValueError):
            at = datetime.fromisoformat(value)
            return f"{at.day} {at:%b %Y, %H:%M} {at:%Z}".strip()
    return value


def _spoken(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _offset(call: CallRecord, at: datetime) -> str:
    """Since the start of the call: 1:05."""
    seconds = max(0, int((at - call.started_at).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02d}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _date_and_time(at: datetime) -> str:
    return f"{at.day} {at:%b %Y, %H:%M} UTC"
