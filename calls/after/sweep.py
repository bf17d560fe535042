"""Finds the calls that want their work, and asks for it.

They are those that have just ended, here or on another replica, those whose replica was lost,
and those that ended while no server ran.

What tells of them is the store alone, so that no way for a call to end can be forgotten. One
process at a time does this, of all that share the store; when it dies, another one goes on.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from calls.after.steps import DurableWork, Wanted, Worker
from calls.errors import WorkNotPossible
from stores.call_work import CallWork
from stores.errors import StoreError
from stores.single import Turn

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """How often is looked for what."""

    look_s: float = 1.0
    """For calls that ended lately: one query along an index."""
    lately: timedelta = timedelta(hours=1)
    look_at_all_s: float = 600.0
    """For all calls that want their work, and for work that was asked for and got lost."""
    lost_after: timedelta = timedelta(hours=1)
    turn_s: float = 5.0
    """For whether it is our turn."""
    at_once: int = 50
    """How many calls are asked for together."""
    forgotten_after_days: int = 7


class Sweep:
    """Sees to it that each call gets its work, for as long as ``run`` runs.

    Args:
        turn: Ours while we work.
        works: What is known of the work.
        durable: Carries it out.
        worker: Does the steps.
        utc_now: The time of day, timezone-aware.
        clock: Seconds that never go back.
        settings: See there.
        sleep: Pauses between looks.
    """

    def __init__(
        self,
        turn: Turn,
        works: CallWork,
        durable: DurableWork,
        worker: Worker,
        *,
        utc_now: Callable[[], datetime],
        clock: Callable[[], float],
        settings: SweepSettings | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._turn = turn
        self._works = works
        self._durable = durable
        self._worker = worker
        self._utc_now = utc_now
        self._clock = clock
        self._settings = settings or SweepSettings()
        self._sleep = sleep

    async def run(self) -> None:
        """Root of a task: ends when it is cancelled. Whatever is away meanwhile is asked again."""
        while True:
            try:
                if await self._turn.take():
                    async with self._durable.running(self._worker):
                        await self._work_our_turn()
            except (StoreError, WorkNotPossible) as error:
                _log.warning("event=work_interrupted error=%s", type(error).__name__)
            except Exception as error:  # noqa: BLE001 - the root of a task: what is wrong here must not end the calls
                _log.error("event=work_failed error=%s", type(error).__name__)
            finally:
                await self._turn.leave()
            await self._sleep(self._settings.turn_s)

    async def _work_our_turn(self) -> None:
        looked_at_all: float | None = None
        is_held_until = self._clock()
        while True:
            now = self._clock()
            if now >= is_held_until:
                if not await self._turn.is_held():
                    return
                is_held_until = now + self._settings.turn_s
            if looked_at_all is None or now - looked_at_all >= self._settings.look_at_all_s:
                await self.look_at_all()
                looked_at_all = now
            else:
                await self.look(ended_since=self._utc_now() - self._settings.lately)
            await self._sleep(self._settings.look_s)

    async def look_at_all(self) -> None:
        """Ask for all work that is wanting, or was lost, and forget what is long over. Raises as ``look``."""
        before = self._utc_now() - self._settings.lost_after
        lost = await self._works.unfinished(asked_before=before, limit=self._settings.at_once)
        await self._durable.ask([Wanted(each.call_id, each.work_id) for each in lost])
        await self.look()
        await self._durable.forget(ended_days_ago=self._settings.forgotten_after_days)

    async def look(self, *, ended_since: datetime | None = None) -> None:
        """Ask for the work after the calls for which nobody has asked, and for what somebody wants done again.

        Raises:
            StoreError, WorkNotPossible: Not all of it was asked for; it will be when this is called again.
        """
        again = await self._works.to_do_again(limit=self._settings.at_once)
        await self._durable.ask([Wanted(each.call_id, each.work_id) for each in again])
        for each in again:
            await self._works.asked_again(each.call_id, at=self._utc_now())
        while True:
            call_ids = await self._works.wanting(ended_since=ended_since, limit=self._settings.at_once)
            # Asked for first: should we die between the two, it is asked for again, and done once.
            await self._durable.ask([Wanted(call_id, call_id) for call_id in call_ids])
            for call_id in call_ids:
                await self._works.asked(call_id, work_id=call_id, at=self._utc_now())
            if len(call_ids) < self._settings.at_once:
                return
