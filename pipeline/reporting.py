"""Reporting: what one call tells of itself, as records."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from media.clock import LineClock
from pipeline.commands import StartReply
from pipeline.latency import AnswerTimer
from pipeline.listening import Listening
from pipeline.playing import Playing
from pipeline.records import (
    AnswerMeasured,
    BargedIn,
    FalseAlarm,
    FramesCounted,
    MessagesRejected,
    Record,
    ReplyPrepared,
)

_COUNT_EVERY_S = 5.0


class Reporting:
    """The records of one call."""

    def __init__(
        self,
        call_id: str,
        observe: Callable[[Record], None],
        *,
        clock: LineClock,
        now: Callable[[], float],
        utc_now: Callable[[], datetime],
    ) -> None:
        self._call_id = call_id
        self._observe = observe
        self._clock = clock
        self._now = now
        self._utc_now = utc_now
        self._listening: Listening | None = None
        self._playing: Playing | None = None

    def watch(self, listening: Listening, playing: Playing) -> None:
        """Count the frames of these."""
        self._listening, self._playing = listening, playing

    async def run(self) -> None:
        """Report the frames now and again, until cancelled."""
        while True:
            await asyncio.sleep(_COUNT_EVERY_S)
            self.frames()

    def frames(self) -> None:
        """What went over the line since the last time."""
        if self._listening is None or self._playing is None:
            return
        at, rejected = self._utc_now(), self._listening.take_rejected()
        frames_in, self._listening.frames_in = self._listening.frames_in, 0
        frames_out, self._playing.frames_out = self._playing.frames_out, 0
        total = sum(count for count, _ in rejected.values())
        missed, dropped = self._listening.take_echo_counts()
        self._observe(
            FramesCounted(
                self._call_id,
                at,
                frames_in=frames_in,
                frames_out=frames_out,
                bytes_dropped=0,
                messages_rejected=total,
                aec_missed=missed,
                aec_dropped=dropped,
            )
        )
        for reason, (count, detail) in rejected.items():
            self._observe(MessagesRejected(self._call_id, at, reason.value, detail, count))

    def answer(self, timer: AnswerTimer, order: StartReply, audible_at: float) -> None:
        """The answer itself can be heard."""
        latency = timer.audible(audible_at)
        self._observe(
            AnswerMeasured(
                call_id=self._call_id,
                at=self._utc_now(),
                turn=order.turn,
                answer_latency_ms=latency.answer_ms,
                end_of_turn_ms=latency.end_of_turn_ms,
                recognition_ms=latency.recognition_ms,
                first_words_ms=latency.first_words_ms,
                first_sound_ms=latency.first_sound_ms,
                last_voiced_sample=order.last_voiced_sample or 0,
                first_audible_sample=self._clock.sample_at(
                    audible_at - (latency.content_ms - latency.answer_ms) / 1000
                ),
                content_latency_ms=latency.content_ms,
            )
        )

    def barge_in(self, turn: int, onset: int, stopped_at: float, unplayed_ms: float) -> None:
        """The caller interrupted, and we stopped at this time."""
        stopped_after_ms = (stopped_at - self._clock.time_of(onset)) * 1000
        self._observe(BargedIn(self._call_id, self._utc_now(), turn, stopped_after_ms, unplayed_ms))

    def false_alarm(self, turn: int, stopped_at: float) -> None:
        """We stopped at this time for nothing, and go on."""
        self._observe(FalseAlarm(self._call_id, self._utc_now(), turn, (self._now() - stopped_at) * 1000))

    def prepared(self, turn: int, *, was_used: bool) -> None:
        """What became of a reply that was prepared."""
        self._observe(ReplyPrepared(self._call_id, self._utc_now(), turn, was_used))
