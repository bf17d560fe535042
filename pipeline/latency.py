"""The latency of one answer, stage by stage. Sans-IO; times are monotonic seconds.

It begins at the caller's last voiced sample and ends at our first audible one
on the wire. The stages follow each other, so they add up to the whole.
"""

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class AnswerLatency:
    """Milliseconds."""

    answer_ms: float
    """To the first audible sample, of an opener or of the answer."""
    content_ms: float
    """To the first audible sample of the answer itself: the sum of what follows."""
    end_of_turn_ms: float
    recognition_ms: float
    first_words_ms: float
    first_sound_ms: float


class AnswerTimer:
    """Collects the moments of one answer."""

    def __init__(self, *, voice_ended_at: float, turn_ended_at: float, text_ready_at: float) -> None:
        self._moments = [voice_ended_at, turn_ended_at, text_ready_at]
        self._words_at: float | None = None
        self._opened_at: float | None = None
        self._sounded_at: float | None = None

    def voice_ended(self, at: float) -> bool:
        """The voice ended at this time, as is known now; whether it is the voice that is answered.

        What the caller says over our voice is not.
        """
        is_answered = self._sounded_at is None or at < self._sounded_at
        if is_answered:
            self._moments[0] = at
        return is_answered

    def sounded(self, at: float) -> None:
        """Our first audible sample is on the wire. Only the first counts."""
        if self._sounded_at is None:
            self._sounded_at = at

    def words_ready(self, now: float) -> None:
        """The assistant's first speakable chunk is there. Only the first counts."""
        if self._words_at is None:
            self._words_at = now

    def opened(self, at: float) -> None:
        """The first audible sample of an opener is on the wire."""
        if self._opened_at is None:
            self._opened_at = at
        self.sounded(at)

    def audible(self, at: float) -> AnswerLatency:
        """The first audible sample of the answer itself is on the wire."""
        first = at if self._opened_at is None else self._opened_at
        moments = [*self._moments, at if self._words_at is None else self._words_at, at]
        # Nothing waits before the voice has ended: what was ready earlier took no time.
        moments = [max(moments[0], moment) for moment in moments[:-1]] + [at]
        stages = [max(0.0, later - earlier) * 1000 for earlier, later in pairwise(moments)]
        return AnswerLatency((first - moments[0]) * 1000, (at - moments[0]) * 1000, *stages)
