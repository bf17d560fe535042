"""The clock of a line: where in the caller's audio is *now*. Sans-IO.

Frames arrive late, never early: the earliest arrivals tell the true pace. The
line's zero is therefore the smallest ``arrival time - audio time`` seen lately.
"""

_WINDOW_S = 2.0
"""Long enough to hold one punctual frame, short enough to follow a drifting sender."""


class LineClock:
    """Maps the shell's monotonic seconds to samples of the caller's audio, and back."""

    def __init__(self, *, sample_rate_hz: int) -> None:
        self._rate = sample_rate_hz
        self._zero: float | None = None
        self._next_zero: float | None = None
        self._window_ends = 0.0
        self.received_samples = 0

    def received(self, samples: int, *, now: float) -> None:
        """This many more samples have arrived."""
        self.received_samples += samples
        zero = now - self.received_samples / self._rate
        if self._zero is None or self._next_zero is None:
            self._zero = self._next_zero = zero
            self._window_ends = now + _WINDOW_S
            return
        self._next_zero = min(self._next_zero, zero)
        if zero < self._zero:
            self._zero = zero
        if now >= self._window_ends:
            # What was early two windows ago may be wrong by now: a sender that paused stays behind.
            self._zero, self._next_zero = self._next_zero, zero
            self._window_ends = now + _WINDOW_S

    def sample_at(self, now: float) -> int:
        """The sample that the caller speaks at this moment (0 before the first frame)."""
        if self._zero is None:
            return 0
        return max(0, round((now - self._zero) * self._rate))

    def time_of(self, sample: int) -> float:
        """When this sample was spoken. 0.0 before the first frame."""
        if self._zero is None:
            return 0.0
        return self._zero + sample / self._rate
