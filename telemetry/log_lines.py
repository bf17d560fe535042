"""What may be said of a record in a log: never speech, a name or a number of anybody."""

import logging
from collections.abc import Mapping
from typing import assert_never

from media.line import Rejection
from pipeline.records import (
    AnswerMeasured,
    AssistantSaid,
    AssistantSpeaking,
    BargedIn,
    BudgetSpent,
    CallAnswered,
    CallerHeard,
    CallResumed,
    ClaimValueSet,
    ConversationEnded,
    ConversationStarted,
    ExperimentsJoined,
    FalseAlarm,
    FramesCounted,
    GivenBack,
    GuardTripped,
    LanguageIdentified,
    MessagesRejected,
    ModelAsked,
    Record,
    ReminderSet,
    ReplyPrepared,
    SpeechChanged,
    StageFailed,
    TakenOver,
    ToolCalled,
    Whispered,
)

STAGES = frozenset({"recognition", "turns", "reply", "speech", "recording", "store", "line", "transfer", "sms"})
"""The stages that can fail: the only values of the metric's attribute."""


Values = Mapping[str, str | int | float | bool]


def log_line(record: Record) -> tuple[int, str, Values]:
    """What may be said of a record in a log: its level, event name and values.

    Words of the code (reasons, stages, field names) pass only if they are such words.
    """
    match record:
        case CallAnswered():
            return logging.INFO, "call_answered", _figures(record, "ring_to_answer_ms")
        case CallResumed():
            return logging.INFO, "call_resumed", {}
        case ConversationStarted():
            return logging.INFO, "conversation_started", {"sample_rate_hz": record.sample_rate_hz}
        case ConversationEnded():
            return logging.INFO, "conversation_ended", {"reason": code_word(record.reason)}
        case CallerHeard():
            level = logging.INFO if record.is_final else logging.DEBUG
            return level, "caller_heard", {"turn": record.turn, "is_final": record.is_final, **_size(record.text)}
        case ExperimentsJoined():
            joined = ",".join(f"{tag(name)}:{tag(variant)}" for name, variant in sorted(record.variants.items()))
            return logging.INFO, "experiments_joined", {"variants": joined}
        case LanguageIdentified():
            return logging.INFO, "language_identified", {"language": code_word(record.language.replace("-", "_"))}
        case AssistantSpeaking():
            return logging.DEBUG, "assistant_speaking", {"turn": record.turn, **_size(record.text)}
        case AssistantSaid():
            was_cut = bool(record.unheard_text)
            return logging.INFO, "assistant_said", {"turn": record.turn, **_size(record.text), "was_cut": was_cut}
        case ClaimValueSet():
            corrected = record.old_value is not None
            return logging.INFO, "claim_value_set", {"field": code_word(record.field), "corrected": corrected}
        case ReminderSet() | ToolCalled() | ModelAsked() | BudgetSpent() | SpeechChanged():
            return _assistants_line(record)
        case Whispered() | TakenOver() | GivenBack():
            return _supervisors_line(record)
        case AnswerMeasured():
            content_ms = {"content_latency_ms": record.content_latency_ms or record.answer_latency_ms}
            stages = _figures(record, "end_of_turn_ms", "recognition_ms", "first_words_ms", "first_sound_ms")
            return (
                logging.INFO,
                "answer_measured",
                {**_figures(record, "turn", "answer_latency_ms"), **content_ms, **stages},
            )
        case GuardTripped():
            values: Values = {"turn": record.turn, "rules": ",".join(record.rules), "outgoing": record.is_outgoing}
            return logging.WARNING, "guard_tripped", values
        case FalseAlarm():
            return logging.INFO, "false_alarm", {"turn": record.turn, "silent_ms": record.silent_ms}
        case ReplyPrepared():
            return logging.DEBUG, "reply_prepared", {"turn": record.turn, "was_used": record.was_used}
        case BargedIn():
            return logging.INFO, "barged_in", _figures(record, "turn", "stop_latency_ms", "unplayed_ms")
        case StageFailed():
            stage = record.stage if record.stage in STAGES else "other"
            return logging.WARNING, "stage_failed", {"stage": stage, "reason": code_word(record.reason)}
        case FramesCounted():
            counts = _figures(record, "frames_in", "frames_out", "bytes_dropped", "messages_rejected")
            return logging.DEBUG, "frames_counted", counts
        case MessagesRejected():
            return (
                logging.WARNING,
                "messages_rejected",
                {"reason": code_word(record.reason), "count": record.count, "because": _explained(record.reason)},
            )
        case _:
            assert_never(record)


def _assistants_line(
    record: ReminderSet | ToolCalled | ModelAsked | BudgetSpent | SpeechChanged,
) -> tuple[int, str, Values]:
    """As ``log_line``, of what the assistant does beside talking."""
    match record:
        case ReminderSet():
            return logging.INFO, "reminder_set", {}
        case ToolCalled():
            return logging.INFO, "tool_called", {"turn": record.turn, "tool": code_word(record.name)}
        case ModelAsked():
            usage = record.usage
            tokens = {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens}
            return logging.DEBUG, "model_asked", tokens
        case BudgetSpent():
            return logging.INFO, "budget_spent", {"limit": code_word(record.limit)}
        case SpeechChanged():
            language = code_word(record.language.replace("-", "_"))
            return logging.INFO, "speech_changed", {"language": language, "speed": record.speed}


def _supervisors_line(record: Whispered | TakenOver | GivenBack) -> tuple[int, str, Values]:
    """As ``log_line``, of what a supervisor does."""
    match record:
        case Whispered():
            return logging.INFO, "whispered", {**_size(record.text), "understood": record.is_understood}
        case TakenOver():
            return logging.INFO, "taken_over", {}
        case GivenBack():
            return logging.INFO, "given_back", {}


def key_values(values: Values) -> str:
    """``a=1 b=2.5 c=true``: one line, each value without spaces, floats to a tenth."""
    return " ".join(f"{name}={_value(value)}" for name, value in values.items())


def _value(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.1f}"
    # An id comes from outside: it must not be able to begin a line or a key.
    return "".join(c if c.isalnum() or c in "-_.:," else "_" for c in str(value))


def _figures(record: Record, *names: str) -> dict[str, int | float]:
    """Fields that hold numbers, as they are."""
    return {name: getattr(record, name) for name in names}


def _size(text: str) -> dict[str, int]:
    return {"words": len(text.split())}


def _explained(reason: str) -> str:
    return Rejection(reason).explanation if reason in set(Rejection) else "unnamed"


def code_word(text: str) -> str:
    """A name in our code, as such; anything else could be what somebody said."""
    is_name = text.isascii() and len(text) <= 64 and all(part.isidentifier() for part in text.split("."))
    return text if is_name else "unnamed"


def tag(text: str) -> str:
    """A name in the configuration, as such: like ``code_word``, and may begin with a figure and have hyphens."""
    return text if code_word(f"x{text}".replace("-", "_").replace(".", "_")) != "unnamed" else "unnamed"
