"""Renders the records of the core as metrics and log lines.

Neither ever holds what was said, a number or a name: records do, so each is rendered by
what is listed here, never whole. Metrics carry no label per call; log lines carry the
call id, always.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import assert_never

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from prometheus_client import CollectorRegistry, ProcessCollector

from agent.model_records import ModelHedged, ModelRecord, ModelStumbled, ModelUsed
from calls.after.records import StepEnded
from calls.doors import Refusals
from calls.webhooks import WebhookCounts
from flags.records import FlagRecord, FlagRefused, FlagsAvailable, FlagsChanged, FlagsUnavailable
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
from stores.call_work import StepState
from telemetry.experiments import Experiments
from telemetry.instruments import FlagInstruments, Instruments, WorkInstruments
from telemetry.log_lines import STAGES, code_word, key_values, log_line


class Telemetry:
    """Metrics, in a registry of its own, and log lines; a ``pipeline.records.Observer``."""

    def __init__(self, *, logger: logging.Logger | None = None) -> None:
        self.registry = CollectorRegistry()
        """What ``/metrics`` shows."""
        ProcessCollector(registry=self.registry)
        reader = PrometheusMetricReader(disable_target_info=True, scope_info_enabled=False, registry=self.registry)
        # An explicit resource: the default one reads the environment.
        self._provider = MeterProvider(
            metric_readers=[reader], resource=Resource({"service.name": "antiphon"}), shutdown_on_exit=False
        )
        self._meter = self._provider.get_meter("antiphon")
        self._instruments = Instruments(self._meter)
        self._flag_instruments = FlagInstruments(self._meter)
        self._work_instruments = WorkInstruments(self._meter)
        self._live: set[str] = set()
        self._experiments = Experiments(self._meter)
        self._closed = False
        self._logger = logger or logging.getLogger("antiphon.call")
        self._flags_logger = logging.getLogger("antiphon.flags")
        self._work_logger = logging.getLogger("antiphon.work")

    def observe(self, record: Record) -> None:
        """Count it, measure it, and log it."""
        self._measure(record)
        self._experiments.measure(record)
        level, event, values = log_line(record)
        if self._logger.isEnabledFor(level):
            self._logger.log(level, "%s", key_values({"event": event, "call_id": record.call_id, **values}))

    def observe_model(self, record: ModelRecord) -> None:
        """Count what language models cost, and how they fail; an ``agent.model_records.ObserveModel``."""
        meters = self._instruments
        match record:
            case ModelUsed(model=model, usage=usage):
                # What the service had seen before is part of the prompt, and costs less.
                fresh = max(0, usage.prompt_tokens - usage.cached_tokens)
                kinds = {"prompt": fresh, "cached": usage.cached_tokens, "completion": usage.completion_tokens}
                for kind, tokens in kinds.items():
                    meters.tokens.add(tokens, {"model": model, "kind": kind})
            case ModelStumbled(model=model, reason=reason):
                meters.model_failures.add(1, {"model": model, "reason": code_word(reason)})
            case ModelHedged(model=model, outcome=outcome):
                meters.hedges.add(1, {"model": model, "outcome": outcome.value})
            case _:
                assert_never(record)

    def observe_flags(self, record: FlagRecord) -> None:
        """Log what happens to the flags, and count what cannot be used; a ``flags.records.ObserveFlags``."""
        match record:
            case FlagsChanged():
                level, event, values = logging.INFO, "flags_changed", {"flags": ",".join(record.flags)}
            case FlagRefused():
                # A name that is no flag is somebody's text: what is left of it cannot begin a line or a key.
                level, event = logging.WARNING, "flag_refused"
                values = {"flag": record.flag[:80], "reason": record.reason}
                self._flag_instruments.refused.add(1)
            case FlagsUnavailable():
                level, event, values = logging.WARNING, "flags_unavailable", {"reason": record.reason}
                self._flag_instruments.unavailable.add(1)
            case FlagsAvailable():
                level, event, values = logging.INFO, "flags_available", {}
            case _:
                assert_never(record)
        self._flags_logger.log(level, "%s", key_values({"event": event, "source": record.source, **values}))

    def observe_work(self, record: StepEnded) -> None:
        """Count and log what was done after a call, and what has failed for good."""
        self._work_instruments.steps.add(1, {"step": record.step.value, "state": record.state.value})
        level = logging.WARNING if record.state is StepState.FAILED else logging.INFO
        values = {"event": "work_step", "call_id": record.call_id, "step": record.step.value}
        told = {**values, "state": record.state.value, **({"detail": record.detail} if record.detail else {})}
        self._work_logger.log(level, "%s", key_values(told))

    def show_webhooks(self, counts: WebhookCounts) -> None:
        """Show what has come in over the webhooks, as ``webhook_<field>_total``. To be called once.

        Args:
            counts: Read whenever the metrics are asked for.
        """
        for field in fields(counts):
            self._meter.create_observable_counter(
                f"webhook.{field.name}",
                callbacks=[_reader(counts, field.name)],
                description=f"Webhooks: {field.name.replace('_', ' ')}",
            )

    def show_refusals(self, refusals: Refusals) -> None:
        """Show whom the doors refused and why, as ``door_refused_total{door,reason}``. To be called once.

        Args:
            refusals: Read whenever the metrics are asked for.
        """

        def read(options: CallbackOptions) -> Iterable[Observation]:
            return [
                Observation(count, {"door": door.value, "reason": reason.value})
                for (door, reason), count in refusals.counts.items()
            ]

        self._meter.create_observable_counter(
            "door.refused", callbacks=[read], description="Requests and sockets that may not come in"
        )

    def close(self) -> None:
        """Stop measuring. Idempotent."""
        if not self._closed:
            self._closed = True
            self._provider.shutdown()

    def _measure(self, record: Record) -> None:
        meters = self._instruments
        match record:
            case ConversationStarted():
                if record.call_id not in self._live:
                    self._live.add(record.call_id)
                    meters.active.add(1)
            case ConversationEnded():
                if record.call_id in self._live:
                    self._live.remove(record.call_id)
                    meters.active.add(-1)
            case AnswerMeasured():
                # Negative: the caller was still speaking. A histogram has no place for that.
                meters.answer_latency.record(max(0.0, record.answer_latency_ms))
                meters.content_latency.record(max(0.0, record.content_latency_ms or record.answer_latency_ms))
                meters.end_of_turn.record(record.end_of_turn_ms)
                meters.recognition.record(record.recognition_ms)
                meters.first_words.record(record.first_words_ms)
                meters.first_sound.record(record.first_sound_ms)
            case FalseAlarm():
                meters.false_alarms.add(1)
            case ReplyPrepared():
                meters.prepared.add(1, {"used": "true" if record.was_used else "false"})
            case BargedIn():
                meters.barge_ins.add(1)
                meters.stop_latency.record(record.stop_latency_ms)
            case StageFailed():
                meters.failures.add(1, {"stage": record.stage if record.stage in STAGES else "other"})
            case FramesCounted():
                meters.frames_in.add(record.frames_in)
                meters.frames_out.add(record.frames_out)
                meters.audio_dropped.add(record.bytes_dropped)
                meters.aec_missed.add(record.aec_missed)
                meters.aec_dropped.add(record.aec_dropped)
            case MessagesRejected():
                meters.messages_rejected.add(record.count, {"reason": code_word(record.reason)})
            case CallAnswered():
                meters.ring_to_answer.record(record.ring_to_answer_ms)
            case CallerHeard() | AssistantSaid() | AssistantSpeaking() | ClaimValueSet():
                pass
            case Whispered() | TakenOver() | GivenBack():
                meters.supervised.add(1, {"deed": code_word(type(record).__name__)})
            case (
                CallResumed()
                | ExperimentsJoined()
                | LanguageIdentified()
                | SpeechChanged()
                | ReminderSet()
                | ModelAsked()
            ):
                pass
            case ToolCalled():
                meters.tool_calls.add(1, {"tool": code_word(record.name)})
            case BudgetSpent():
                meters.budgets_spent.add(1, {"limit": code_word(record.limit)})
            case GuardTripped():
                for rule in record.rules:
                    meters.guard_trips.add(1, {"rule": rule.value, "outgoing": str(record.is_outgoing).lower()})
            case _:
                assert_never(record)


def _reader(counts: WebhookCounts, name: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
    def read(options: CallbackOptions) -> Iterable[Observation]:
        return [Observation(getattr(counts, name))]

    return read
