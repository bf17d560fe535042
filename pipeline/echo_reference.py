"""What the echo canceller is told of our own voice: only what was really sent, at the moment of sending."""

from media.clock import LineClock
from media.echo import EchoCanceller
from media.playout import FrameSent
from media.resample import Resampler


class EchoReference:
    """Carries the frames of one call from playout to its canceller, at the canceller's rate."""

    def __init__(self, canceller: EchoCanceller, *, clock: LineClock, line_rate_hz: int, hearing_rate_hz: int) -> None:
        self._canceller = canceller
        self._clock = clock
        self._to_hearing = Resampler(from_hz=line_rate_hz, to_hz=hearing_rate_hz)

    def played(self, frame: FrameSent) -> None:
        """A frame is on the wire."""
        self._canceller.played(self._to_hearing.feed(frame.pcm), at_sample=self._clock.sample_at(frame.starts_at))

    def flushed(self, at: float) -> None:
        """What was to play after this time was taken back."""
        self._canceller.flushed(self._clock.sample_at(at))
