"""Renders the records of the core as metrics and log lines.

Neither ever holds what was said, a number or a name: records do, so each is rendered by
what is listed here, never whole. Metrics carry no label per call; log lines carry the
call id, always.
"""

import logging
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import assert_never

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import CallbackOptions, Counter, Histogram, Meter, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from prometheus_client import CollectorRegistry, ProcessCollector

from agent.model_records import ModelHedged, ModelRecord, ModelStumbled, ModelUsed
from calls.doors import Refusals
from calls.webhooks import WebhookCounts
from flags.records import FlagRecord, FlagRefused, FlagsAvailable, FlagsChanged, FlagsUnavailable
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
    GuardTripped,
    LanguageIdentified,
    MessagesRejected,
    ModelAsked,
    Observer,
    Record,
    ReminderSet,
    ReplyPrepared,
    SpeechChanged,
    StageFailed,
    ToolCalled,
)

LATENCY_BOUNDS_MS = (
    50,
    100,
    150,
    200,
    250,
    300,
    400,
    500,
    600,
    700,
    850,
    1_000,
    1_250,
    1_500,
    2_000,
    3_000,
    5_000,
    10_000,
)
"""Dense where a pause begins to feel long (200 to 1,000 ms), so that percentiles are read
there to within 50 to 150 ms."""

STAGES = frozenset({"recognition", "turns", "reply", "speech", "recording", "store", "line", "transfer", "sms"})
"""The stages that can fail: the only values of the metric's attribute."""

OWN_LOGGERS = (
    "antiphon", "server", "telemetry", "web", "providers", "calls", "pipeline", "agent", "vad", "stores", "media",
    "uvicorn.error",
)  # fmt: skip
"""Loggers that follow the level of the configuration. Others speak from WARNING on only:
at DEBUG, drivers and clients print what they send, and an access log prints the numbers
that were searched for."""

Values = Mapping[str, str | int | float | bool]


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
        self._instruments = _Instruments(self._meter)
        self._flag_instruments = _FlagInstruments(self._meter)
        self._live: set[str] = set()
        self._experiments = _Experiments(self._meter)
        self._closed = False
        self._logger = logger or logging.getLogger("antiphon.call")
        self._flags_logger = logging.getLogger("antiphon.flags")

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
                meters.model_failures.add(1, {"model": model, "reason": _code_word(reason)})
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
                meters.messages_rejected.add(record.count, {"reason": _code_word(record.reason)})
            case CallAnswered():
                meters.ring_to_answer.record(record.ring_to_answer_ms)
            case CallerHeard() | AssistantSaid() | AssistantSpeaking() | ClaimValueSet():
                pass
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
                meters.tool_calls.add(1, {"tool": _code_word(record.name)})
            case BudgetSpent():
                meters.budgets_spent.add(1, {"limit": _code_word(record.limit)})
            case GuardTripped():
                for rule in record.rules:
                    meters.guard_trips.add(1, {"rule": rule.value, "outgoing": str(record.is_outgoing).lower()})
            case _:
                assert_never(record)


