"""What is measured, and what is never written down."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from prometheus_client import generate_latest

from agent.chat import Usage
from agent.facts import Citation, ModelUsage, Reminder
from agent.model_records import HedgeOutcome, ModelHedged, ModelStumbled, ModelUsed
from agent.verdict import Rule
from calls.doors import REASONS, Door, Refusal, Refusals
from calls.webhooks import WebhookCounts
from flags.records import FlagRefused, FlagsAvailable, FlagsChanged, FlagsUnavailable
from pipeline.records import (
    AnswerMeasured,
    AssistantSaid,
    BargedIn,
    BudgetSpent,
    CallAnswered,
    CallerHeard,
    ClaimValueSet,
    ConversationEnded,
    ConversationStarted,
    ExperimentsJoined,
    FalseAlarm,
    FramesCounted,
    GuardTripped,
    MessagesRejected,
    Record,
    ReplyPrepared,
    StageFailed,
)
from telemetry import LATENCY_BOUNDS_MS, OWN_LOGGERS, Observers, Telemetry, configure_logging, key_values, log_line

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ANSWER = AnswerMeasured("call-1", NOW, 2, 612.34, 400.0, 30.0, 120.0, 62.34, 16_000, 25_797)
WORDLESS = (
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


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    """One that is closed at the end."""
    telemetry = Telemetry()
    yield telemetry
    telemetry.close()


@pytest.fixture
def levels_restored() -> Iterator[None]:
    """The process's logging, as it was before the test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    before = {name: logging.getLogger(name).level for name in OWN_LOGGERS}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, own in before.items():
        logging.getLogger(name).setLevel(own)


def value(telemetry: Telemetry, sample: str, **labels: str) -> float | None:
    """A sample as Prometheus would read it."""
    return telemetry.registry.get_sample_value(sample, labels)


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


def test_percentiles_can_be_read_from_the_buckets(telemetry: Telemetry) -> None:
    """Of a hundred answers from 10 to 1,000 ms, the 50th and the 95th lie between the right bounds."""
    for n in range(1, 101):
        telemetry.observe(AnswerMeasured("call-1", NOW, n, n * 10.0, 0, 0, 0, 0, 0, 0))
    assert value(telemetry, "call_answer_latency_milliseconds_bucket", le="500") == 50
    assert value(telemetry, "call_answer_latency_milliseconds_bucket", le="850") == 85
    assert value(telemetry, "call_answer_latency_milliseconds_bucket", le="1000") == 100
    assert {50, 200, 300, 500, 700, 1_000, 10_000} <= set(LATENCY_BOUNDS_MS)


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


def test_counters_exist_before_their_first_event(telemetry: Telemetry) -> None:
    """A rate must not miss the first one."""
    for name in ("frames_in", "frames_out", "messages_rejected", "audio_dropped_bytes", "barge_in"):
        assert value(telemetry, f"call_{name}_total") == 0
    assert value(telemetry, "call_active") == 0


def test_two_instances_do_not_share_anything(telemetry: Telemetry) -> None:
    """Each has its own registry; closing twice is no error."""
    other = Telemetry()
    other.observe(ANSWER)
    assert value(telemetry, "call_answer_latency_milliseconds_count") is None
    assert value(other, "call_answer_latency_milliseconds_count") == 1
    other.close()
    other.close()


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


def test_logging_follows_the_level_for_our_own_loggers_only(
    levels_restored: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Drivers that print statements, and the access log, stay silent below WARNING."""
    configure_logging("debug")
    configure_logging("debug")
    logging.getLogger("calls.webhooks").debug("ours")
    for foreign in ("aiosqlite", "uvicorn.access", "openai._base_client", "sqlalchemy.engine"):
        logging.getLogger(foreign).info("theirs")
    logging.getLogger("aiosqlite").warning("a warning")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines] == [
        "DEBUG   calls.webhooks ours",
        "WARNING aiosqlite a warning",
    ]
    assert lines[0].split()[0].endswith("Z")


def test_an_unknown_level_is_refused(levels_restored: None) -> None:
    """A typing error in the configuration is not silently INFO."""
    with pytest.raises(ValueError, match="LOUD"):
        configure_logging("loud")


class Recorder:
    """Keeps what it is given, or raises."""

    def __init__(self, error: Exception | None = None) -> None:
        self.seen: list[Record] = []
        self._error = error

    def observe(self, record: Record) -> None:
        if self._error is not None:
            raise self._error
        self.seen.append(record)


def test_an_observer_that_raises_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged once, without the text of its error, which may quote the record."""
    before, broken, after = Recorder(), Recorder(ValueError("Dupont")), Recorder()
    observers = Observers(before, broken, after)
    for _ in range(3):
        observers.observe(ANSWER)
    assert before.seen == after.seen == [ANSWER] * 3
    assert len(caplog.messages) == 1
    assert "observer=Recorder" in caplog.messages[0]
    assert "error=ValueError" in caplog.messages[0]
    assert "Dupont" not in caplog.text


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
