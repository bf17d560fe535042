"""What callers hear with each variant of an experiment, beside each other."""

from opentelemetry.metrics import Counter, Meter

from pipeline.records import (
    AnswerMeasured,
    BargedIn,
    ConversationEnded,
    ExperimentsJoined,
    FalseAlarm,
    Record,
)
from telemetry.instruments import LATENCY_BOUNDS_MS
from telemetry.log_lines import code_word, tag


class Experiments:
    """What callers with one variant of a flag hear beside those with another: by experiment and variant.

    Both are names of the configuration. It may change for years: after so many pairs all further
    ones are counted as ``other``.
    """

    _PAIRS_MAX = 200
    _CALLS_MAX = 10_000

    def __init__(self, meter: Meter) -> None:
        self._calls = meter.create_counter("experiment.calls", description="Calls that took part in an experiment")
        self._latency = meter.create_histogram(
            "experiment.answer.latency",
            unit="ms",
            description="call.answer.latency of these calls",
            explicit_bucket_boundaries_advisory=LATENCY_BOUNDS_MS,
        )
        self._barge_ins = meter.create_counter("experiment.barge_in", description="Interruptions in these calls")
        self._false_alarms = meter.create_counter("experiment.false_alarm", description="…and those that were none")
        self._ended = meter.create_counter("experiment.ended", description="How these calls ended, by reason")
        self._pairs: set[tuple[str, str]] = set()
        self._of_call: dict[str, list[dict[str, str]]] = {}
        """The labels of each call that is up."""

    def measure(self, record: Record) -> None:
        """Take what tells something about variants, of calls that have some."""
        match record:
            case ExperimentsJoined(call_id=call_id, variants=variants) if call_id not in self._of_call:
                if len(self._of_call) >= self._CALLS_MAX:
                    del self._of_call[next(iter(self._of_call))]  # the oldest: its line has never opened
                self._of_call[call_id] = [self._labels(pair) for pair in variants.items()]
                self._add(self._calls, call_id)
            case AnswerMeasured(call_id=call_id):
                for labels in self._of_call.get(call_id, ()):
                    self._latency.record(max(0.0, record.answer_latency_ms), labels)
            case BargedIn(call_id=call_id):
                self._add(self._barge_ins, call_id)
            case FalseAlarm(call_id=call_id):
                self._add(self._false_alarms, call_id)
            case ConversationEnded(call_id=call_id, reason=reason):
                self._add(self._ended, call_id, reason=code_word(reason))
                self._of_call.pop(call_id, None)
            case _:
                pass

    def _labels(self, pair: tuple[str, str]) -> dict[str, str]:
        if pair not in self._pairs and len(self._pairs) >= self._PAIRS_MAX:
            pair = ("other", "other")
        self._pairs.add(pair)
        return {"experiment": tag(pair[0]), "variant": tag(pair[1])}

    def _add(self, counter: Counter, call_id: str, **more: str) -> None:
        for labels in self._of_call.get(call_id, ()):
            counter.add(1, {**labels, **more})
