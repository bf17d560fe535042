"""Named deadlines in samples: the turn machine's clockwork. Sans-IO."""

from enum import Enum, auto


class Timer(Enum):
    """What can be waited for."""

    JUDGE = auto()
    """Ask the end-of-turn model again."""
    END_OF_TURN = auto()
    """The caller's silence is long enough."""
    TEXT = auto()
    """The recogniser's text has to do as it is."""
    SOFT_ANSWER = auto()
    """Thinking takes long: say something."""
    HARD_ANSWER = auto()
    """Thinking takes too long: give up."""
    CONFIRM = auto()
    """The reply has been heard long enough to be true."""
    BARGE_IN = auto()
    """Speech over ours is an interruption."""
    BARGE_IN_SURE = auto()
    """It was long enough to be no false alarm."""
    SILENCE = auto()
    """Nobody has said anything for long."""


class Timers:
    """Deadlines by name; each fires once."""

    def __init__(self) -> None:
        self._due: dict[Timer, int] = {}

    def set(self, timer: Timer, sample: int) -> None:
        """Arm or move a timer."""
        self._due[timer] = sample

    def clear(self, *timers: Timer) -> None:
        """Disarm these; all when none is named."""
        if not timers:
            self._due.clear()
        for timer in timers:
            self._due.pop(timer, None)

    def is_set(self, timer: Timer) -> bool:
        """Whether it is armed."""
        return timer in self._due

    def next_deadline(self) -> int | None:
        """When the earliest is due."""
        return min(self._due.values(), default=None)

    def take_due(self, now: int) -> Timer | None:
        """Disarm and return the earliest that is due; in the order of their names when at once."""
        due = [timer for timer, sample in self._due.items() if sample <= now]
        if not due:
            return None
        first = min(due, key=lambda timer: (self._due[timer], timer.value))
        del self._due[first]
        return first
