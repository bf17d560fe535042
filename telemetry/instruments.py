"""Every metric, by what it measures."""

from opentelemetry.metrics import Histogram, Meter

from calls.after.steps import Step
from stores.call_work import StepState
from telemetry.log_lines import STAGES

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


class Instruments:
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
        self.supervised = meter.create_counter(
            "call.supervised", description="What supervisors did in calls: whispered, took over, gave back"
        )
        self.active = meter.create_up_down_counter("call.active", description="Calls that are up now")
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        # A rate over a counter that first appears with its first event misses that event.
        for counter in (self.frames_in, self.frames_out, self.messages_rejected, self.audio_dropped, self.barge_ins):
            counter.add(0)
        for stage in sorted(STAGES):
            self.failures.add(0, {"stage": stage})
        self.active.add(0)


class FlagInstruments:
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


class WorkInstruments:
    """What is counted of the work after calls, from zero on."""

    def __init__(self, meter: Meter) -> None:
        self.steps = meter.create_counter(
            "work.steps", description="Steps of the work after calls that have ended, by step and outcome"
        )
        for step in Step:
            for state in (StepState.DONE, StepState.FAILED):
                self.steps.add(0, {"step": step.value, "state": state.value})
