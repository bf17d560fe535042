"""What is never written down."""

import logging
from collections.abc import Callable
from dataclasses import fields
from typing import Any, get_args

import pytest
from prometheus_client import generate_latest

from agent.facts import Citation, ModelUsage, Reminder
from agent.verdict import Rule
from pipeline.records import (
    AnswerMeasured,
    AssistantSaid,
    BargedIn,
    CallAnswered,
    CallerHeard,
    ClaimValueSet,
    ConversationStarted,
    FalseAlarm,
    FramesCounted,
    GivenBack,
    GuardTripped,
    Record,
    ReplyPrepared,
    StageFailed,
    TakenOver,
)
from telemetry.log_lines import key_values, log_line
from telemetry.rendering import Telemetry
from tests.telemetry.measured import ANSWER, NOW

WORDLESS = (
    TakenOver,
    GivenBack,
    CallAnswered,
    ConversationStarted,
    AnswerMeasured,
    BargedIn,
    FalseAlarm,
    ReplyPrepared,
    FramesCounted,
    GuardTripped,
)
"""Records without any text."""


SECRETS = ("Zyxwv Dupont", "+33612345678", "zqx\nCRITICAL forged=lie")


PARTS: dict[str, Callable[[str], object]] = {
    "reminder": lambda text: Reminder(text, text, NOW, text),
    "usage": lambda text: ModelUsage(text, 1, 1),
    "variants": lambda text: {text: text},
    "citations": lambda text: (Citation(text, text),),
    "rules": lambda text: (Rule.OVERRIDE,),
}
"""The fields of records that are more than one value."""


def record_with(kind: type[Any], text: str) -> Record:
    """A record of this class with ``text`` wherever text fits, except the call's id."""
    values: dict[str, Any] = {"call_id": "call-1", "at": NOW}
    for field in fields(kind):
        if field.name not in values:
            if field.name in PARTS:
                values[field.name] = PARTS[field.name](text)
                continue
            values[field.name] = {"str": text, "str | None": text, "bool": True}.get(str(_name(field.type)), 7)
    record: Record = kind(**values)
    return record


def _name(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


@pytest.mark.parametrize("kind", get_args(Record))
@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_that_was_said_leaves(
    telemetry: Telemetry, caplog: pytest.LogCaptureFixture, kind: type[Any], secret: str
) -> None:
    """Whatever text a record holds: no word of it in the log or the metrics, and one line with the call's id."""
    record = record_with(kind, secret)
    assert any(repr(secret) in repr(getattr(record, field.name)) for field in fields(kind)) == (kind not in WORDLESS)
    with caplog.at_level(logging.DEBUG):
        telemetry.observe(record)
    written = caplog.text + generate_latest(telemetry.registry).decode()
    assert [part for part in secret.split() if part in written] == []
    assert len(caplog.messages) == 1
    assert "call_id=call-1" in caplog.messages[0]
    assert "\n" not in caplog.messages[0]


def test_a_line_says_what_can_be_said(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """Counts, times and code words are there."""
    with caplog.at_level(logging.DEBUG):
        telemetry.observe(CallerHeard("call-1", NOW, 1, "my name is", is_final=True))
        telemetry.observe(ANSWER)
        telemetry.observe(StageFailed("call-1", NOW, "reply", "openai.APITimeoutError"))
        telemetry.observe(ClaimValueSet("call-1", NOW, "policy_number", "B01", "B02"))
    assert caplog.messages == [
        "event=caller_heard call_id=call-1 turn=1 is_final=true words=3",
        "event=answer_measured call_id=call-1 turn=2 answer_latency_ms=612.3 content_latency_ms=612.3 "
        "end_of_turn_ms=400.0 recognition_ms=30.0 first_words_ms=120.0 first_sound_ms=62.3",
        "event=stage_failed call_id=call-1 stage=reply reason=openai.APITimeoutError",
        "event=claim_value_set call_id=call-1 field=policy_number corrected=true",
    ]
    assert [entry.levelname for entry in caplog.records] == ["INFO", "INFO", "WARNING", "INFO"]


def test_partial_results_are_for_debugging_only() -> None:
    """What comes many times a second is not logged at INFO."""
    assert log_line(CallerHeard("c", NOW, 1, "", is_final=False))[0] == logging.DEBUG
    assert log_line(FramesCounted("c", NOW, 1, 1, 0, 0))[0] == logging.DEBUG
    assert log_line(AssistantSaid("c", NOW, 1, ""))[0] == logging.INFO


def test_a_value_cannot_begin_another() -> None:
    """Spaces, signs and line ends in an id become underscores."""
    assert key_values({"call_id": "a b=c\nd", "n": 3, "x": 1.25, "ok": False}) == "call_id=a_b_c_d n=3 x=1.2 ok=false"
