"""What is measured, from the start."""

from pipeline.records import AnswerMeasured
from telemetry.instruments import LATENCY_BOUNDS_MS
from telemetry.rendering import Telemetry
from tests.telemetry.measured import NOW, value


def test_percentiles_can_be_read_from_the_buckets(telemetry: Telemetry) -> None:
    """Of a hundred answers from 10 to 1,000 ms, the 50th and the 95th lie between the right bounds."""
    for n in range(1, 101):
        telemetry.observe(AnswerMeasured("call-1", NOW, n, n * 10.0, 0, 0, 0, 0, 0, 0))
    assert value(telemetry, "call_answer_latency_milliseconds_bucket", le="500") == 50
    assert value(telemetry, "call_answer_latency_milliseconds_bucket", le="850") == 85
    assert value(telemetry, "call_answer_latency_milliseconds_bucket", le="1000") == 100
    assert {50, 200, 300, 500, 700, 1_000, 10_000} <= set(LATENCY_BOUNDS_MS)


def test_counters_exist_before_their_first_event(telemetry: Telemetry) -> None:
    """A rate must not miss the first one."""
    for name in ("frames_in", "frames_out", "messages_rejected", "audio_dropped_bytes", "barge_in"):
        assert value(telemetry, f"call_{name}_total") == 0
    assert value(telemetry, "call_active") == 0
