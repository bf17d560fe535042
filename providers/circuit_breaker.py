"""A circuit breaker: a service that keeps failing is left alone for a while. Sans-IO.

    state      event                          next        what it means
    ---------  -----------------------------  ----------  ------------------------------------------
    CLOSED     success                        CLOSED      the failures are forgotten
    CLOSED     failure                        CLOSED      one more in a row
    CLOSED     failure, the last one allowed  OPEN        nobody is let through for ``open_s``
    any        failure that says when to      OPEN        until then, at most ``open_max_s``
               come back
    OPEN       the time is over, a request    HALF_OPEN   one request is let through, as a probe
    HALF_OPEN  another request                HALF_OPEN   refused: the probe is under way
    HALF_OPEN  success                        CLOSED
    HALF_OPEN  failure                        OPEN        twice as long as before, at most ``open_max_s``
    HALF_OPEN  the probe was abandoned        OPEN        the time stays over: the next request probes

Times are monotonic seconds, passed in. A request that was let through ends in exactly
one of ``succeeded``, ``failed`` and ``abandoned``.
"""

from dataclasses import dataclass
from enum import StrEnum


class BreakerState(StrEnum):
    """Whether requests are let through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerSettings:
    """When to give up, and for how long."""

    failures_max: int = 3
    """In a row; so many open it."""
    open_s: float = 5.0
    open_max_s: float = 60.0


class CircuitBreaker:
    """Guards one service."""

    def __init__(self, settings: BreakerSettings | None = None) -> None:
        self._settings = settings or BreakerSettings()
        self.state = BreakerState.CLOSED
        self._failures = 0
        self._opened_for_s = 0.0
        self._open_until = 0.0

    def allows(self, now: float) -> bool:
        """Whether ``enter`` would let a request through."""
        match self.state:
            case BreakerState.CLOSED:
                return True
            case BreakerState.OPEN:
                return now >= self._open_until
            case BreakerState.HALF_OPEN:
                return False

    def enter(self, now: float) -> bool:
        """Let a request through, or not."""
        if not self.allows(now):
            return False
        if self.state is BreakerState.OPEN:
            self.state = BreakerState.HALF_OPEN
        return True

    def succeeded(self) -> None:
        """A request was answered."""
        if self.state is not BreakerState.OPEN:  # of before it opened: says nothing about now
            self.state = BreakerState.CLOSED
            self._failures = 0
            self._opened_for_s = 0.0

    def failed(self, now: float, retry_after_s: float | None = None) -> None:
        """A request failed; perhaps the service has told when to come back."""
        self._failures += 1
        if retry_after_s is not None:
            self._open(now, retry_after_s)
        elif self.state is BreakerState.HALF_OPEN:
            self._open(now, max(self._settings.open_s, 2 * self._opened_for_s))
        elif self.state is BreakerState.CLOSED and self._failures >= self._settings.failures_max:
            self._open(now, self._settings.open_s)

    def abandoned(self) -> None:
        """Nobody waited for the answer to a request: nothing is known."""
        if self.state is BreakerState.HALF_OPEN:
            self.state = BreakerState.OPEN

    def _open(self, now: float, seconds: float) -> None:
        seconds = min(seconds, self._settings.open_max_s)
        already_s = self._open_until - now if self.state is BreakerState.OPEN else 0.0
        self.state = BreakerState.OPEN
        self._opened_for_s = max(seconds, already_s)
        self._open_until = now + self._opened_for_s
