"""A call as one line of time: what was said and written, what was found out, and what was done.

Each thing that was said has its place in the recording, so that a listener finds the words
and a reader the sound. Where it begins is what the store knows, brought into an order: a
caller is recognised a little after the beginning of their words, and old rows know only ends.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from stores.records import CallHistory, CallRecord, ClaimChangeRecord, MessageRecord, ToolCallRecord, TurnRecord
from web.latency_picture import milliseconds
from web.wording import clock, in_words, shown_value

_RECOGNISED_AFTER_S = 0.5
"""About so long a caller has been speaking when the first words are there."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A document that an answer rests on."""

    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message."""

    offset: str
    at: datetime
    is_caller: bool
    text: str
    was_interrupted: bool
    unheard_text: str
    """What was cut off, where that is known."""
    answered_in: str
    """The latency of this answer; empty when it was not measured."""
    starts_s: float = 0.0
    """Its place in the recording."""
    is_written: bool = False
    """A text message, which is no part of the recording."""
    citations: tuple[Cited, ...] = ()
    kind: str = "said"


@dataclass(frozen=True, slots=True)
class Changed:
    """A change of a claim: in the timeline, and in the history of its field."""

    offset: str
    at: datetime
    field: str
    old_value: str | None
    new_value: str
    changed_by: str
    claim_number: int = 0
    kind: str = "changed"


@dataclass(frozen=True, slots=True)
class Done:
    """A tool that the assistant used."""

    offset: str
    at: datetime
    name: str
    arguments: tuple[tuple[str, str], ...]
    """Name and value; one without a name when they cannot be read."""
    result: str
    kind: str = "done"


@dataclass(frozen=True, slots=True)
class Supervised:
    """What a supervisor did: a ``SupervisedAction``."""

    offset: str
    at: datetime
    action: str
    text: str = ""
    """What the assistant was told."""
    kind: str = "supervised"


Entry = Said | Changed | Done | Supervised
_Beside = ToolCallRecord | ClaimChangeRecord | MessageRecord
"""What is no part of the talk; of messages, those of a supervisor."""


def timeline(history: CallHistory, unheard: Mapping[int, str]) -> list[Entry]:
    """Messages in their order, with each change and tool before the message that came after it.

    Args:
        history: The call.
        unheard: What was cut off from answers, by turn, where the store does not know.
    """
    call = history.call
    beside: list[_Beside] = [*history.tool_calls, *history.claim_changes, *history.supervision]
    beside.sort(key=_moment)
    places = places_s(history)
    turns = {turn.turn: turn for turn in history.turns}
    entries: list[Entry] = []
    for message, starts_s in zip(history.messages, places, strict=True):
        while beside and _moment(beside[0]) < message.said_at:
            entries.append(_beside(call, beside.pop(0)))
        entries.append(_said(call, message, starts_s, turns, unheard))
    entries += [_beside(call, each) for each in beside]
    return entries


def places_s(history: CallHistory) -> list[float]:
    """Where each message begins in the recording, in seconds: never before the one that was said before it."""
    zero = zero_of(history.call)
    audible = {turn.turn: turn.measured_at for turn in history.turns}
    places: list[float] = []
    place = last_end = 0.0
    was_cut = False
    for message in history.messages:
        ends = max(0.0, (message.said_at - zero).total_seconds())
        if message.action != "talk":
            places.append(ends)
            continue
        begins = last_end
        if message.began_at is not None:
            begins = (message.began_at - zero).total_seconds()
            if message.persona == "caller":
                begins = max(begins - _RECOGNISED_AFTER_S, min(0.0 if was_cut else last_end, begins))
        elif message.turn in audible and message.persona == "assistant":
            begins = (audible[message.turn] - zero).total_seconds()
        place = max(place, min(begins, ends))
        places.append(place)
        last_end, was_cut = ends, message.was_interrupted
    return places


def zero_of(call: CallRecord) -> datetime:
    """Where the recording begins, or about so in old rows: the call."""
    return call.connected_at or call.started_at


def changed(call: CallRecord, change: ClaimChangeRecord) -> Changed:
    """A change as it is shown."""
    kind = next((field.type for field in call.claim_fields if field.name == change.field), "")
    return Changed(
        offset=_offset(call, change.changed_at),
        at=change.changed_at,
        field=in_words(change.field),
        old_value=shown_value(change.old_value, kind),
        new_value=shown_value(change.new_value, kind),
        changed_by=change.changed_by,
        claim_number=change.claim_number,
    )


def _moment(each: _Beside) -> datetime:
    match each:
        case ToolCallRecord(called_at=at) | ClaimChangeRecord(changed_at=at) | MessageRecord(said_at=at):
            return at


def _beside(call: CallRecord, each: _Beside) -> Changed | Done | Supervised:
    if isinstance(each, ClaimChangeRecord):
        return changed(call, each)
    if isinstance(each, MessageRecord):
        return Supervised(_offset(call, each.said_at), each.said_at, each.action, each.text)
    return Done(
        offset=_offset(call, each.called_at),
        at=each.called_at,
        name=in_words(each.name),
        arguments=_arguments(each.arguments),
        result=each.result,
    )


def _arguments(written: str) -> tuple[tuple[str, str], ...]:
    """What a tool was given: JSON, but models write what they like."""
    try:
        given = json.loads(written)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        return (("", written),) if written.strip() else ()
    return tuple(
        (in_words(str(name)), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in given.items()
    )


def _said(
    call: CallRecord, message: MessageRecord, starts_s: float, turns: dict[int, TurnRecord], unheard: Mapping[int, str]
) -> Said:
    is_caller = message.persona == "caller"
    turn = None if is_caller or message.turn is None else turns.pop(message.turn, None)
    cut = message.unheard_text
    if not cut and message.was_interrupted and not is_caller and message.turn is not None:
        cut = unheard.get(message.turn, "")
    return Said(
        offset=clock(starts_s),
        at=message.said_at,
        is_caller=is_caller,
        text=message.text,
        was_interrupted=message.was_interrupted,
        unheard_text=cut.strip(),
        answered_in=milliseconds(turn.answer_latency_ms) if turn else "",
        starts_s=round(starts_s, 2),
        is_written=message.action == "sms",
        citations=tuple(Cited(each.title, each.source) for each in message.citations),
    )


def _offset(call: CallRecord, at: datetime) -> str:
    return clock((at - zero_of(call)).total_seconds())
