"""What is counted and measured."""

import logging
from dataclasses import fields, replace

import pytest
from prometheus_client import generate_latest

from agent.chat import Usage
from agent.model_records import HedgeOutcome, ModelHedged, ModelStumbled, ModelUsed
from calls.after.records import StepEnded
from calls.after.steps import Step
from calls.doors import REASONS, Door, Refusal, Refusals
from calls.webhooks import WebhookCounts
from flags.records import FlagRefused, FlagsAvailable, FlagsChanged, FlagsUnavailable
from pipeline.records import (
    BargedIn,
    BudgetSpent,
    ConversationEnded,
    ConversationStarted,
    FalseAlarm,
    FramesCounted,
    MessagesRejected,
    ReplyPrepared,
    StageFailed,
)
from stores.call_work import StepState
from telemetry.rendering import Telemetry
from tests.telemetry.measured import ANSWER, NOW, value


def test_an_answer_is_measured_with_its_stages(telemetry: Telemetry) -> None:
    """Each stage goes to its own histogram."""
    telemetry.observe(ANSWER)
    expected = {
        "latency": 612.34,
        "end_of_turn": 400.0,
        "recognition": 30.0,
        "first_words": 120.0,
        "first_sound": 62.34,
    }
    for name, sum_ms in expected.items():
        assert value(telemetry, f"call_answer_{name}_milliseconds_sum") == sum_ms
        assert value(telemetry, f"call_answer_{name}_milliseconds_count") == 1


def test_frames_and_barge_ins_are_counted(telemetry: Telemetry) -> None:
    """Counters add up over records."""
    for _ in range(2):
        telemetry.observe(FramesCounted("call-1", NOW, 50, 40, bytes_dropped=640, messages_rejected=3))
    telemetry.observe(MessagesRejected("call-1", NOW, "not_json", "x", 4))
    telemetry.observe(MessagesRejected("call-1", NOW, "odd_size", "3 bytes", 2))
    telemetry.observe(BargedIn("call-1", NOW, 1, stop_latency_ms=180.0, unplayed_ms=200.0))
    assert value(telemetry, "call_frames_in_total") == 100
    assert value(telemetry, "call_frames_out_total") == 80
    assert value(telemetry, "call_audio_dropped_bytes_total") == 1280
    assert value(telemetry, "call_messages_rejected_total", reason="not_json") == 4
    assert value(telemetry, "call_messages_rejected_total", reason="odd_size") == 2
    assert value(telemetry, "call_barge_in_total") == 1
    assert value(telemetry, "call_barge_in_stop_latency_milliseconds_sum") == 180


def test_failures_are_counted_by_stage(telemetry: Telemetry) -> None:
    """A stage that nobody knows does not become a label."""
    for stage in ("reply", "reply", "whatever +33612345678"):
        telemetry.observe(StageFailed("call-1", NOW, stage, "TimeoutError"))
    assert value(telemetry, "call_stage_failed_total", stage="reply") == 2
    assert value(telemetry, "call_stage_failed_total", stage="other") == 1
    assert value(telemetry, "call_stage_failed_total", stage="speech") == 0


def test_tokens_are_counted_by_model_and_kind(telemetry: Telemetry) -> None:
    """What was cached is told apart from what was not; failures and hedges have their counters."""
    for _ in range(2):
        telemetry.observe_model(ModelUsed("small", Usage(prompt_tokens=100, completion_tokens=7, cached_tokens=60)))
    telemetry.observe_model(ModelStumbled("small", "ModelTimedOut"))
    telemetry.observe_model(ModelHedged("small", HedgeOutcome.SECOND))
    counted = [
        telemetry.registry.get_sample_value("llm_tokens_total", {"model": "small", "kind": kind})
        for kind in ("prompt", "cached", "completion")
    ]
    assert counted == [80, 120, 14]
    failed = {"model": "small", "reason": "ModelTimedOut"}
    assert telemetry.registry.get_sample_value("llm_failed_total", failed) == 1
    assert telemetry.registry.get_sample_value("llm_hedged_total", {"model": "small", "outcome": "second"}) == 1


def test_what_happens_to_flags_is_logged_and_counted(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """By name and reason; what was written in the place of a name cannot begin a line."""
    with caplog.at_level(logging.INFO):
        telemetry.observe_flags(FlagsChanged("file", ("vad_threshold", "openers_enabled")))
        telemetry.observe_flags(FlagRefused("file", "a\nevent=b", "is no number"))
        telemetry.observe_flags(FlagsUnavailable("file", "nobody answers"))
        telemetry.observe_flags(FlagsAvailable("file"))
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("INFO", "event=flags_changed source=file flags=vad_threshold,openers_enabled"),
        ("WARNING", "event=flag_refused source=file flag=a_event_b reason=is_no_number"),
        ("WARNING", "event=flags_unavailable source=file reason=nobody_answers"),
        ("INFO", "event=flags_available source=file"),
    ]
    assert (value(telemetry, "flags_refused_total"), value(telemetry, "flags_unavailable_total")) == (1, 1)


