"""The steps of the work after a call, in their order, and what carries them out whatever happens."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Step(StrEnum):
    """What is done after a call. New ones go to the end: work that was cut short goes on by its place in the order."""

    SYNTHESIS = "synthesis"
    NEXT_ACTION = "next_action"
    SMS_REPORT = "sms_report"
    COST = "cost"
    TRAINING_MARK = "training_mark"
    LEARNING = "learning"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The work after one call."""

    call_id: str
    work_id: str
    """Names this work: the same is done once."""


@dataclass(frozen=True, slots=True)
class RetrySettings:
    """How often a step is tried before it has failed for good."""

    attempts: int = 8
    first_pause_s: float = 2.0
    """After the first attempt; doubled after each further one: with these numbers for about four minutes."""


class Worker(Protocol):
    """Does the steps."""

    async def do(self, wanted: Wanted, step: Step) -> None:
        """Do one step; done before, it has no effect.

        Raises:
            Exception: It did not work now; it is to be tried again, after a pause.
        """

    async def give_up(self, wanted: Wanted, step: Step, reason: str) -> None:
        """Note that a step has failed for good; raises as ``do``."""

    async def finish(self, wanted: Wanted) -> None:
        """Note that all steps were tried; raises as ``do``."""


class DurableWork(Protocol):
    """Sees to it that every work which was asked for is done: each step once, across crashes and restarts."""

    def running(self, worker: Worker) -> AbstractAsyncContextManager[None]:
        """Work, for as long as the context lasts; what was begun and not ended before goes on.

        Raises:
            calls.errors.WorkNotPossible: It cannot begin, now.
        """

    async def ask(self, wanted: Sequence[Wanted]) -> None:
        """Ask for work, to be done once however often it is asked for. Within ``running`` only.

        Raises:
            calls.errors.WorkNotPossible: Not all of it was taken.
        """

    async def forget(self, *, ended_days_ago: int) -> None:
        """Delete what is kept of work that ended long ago. Raises as ``ask``."""
