"""Calls as the API shows them. Pure."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from calls.costs import Cost
from calls.initiate import CallInitiate
from stores.records import (
    CallHistory,
    CallRecord,
    MessageRecord,
    NextActionRecord,
    RecordingRecord,
    ReminderRecord,
    SynthesisRecord,
    ToolCallRecord,
)
from stores.search import CallSummary
from web.api.models import (
    CallGet,
    CallSummaryGet,
    CitationGet,
    ClaimFieldGet,
    CostGet,
    CostItemGet,
    InitiateGet,
    LanguageGet,
    MessageGet,
    NextGet,
    RecordingGet,
    ReminderGet,
    SynthesisGet,
    ToolGet,
    TurnGet,
)

OWN = "own"
_USD_DIGITS = 6
"""A millionth of a dollar: a text of one character."""


def call_get(history: CallHistory, cost: Cost, recordings: Sequence[RecordingGet]) -> CallGet:
    """One call whole."""
    call = history.call
    return CallGet(
        **_head(call, history.synthesis, history.next_action),
        resumes_call_id=call.resumes_call_id or None,
        caller_language=call.caller_language or None,
        experiments=call.experiments,
        claim=history.claim,
        claims=list(history.claims),
        messages=message_gets(history.messages, history.tool_calls),
        reminders=[reminder_get(each) for each in history.due],
        recordings=list(recordings),
        turns=[
            TurnGet(
                turn=turn.turn,
                answer_latency_ms=turn.answer_latency_ms,
                end_of_turn_ms=turn.end_of_turn_ms,
                recognition_ms=turn.recognition_ms,
                first_words_ms=turn.first_words_ms,
                first_sound_ms=turn.first_sound_ms,
                was_interrupted=turn.was_interrupted,
            )
            for turn in history.turns
        ],
        cost=cost_get(cost),
    )


def summary_get(summary: CallSummary) -> CallSummaryGet:
    """A call in a list."""
    return CallSummaryGet(**_head(summary.call, summary.synthesis, summary.next_action))


def _head(call: CallRecord, synthesis: SynthesisRecord | None, action: NextActionRecord | None) -> dict[str, Any]:
    return {
        "call_id": call.call_id,
        "created_at": call.started_at,
        "in_progress": call.is_live,
        "ended_at": call.ended_at,
        "end_reason": call.end_reason,
        "direction": call.direction,
        "line": call.line,
        "initiate": _initiate_get(call),
        "next": NextGet(action=action.action, justification=action.justification) if action else None,
        "synthesis": _synthesis_get(synthesis) if synthesis else None,
    }


def _synthesis_get(synthesis: SynthesisRecord) -> SynthesisGet:
    return SynthesisGet(
        short=synthesis.short,
        long=synthesis.long,
        satisfaction=synthesis.satisfaction,
        improvement_suggestions=synthesis.improvement_suggestions,
        is_extractive=synthesis.is_extractive,
    )


def _initiate_get(call: CallRecord) -> InitiateGet:
    about = call.initiate or CallInitiate().record
    return InitiateGet(
        phone_number=call.phone_number,
        agent_phone_number=about.agent_phone_number or None,
        bot_company=about.bot_company,
        bot_name=about.bot_name,
        task=about.task,
        lang=LanguageGet(default_short_code=about.language),
        prosody_rate=about.prosody_rate,
        claim=[
            ClaimFieldGet.model_validate(
                {"name": each.name, "type": each.type, "description": each.description, "required": each.required}
            )
            for each in call.claim_fields
        ],
    )


def message_gets(messages: Sequence[MessageRecord], tool_calls: Sequence[ToolCallRecord]) -> list[MessageGet]:
    """What was said, in its order, with the tools of each answer.

    Tools of an answer of which nothing was heard stand in a message without words.
    """
    waiting = list(tool_calls)
    shown = []
    for message in messages:
        own: list[ToolCallRecord] = []
        if message.persona == "assistant":
            while waiting and waiting[0].called_at <= message.said_at and waiting[0].turn != message.turn:
                turn = waiting[0].turn
                shown.append(_without_words([each for each in waiting if each.turn == turn]))
                waiting = [each for each in waiting if each.turn != turn]
            own = [each for each in waiting if each.turn == message.turn]
            waiting = [each for each in waiting if each.turn != message.turn]
        shown.append(_message_get(message, own))
    for turn in dict.fromkeys(each.turn for each in waiting):
        shown.append(_without_words([each for each in waiting if each.turn == turn]))
    return shown


def _message_get(message: MessageRecord, tools: Sequence[ToolCallRecord]) -> MessageGet:
    return MessageGet(
        created_at=message.said_at,
        action=message.action,
        persona="assistant" if message.persona == "assistant" else "human",
        content=message.text,
        was_interrupted=message.was_interrupted,
        tool_calls=[_tool_get(each) for each in tools],
        citations=[CitationGet(title=each.title, source=each.source) for each in message.citations],
    )


def _without_words(tools: Sequence[ToolCallRecord]) -> MessageGet:
    first = tools[0]
    return _message_get(MessageRecord(first.call_id, 0, first.called_at, "assistant", ""), tools)


def _tool_get(tool: ToolCallRecord) -> ToolGet:
    return ToolGet(
        tool_id=f"tool-{tool.sequence}",
        function_name=tool.name,
        function_arguments=tool.arguments,
        content=tool.result,
    )


def reminder_get(reminder: ReminderRecord) -> ReminderGet:
    """A reminder."""
    return ReminderGet(
        call_id=reminder.call_id,
        created_at=reminder.set_at,
        title=reminder.title,
        description=reminder.description,
        due_date_time=reminder.due_at,
        owner=reminder.owner,
    )


def recording_get(
    call: CallRecord, recording_id: str, path: Path | None, recording: RecordingRecord | None
) -> RecordingGet:
    """A recording; without a record it is our own.

    Args:
        call: Which one.
        recording_id: See ``RecordingGet``.
        path: Its file; None: it is not here. Looked at: run it off the loop.
        recording: By the telephone service.
    """
    url = f"/call/{quote(call.call_id, safe='')}/recording/{recording_id}"
    return RecordingGet(
        recording_id=recording_id,
        made_by="own" if recording is None else "service",
        created_at=call.started_at if recording is None else recording.started_at,
        size_bytes=path.stat().st_size if path else None,
        url=url if path else None,
    )


def cost_get(cost: Cost) -> CostGet:
    """A bill."""
    return CostGet(**cost_fields(cost))


def cost_fields(cost: Cost) -> dict[str, Any]:
    """The fields of a bill."""
    items = [
        CostItemGet(
            kind=item.kind,
            model=item.model or None,
            quantity=round(item.quantity, 3),
            unit=item.unit,
            usd=round(item.usd, _USD_DIGITS),
            is_estimate=item.is_estimate,
        )
        for item in cost.items
    ]
    return {"total_usd": round(cost.total_usd, _USD_DIGITS), "is_estimate": cost.is_estimate, "items": items}
