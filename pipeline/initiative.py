"""What the assistant has to say without having been asked. Sans-IO."""

from collections import deque
from dataclasses import dataclass

from pipeline.commands import Announcement, Cause

WAITING_MAX = 16
"""Overflow rule: the oldest is forgotten. Whatever is said so late is of no use any more."""


@dataclass(frozen=True, slots=True)
class Initiative:
    """One thing to be said when nobody speaks."""

    cause: Cause
    text: str
    """Of a message, what it says; else which announcement."""


class Initiatives:
    """What waits to be said, in order."""

    def __init__(self) -> None:
        self._waiting: deque[Initiative] = deque(maxlen=WAITING_MAX)
        self._taken: Initiative | None = None

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, initiative: Initiative) -> None:
        """Something more is to be said."""
        self._waiting.append(initiative)

    def put_first(self, initiative: Initiative) -> None:
        """This is to be said next, once."""
        if initiative not in self._waiting and len(self._waiting) < WAITING_MAX:
            self._waiting.appendleft(initiative)

    def drop(self, announcement: Announcement) -> None:
        """Do not announce this any more: it is not true now."""
        unwanted = Initiative(Cause.ANNOUNCEMENT, announcement)
        self._waiting = deque((each for each in self._waiting if each != unwanted), maxlen=WAITING_MAX)

    def take(self) -> Initiative:
        """The next thing to say; there is one."""
        self._taken = self._waiting.popleft()
        return self._taken

    def put_back(self) -> None:
        """What was taken last has not been heard: it is to be said again."""
        taken, self._taken = self._taken, None
        if taken is not None and len(self._waiting) < WAITING_MAX:
            self._waiting.appendleft(taken)
