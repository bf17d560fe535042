"""Variants beside each other."""

import logging
from dataclasses import replace

import pytest

from pipeline.records import (
    BargedIn,
    ConversationEnded,
    ExperimentsJoined,
    FalseAlarm,
)
from telemetry.rendering import Telemetry
from tests.telemetry.measured import ANSWER, NOW, value


def test_variants_are_measured_beside_each_other(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """Each call for what it takes part in, and nothing of it once it is over."""
    with caplog.at_level(logging.INFO):
        for call_id, variant in (("call-1", "with"), ("call-2", "without")):
            telemetry.observe(ExperimentsJoined(call_id, NOW, {"openers": variant, "patience": "more"}))
    assert "variants=openers:with,patience:more" in caplog.messages[0]
    telemetry.observe(ANSWER)
    telemetry.observe(replace(ANSWER, call_id="call-2", answer_latency_ms=300.0))
    telemetry.observe(replace(ANSWER, call_id="call-3", answer_latency_ms=900.0))
    telemetry.observe(BargedIn("call-1", NOW, 1, stop_latency_ms=200, unplayed_ms=0))
    telemetry.observe(FalseAlarm("call-2", NOW, 1, silent_ms=300))
    for call_id in ("call-1", "call-1", "call-2", "call-3"):
        telemetry.observe(ConversationEnded(call_id, NOW, "caller_hung_up"))
    telemetry.observe(ANSWER)
    latency = "experiment_answer_latency_milliseconds"
    assert value(telemetry, f"{latency}_sum", experiment="openers", variant="with") == 612.34
    assert value(telemetry, f"{latency}_sum", experiment="openers", variant="without") == 300
    assert value(telemetry, f"{latency}_count", experiment="patience", variant="more") == 2
    assert value(telemetry, "experiment_barge_in_total", experiment="openers", variant="with") == 1
    assert value(telemetry, "experiment_false_alarm_total", experiment="openers", variant="without") == 1
    ended = {"experiment": "patience", "variant": "more", "reason": "caller_hung_up"}
    assert value(telemetry, "experiment_ended_total", **ended) == 2
    assert value(telemetry, "experiment_calls_total", experiment="patience", variant="more") == 2


def test_names_of_variants_cannot_flood_the_metrics(telemetry: Telemetry) -> None:
    """However often an experiment is renamed, the labels stay few."""
    for number in range(300):
        telemetry.observe(ExperimentsJoined(f"call-{number}", NOW, {f"try-{number}": "a"}))
    assert value(telemetry, "experiment_calls_total", experiment="try-0", variant="a") == 1
    assert value(telemetry, "experiment_calls_total", experiment="other", variant="other") == 100
