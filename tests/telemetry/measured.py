"""One measured answer, and how a sample is read."""

from datetime import UTC, datetime

from pipeline.records import AnswerMeasured
from telemetry.rendering import Telemetry

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


ANSWER = AnswerMeasured("call-1", NOW, 2, 612.34, 400.0, 30.0, 120.0, 62.34, 16_000, 25_797)


def value(telemetry: Telemetry, sample: str, **labels: str) -> float | None:
    """A sample as Prometheus would read it."""
    return telemetry.registry.get_sample_value(sample, labels)
