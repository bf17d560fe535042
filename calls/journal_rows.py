"""The rows of records that are kept as they are."""

from pipeline.records import (
    AnswerMeasured,
    AssistantSaid,
    GivenBack,
    ModelAsked,
    ReminderSet,
    TakenOver,
    ToolCalled,
    Whispered,
)
from stores.records import (
    CitationRecord,
    ReminderRecord,
    SupervisedAction,
    ToolCallRecord,
    TurnRecord,
    UsageRecord,
)

Kept = ReminderRecord | ToolCallRecord | UsageRecord
"""Rows that are appended as they are; the store gives them their place."""


def kept_row(record: ReminderSet | ToolCalled | ModelAsked) -> Kept:
    """The row of a record, still without its place in the call."""
    match record:
        case ReminderSet(call_id=call_id, at=at, reminder=reminder):
            title, description = reminder.title, reminder.description
            return ReminderRecord(call_id, 0, at, title, description, reminder.due_at, reminder.owner)
        case ToolCalled(call_id=call_id, at=at):
            return ToolCallRecord(call_id, 0, at, record.turn, record.name, record.arguments, record.result)
        case ModelAsked(call_id=call_id, at=at, usage=usage):
            return UsageRecord(
                call_id,
                0,
                at,
                model=usage.model,
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
                cached_tokens=usage.cached_tokens,
                is_estimated=usage.is_estimated,
            )


def turn_row(measured: AnswerMeasured, *, was_interrupted: bool) -> TurnRecord:
    """The row of a measurement, when it is known how its reply ended."""
    return TurnRecord(
        call_id=measured.call_id,
        turn=measured.turn,
        measured_at=measured.at,
        answer_latency_ms=measured.answer_latency_ms,
        end_of_turn_ms=measured.end_of_turn_ms,
        recognition_ms=measured.recognition_ms,
        first_words_ms=measured.first_words_ms,
        first_sound_ms=measured.first_sound_ms,
        was_interrupted=was_interrupted,
        content_latency_ms=measured.content_latency_ms,
    )


def citations(said: AssistantSaid) -> list[CitationRecord]:
    """What it rests on."""
    return [CitationRecord(each.title, each.source) for each in said.citations]


def supervised_action(record: Whispered | TakenOver | GivenBack) -> str:
    """As what it stands among the messages."""
    match record:
        case Whispered():
            return SupervisedAction.WHISPER.value
        case TakenOver():
            return SupervisedAction.TAKEN_OVER.value
        case GivenBack():
            return SupervisedAction.GIVEN_BACK.value
