"""Requests to services on behalf of calls: each one a task with a time limit, its failure reported."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from pipeline.records import Observer, StageFailed

_T = TypeVar("_T")


class Requests:
    """Use as ``async with Requests(...) as requests``; leaving it cancels what still runs.

    Args:
        observer: Is told of each failure, as ``StageFailed``.
        timeout_s: How long one request may take.
        utc_now: The time of day, timezone-aware.
    """

    def __init__(self, observer: Observer, *, timeout_s: float, utc_now: Callable[[], datetime]) -> None:
        self._observer = observer
        self._timeout_s = timeout_s
        self._utc_now = utc_now
        self._tasks = asyncio.TaskGroup()
        self._running: set[asyncio.Task[None]] = set()
        self.is_open = False
        """Whether requests can be started."""

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self.is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_open = False
        for task in tuple(self._running):
            task.cancel()
        # All tasks have been ended: the group need not wrap the body's own error.
        await self._tasks.__aexit__(None, None, None)

    def start(self, name: str, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Run ``work`` as a task, to be cancelled at will. It must not raise: what fails belongs into ``tried``."""
        task = self._tasks.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def settled(self) -> None:
        """Return when everything that runs now has ended, or its time is over."""
        if self._running:
            await asyncio.wait(self._running, timeout=self._timeout_s)

    def cancel_all(self) -> None:
        """End everything that runs."""
        for task in tuple(self._running):
            task.cancel()

    async def tried(self, call_id: str, request: Awaitable[_T], *, stage: str = "line") -> _T | Exception:
        """What a request gives, or the error that it failed with, which is reported.

        An unforeseen error is one, too: one call's bug must not end the others.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                return await request
        except Exception as error:  # noqa: BLE001 - stands for the root of the task
            self.report(call_id, stage, error)
            return error

    def report(self, call_id: str, stage: str, error: Exception) -> None:
        """Say what failed: by its class alone."""
        self._observer.observe(
            StageFailed(call_id=call_id, at=self._utc_now(), stage=stage, reason=type(error).__name__)
        )
