"""What the echo canceller is told of our own voice: only what was really sent, at the moment of sending."""

from media.clock import LineClock
from media.echo import EchoCanceller
from media.frames import sample_count
from media.line import EchoingLine
from media.playout import FrameSent
from media.resample import Resampler


class EchoReference:
    """Carries the frames of one call from playout to its canceller, at the canceller's rate.

    Args:
        canceller, clock: Of the call; the clock counts at ``hearing_rate_hz``.
        line_rate_hz: Of the frames.
        hearing_rate_hz: The canceller's.
        line: Knows where its echo is; None: the clock says where it would be if it came at once.
    """

    def __init__(
        self,
        canceller: EchoCanceller,
        *,
        clock: LineClock,
        line_rate_hz: int,
        hearing_rate_hz: int,
        line: EchoingLine | None = None,
    ) -> None:
        self._canceller = canceller
        self._clock = clock
        self._line = line
        self._line_rate, self._hearing_rate = line_rate_hz, hearing_rate_hz
        self._to_hearing = Resampler(from_hz=line_rate_hz, to_hz=hearing_rate_hz)

    def played(self, frame: FrameSent) -> None:
        """A frame is on the wire."""
        if self._line is None:
            at_sample = self._clock.sample_at(frame.starts_at)
        else:
            at_sample = self._heard(self._line.sent_sample - sample_count(frame.pcm))
        self._canceller.played(self._to_hearing.feed(frame.pcm), at_sample=at_sample)

    def flushed(self, at: float) -> None:
        """What was to play after this time, which is now, was taken back."""
        if self._line is None:
            self._canceller.flushed(self._clock.sample_at(at))
        else:
            self._canceller.flushed(self._heard(self._line.played_sample))

    def _heard(self, line_sample: int) -> int:
        return line_sample * self._hearing_rate // self._line_rate