def _reader(counts: WebhookCounts, name: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
    def read(options: CallbackOptions) -> Iterable[Observation]:
        return [Observation(getattr(counts, name))]

    return read


class _Instruments:
    """Every metric, by what it measures. All exist from the start, counters at zero."""

    def __init__(self, meter: Meter) -> None:
        def latency(name: str, description: str) -> Histogram:
            return meter.create_histogram(
                name, unit="ms", description=description, explicit_bucket_boundaries_advisory=LATENCY_BOUNDS_MS
            )

        self.answer_latency = latency(
            "call.answer.latency", "From the caller's last voiced sample to our first audible sample on the wire"
        )
        self.content_latency = latency(
            "call.answer.content.latency", "The same to the first audible sample of the answer itself, after any opener"
        )
        self.ring_to_answer = latency("call.ring_to_answer", "From the word that it rings to our accepted answer")
        self.end_of_turn = latency("call.answer.end_of_turn", "Until it was decided that the caller had finished")
        self.recognition = latency("call.answer.recognition", "From there until the text was there")
        self.first_words = latency("call.answer.first_words", "From there until the first words of the reply")
        self.first_sound = latency("call.answer.first_sound", "From there until the first audible sample was sent")
        self.stop_latency = latency("call.barge_in.stop_latency", "From the onset of an interruption to our silence")
        self.frames_in = meter.create_counter("call.frames.in", description="Audio frames received")
        self.frames_out = meter.create_counter("call.frames.out", description="Audio frames sent")
        self.messages_rejected = meter.create_counter(
            "call.messages.rejected", description="Media messages that could not be read"
        )
        self.aec_missed = meter.create_counter(
            "call.aec.missed", description="Frames cleaned of echo before it was known what played in them"
        )
        self.aec_dropped = meter.create_counter(
            "call.aec.dropped", description="Frames of our voice that were of no use against their echo"
        )
        self.audio_dropped = meter.create_counter(
            "call.audio.dropped", unit="By", description="Audio that arrived faster than it could be taken"
        )
        self.false_alarms = meter.create_counter(
            "call.false_alarm", description="Interruptions that were none: the voice went on where it had stopped"
        )
        self.prepared = meter.create_counter(
            "call.reply.prepared", description="Replies prepared before the turn had ended; unused ones are waste"
        )
        self.barge_ins = meter.create_counter("call.barge_in", description="Interruptions by callers")
        self.failures = meter.create_counter("call.stage.failed", description="Services that failed in a turn")
        self.tokens = meter.create_counter(
            "llm.tokens", description="Tokens of language models: fresh ones of prompts, cached ones, and completions"
        )
        self.model_failures = meter.create_counter(
            "llm.failed", description="Language models that failed in a reply; another one or the script answered"
        )
        self.hedges = meter.create_counter(
            "llm.hedged", description="Replies for which a second model was asked, and which one was first"
        )
        self.guard_trips = meter.create_counter(
            "call.guard.tripped", description="Stopped by the guard or a filter, by rule"
        )
        self.tool_calls = meter.create_counter("call.tool.called", description="Tools that models ran, by name")
        self.budgets_spent = meter.create_counter(
            "call.budget.spent", description="Calls that the script leads since their budget is spent"
        )
        self.active = meter.create_up_down_counter("call.active", description="Calls that are up now")
        # A rate over a counter that first appears with its first event misses that event.
        for counter in (self.frames_in, self.frames_out, self.messages_rejected, self.audio_dropped, self.barge_ins):
            counter.add(0)
        for stage in sorted(STAGES):
            self.failures.add(0, {"stage": stage})
        self.active.add(0)


def _assistants_line(
    record: ReminderSet | ToolCalled | ModelAsked | BudgetSpent | SpeechChanged,
) -> tuple[int, str, Values]:
    """As ``log_line``, of what the assistant does beside talking."""
    match record:
        case ReminderSet():
            return logging.INFO, "reminder_set", {}
        case ToolCalled():
            return logging.INFO, "tool_called", {"turn": record.turn, "tool": _code_word(record.name)}
        case ModelAsked():
            usage = record.usage
            tokens = {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens}
            return logging.DEBUG, "model_asked", tokens
        case BudgetSpent():
            return logging.INFO, "budget_spent", {"limit": _code_word(record.limit)}
        case SpeechChanged():
            language = _code_word(record.language.replace("-", "_"))
            return logging.INFO, "speech_changed", {"language": language, "speed": record.speed}


class _Experiments:
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
                self._add(self._ended, call_id, reason=_code_word(reason))
                self._of_call.pop(call_id, None)
            case _:
                pass

    def _labels(self, pair: tuple[str, str]) -> dict[str, str]:
        if pair not in self._pairs and len(self._pairs) >= self._PAIRS_MAX:
            pair = ("other", "other")
        self._pairs.add(pair)
        return {"experiment": _tag(pair[0]), "variant": _tag(pair[1])}

    def _add(self, counter: Counter, call_id: str, **more: str) -> None:
        for labels in self._of_call.get(call_id, ()):
            counter.add(1, {**labels, **more})


class _FlagInstruments:
    """What is counted of the flags, from zero on."""

    def __init__(self, meter: Meter) -> None:
        self.refused = meter.create_counter(
            "flags.refused", description="Flags of the live source that cannot be used: they stay what they were"
        )
        self.unavailable = meter.create_counter(
            "flags.unavailable", description="Times that the live source of the flags began to be unreadable"
        )
        for counter in (self.refused, self.unavailable):
            counter.add(0)


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
            return logging.INFO, "conversation_ended", {"reason": _code_word(record.reason)}
        case CallerHeard():
            level = logging.INFO if record.is_final else logging.DEBUG
            return level, "caller_heard", {"turn": record.turn, "is_final": record.is_final, **_size(record.text)}
        case ExperimentsJoined():
            joined = ",".join(f"{_tag(name)}:{_tag(variant)}" for name, variant in sorted(record.variants.items()))
            return logging.INFO, "experiments_joined", {"variants": joined}
        case LanguageIdentified():
            return logging.INFO, "language_identified", {"language": _code_word(record.language.replace("-", "_"))}
        case AssistantSpeaking():
            return logging.DEBUG, "assistant_speaking", {"turn": record.turn, **_size(record.text)}
        case AssistantSaid():
            was_cut = bool(record.unheard_text)
            return logging.INFO, "assistant_said", {"turn": record.turn, **_size(record.text), "was_cut": was_cut}
        case ClaimValueSet():
            corrected = record.old_value is not None
            return logging.INFO, "claim_value_set", {"field": _code_word(record.field), "corrected": corrected}
        case ReminderSet() | ToolCalled() | ModelAsked() | BudgetSpent() | SpeechChanged():
            return _assistants_line(record)
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
            return logging.WARNING, "stage_failed", {"stage": stage, "reason": _code_word(record.reason)}
        case FramesCounted():
            counts = _figures(record, "frames_in", "frames_out", "bytes_dropped", "messages_rejected")
            return logging.DEBUG, "frames_counted", counts
        case MessagesRejected():
            return (
                logging.WARNING,
                "messages_rejected",
                {"reason": _code_word(record.reason), "count": record.count, "because": _explained(record.reason)},
            )
        case _:
            assert_never(record)


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


def _code_word(text: str) -> str:
    """A name in our code, as such; anything else could be what somebody said."""
    is_name = text.isascii() and len(text) <= 64 and all(part.isidentifier() for part in text.split("."))
    return text if is_name else "unnamed"


def _tag(text: str) -> str:
    """A name in the configuration, as such: like ``_code_word``, and may begin with a figure and have hyphens."""
    return text if _code_word(f"x{text}".replace("-", "_").replace(".", "_")) != "unnamed" else "unnamed"


class Observers:
    """One observer that is several: each gets every record, in order.

    One that raises, against its contract, is logged once, and the others are served.
    """

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers
        self._failed: set[int] = set()
        self._logger = logging.getLogger("antiphon.observers")

    def observe(self, record: Record) -> None:
        """Hand the record to everybody."""
        for index, observer in enumerate(self._observers):
            try:
                observer.observe(record)
            except Exception as error:  # noqa: BLE001 - whoever watches must not harm the call
                if index not in self._failed:
                    self._failed.add(index)
                    # Not the error's text: it may quote the record.
                    self._logger.error(
                        "%s",
                        key_values(
                            {
                                "event": "observer_failed",
                                "call_id": record.call_id,
                                "observer": type(observer).__name__,
                                "record": type(record).__name__,
                                "error": type(error).__name__,
                                "at": _place(error),
                            }
                        ),
                    )


def _place(error: Exception) -> str:
    """The module and line that raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "unknown" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"


def configure_logging(level: str) -> None:
    """Send log lines to standard error, one a line: ``time LEVEL logger message``.

    Call it once, at the start; again replaces what it did before.

    Args:
        level: DEBUG, INFO, WARNING or ERROR, for the program's own loggers. The access
            log of the web server is not among them.

    Raises:
        ValueError: There is no such level.
    """
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)-7s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OWN_LOGGERS:
        logging.getLogger(name).setLevel(level.upper())
