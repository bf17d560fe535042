"""Calls are kept for as long as they may be, and not longer: once at the start, and then every day."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from calls.deletion import Deletion
from stores.errors import StoreError
from stores.nudges import Nudges

EVENTS_KEPT = timedelta(days=30)
"""Events that were for calls of other replicas, after they were taken or given up; not longer than calls."""
_DAY_S = 24 * 3600.0
_AGAIN_S = 3600.0
"""After a failure."""

_log = logging.getLogger(__name__)


class Retention:
    """Use as ``async with Retention(...)``. Several replicas may do it at once.

    Args:
        deletion: Deletes calls.
        nudges: Forgets old events.
        keep_days: How long calls are kept after their end, and what a router keeps of no call; 0: for ever.
        utc_now: The time of day, timezone-aware.
        sleep: Pauses until the next day.
    """

    def __init__(
        self,
        deletion: Deletion,
        nudges: Nudges,
        *,
        keep_days: int,
        utc_now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._deletion = deletion
        self._nudges = nudges
        self._keep = timedelta(days=keep_days) if keep_days else None
        self._utc_now = utc_now
        self._sleep = sleep
        self._tasks = asyncio.TaskGroup()
        self._daily: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._daily = self._tasks.create_task(self._delete_daily(), name="retention")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._daily is not None:
            self._daily.cancel()
        await self._tasks.__aexit__(None, None, None)

    async def _delete_daily(self) -> None:
        """Root of a task: what fails today is done later."""
        while True:
            try:
                await self._delete()
            except (StoreError, OSError) as error:
                _log.warning("event=retention_failed error=%s", type(error).__name__)
                await self._sleep(_AGAIN_S)
            else:
                await self._sleep(_DAY_S)

    async def _delete(self) -> None:
        now = self._utc_now()
        await self._nudges.forget(now - min(EVENTS_KEPT, self._keep or EVENTS_KEPT))
        if self._keep is None:
            return
        deleted = await self._deletion.ended_before(now - self._keep)
        if deleted.calls:
            _log.info("event=calls_deleted calls=%d recordings=%d", deleted.calls, deleted.recordings)
        if rows := await self._deletion.router_rows_before(now - self._keep):
            _log.info("event=router_rows_deleted rows=%d", rows)
