import asyncio

import pytest

from media.clock import LineClock
from pipeline.commands import Cause, StartReply
from pipeline.latency import AnswerTimer
from pipeline.records import AnswerMeasured, BargedIn, FalseAlarm, ReplyPrepared
from pipeline.reporting import Reporting
from tests.support.fakes import AT, Records


def reporting(records: Records, now: float = 110.0) -> Reporting:
    clock = LineClock(sample_rate_hz=16_000)
    clock.received(0, now=100.0)
    return Reporting("c", records.observe, clock=clock, now=lambda: now, utc_now=lambda: AT)


def test_an_answer_is_placed_on_the_callers_time_line() -> None:
    """The opener at 1.3 s, the answer at 1.8: both latencies, and where our voice began."""
    records = Records()
    timer = AnswerTimer(voice_ended_at=101.0, turn_ended_at=101.2, text_ready_at=101.2)
    timer.opened(101.3)
    reporting(records).answer(timer, StartReply(3, Cause.ANSWER, "x", 16_000, 19_200), 101.8)
    (measured,) = records.of(AnswerMeasured)
    assert (measured.turn, measured.last_voiced_sample) == (3, 16_000)
    assert measured.answer_latency_ms == pytest.approx(300)
    assert measured.content_latency_ms == pytest.approx(800)
    assert measured.first_audible_sample == pytest.approx(1.3 * 16_000, abs=2)


def test_interruptions_and_preparations_are_told() -> None:
    """How long it took us to stop, and for how long we were silent for nothing."""
    records = Records()
    report = reporting(records)
    report.barge_in(2, 16_000, 101.25, 60.0)
    report.false_alarm(2, 109.6)
    report.prepared(3, was_used=False)
    (barge,), (alarm,), (waste,) = records.of(BargedIn), records.of(FalseAlarm), records.of(ReplyPrepared)
    assert barge.stop_latency_ms == pytest.approx(250)
    assert alarm.silent_ms == pytest.approx(400)
    assert (waste.turn, waste.was_used) == (3, False)


async def test_without_a_line_there_is_nothing_to_count() -> None:
    """Before the stages are made."""
    records = Records()
    report = reporting(records)
    report.frames()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await report.run()
    assert records.seen == []