def test_work_after_calls_is_counted(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """By step and outcome, from zero on; what has failed for good is a warning."""
    assert value(telemetry, "work_steps_total", step="sms_report", state="failed") == 0
    with caplog.at_level(logging.INFO):
        telemetry.observe_work(StepEnded("call-1", Step.SYNTHESIS, StepState.DONE, "by model"))
        telemetry.observe_work(StepEnded("call-1", Step.SMS_REPORT, StepState.FAILED, "refused: 400"))
        telemetry.observe_work(StepEnded("call-1", Step.COST, StepState.DONE, ""))
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("INFO", "event=work_step call_id=call-1 step=synthesis state=done detail=by_model"),
        ("WARNING", "event=work_step call_id=call-1 step=sms_report state=failed detail=refused:_400"),
        ("INFO", "event=work_step call_id=call-1 step=cost state=done"),
    ]
    assert value(telemetry, "work_steps_total", step="sms_report", state="failed") == 1


def test_active_calls_go_up_and_down(telemetry: Telemetry) -> None:
    """A start or an end that is told twice is counted once."""
    started = [ConversationStarted(f"call-{n}", NOW, 16_000) for n in (1, 2, 2)]
    for record in started:
        telemetry.observe(record)
    assert value(telemetry, "call_active") == 2
    for _ in range(2):
        telemetry.observe(ConversationEnded("call-1", NOW, "caller_hung_up"))
    assert value(telemetry, "call_active") == 1


def test_webhooks_are_shown_as_they_are_now(telemetry: Telemetry) -> None:
    """Each count has its metric, at zero first, and is read anew at every request."""
    counts = WebhookCounts()
    telemetry.show_webhooks(counts)
    names = [field.name for field in fields(WebhookCounts)]
    assert [value(telemetry, f"webhook_{name}_total") for name in names] == [0] * len(names)
    counts.calls_accepted += 2
    counts.requests_unauthorized = 5
    counts.events_refused = 1
    assert value(telemetry, "webhook_calls_accepted_total") == 2
    assert value(telemetry, "webhook_requests_unauthorized_total") == 5
    assert value(telemetry, "webhook_events_refused_total") == 1
    assert value(telemetry, "webhook_callbacks_total") == 0
    counts.calls_accepted += 1
    assert value(telemetry, "webhook_calls_accepted_total") == 3


def test_refusals_are_shown_by_door_and_reason(telemetry: Telemetry) -> None:
    """From zero on, each pair that can be; counted later, they are shown later."""
    refusals = Refusals()
    telemetry.show_refusals(refusals)
    assert value(telemetry, "door_refused_total", door="web", reason="wrong_key") == 0
    assert generate_latest(telemetry.registry).count(b"\ndoor_refused_total{") == sum(map(len, REASONS.values()))
    refusals.note(Door.WEB, Refusal.WRONG_KEY)
    assert value(telemetry, "door_refused_total", door="web", reason="wrong_key") == 1


def test_two_instances_do_not_share_anything(telemetry: Telemetry) -> None:
    """Each has its own registry; closing twice is no error."""
    other = Telemetry()
    other.observe(ANSWER)
    assert value(telemetry, "call_answer_latency_milliseconds_count") is None
    assert value(other, "call_answer_latency_milliseconds_count") == 1
    other.close()
    other.close()


def test_the_answers_own_latency_is_told_apart(telemetry: Telemetry) -> None:
    """An opener after 300 ms, the answer after 900: both are histograms."""
    telemetry.observe(replace(ANSWER, answer_latency_ms=300.0, content_latency_ms=900.0))
    telemetry.observe(replace(ANSWER, answer_latency_ms=400.0, content_latency_ms=None))
    assert value(telemetry, "call_answer_latency_milliseconds_sum") == 700
    assert value(telemetry, "call_answer_content_latency_milliseconds_sum") == 1300


def test_spent_budgets_are_counted_by_limit(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """And logged with the call."""
    with caplog.at_level(logging.INFO):
        telemetry.observe(BudgetSpent("call-1", NOW, "money"))
    assert value(telemetry, "call_budget_spent_total", limit="money") == 1
    assert caplog.messages == ["event=budget_spent call_id=call-1 limit=money"]


def test_waste_and_false_alarms_are_counted(telemetry: Telemetry) -> None:
    """What speculation costs, and how often we stopped for nothing."""
    telemetry.observe(ReplyPrepared("c", NOW, 1, was_used=True))
    telemetry.observe(ReplyPrepared("c", NOW, 1, was_used=False))
    telemetry.observe(ReplyPrepared("c", NOW, 2, was_used=False))
    telemetry.observe(FalseAlarm("c", NOW, 1, silent_ms=300))
    assert value(telemetry, "call_reply_prepared_total", used="true") == 1
    assert value(telemetry, "call_reply_prepared_total", used="false") == 2
    assert value(telemetry, "call_false_alarm_total") == 1


def test_an_answer_before_the_end_is_no_error(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """Counted as zero in the histogram; the log has the true figure."""
    with caplog.at_level(logging.INFO):
        telemetry.observe(replace(ANSWER, answer_latency_ms=-20.0, content_latency_ms=-20.0))
    assert value(telemetry, "call_answer_latency_milliseconds_count") == 1
    assert value(telemetry, "call_answer_latency_milliseconds_sum") == 0
    assert "answer_latency_ms=-20.0" in caplog.text
