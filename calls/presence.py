"""This process among the replicas: it says that it is alive, and ends the calls of those that are not any more.

After a time in which we could not say so ourselves, because the store was away or we stood
still, the silence of the others tells nothing: they are given as long to speak again.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from stores.errors import StoreError
from stores.replicas import Replicas

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PresenceSettings:
    """How it is noticed that a replica is gone."""

    beat_s: float = 10.0
    """How often a replica says that it is alive."""
    lost_after_s: float = 60.0
    """How long nothing may be heard of a replica before its calls are taken for lost."""


class Presence:
    """Use as ``async with Presence(...)``, around everything that has calls: leaving it says that none is held here.

    Args:
        replica_id: Of this process; no other has or had it.
        replicas: Where replicas are known.
        utc_now: The time of day, timezone-aware.
        on_lost: Told the ids of calls that were ended because their replica is gone; each is told to one replica.
        settings: See there.
        sleep: Pauses between beats.
    """

    def __init__(
        self,
        replica_id: str,
        replicas: Replicas,
        *,
        utc_now: Callable[[], datetime],
        on_lost: Callable[[Sequence[str]], object] = lambda _: None,
        settings: PresenceSettings | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.replica_id = replica_id
        self._replicas = replicas
        self._utc_now = utc_now
        self._on_lost = on_lost
        self._settings = settings or PresenceSettings()
        self._sleep = sleep
        self._tasks = asyncio.TaskGroup()
        self._beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Be known, before there is any call. Raises ``stores.errors.StoreError``."""
        await self._replicas.seen(self.replica_id, now=self._utc_now())
        await self._tasks.__aenter__()
        self._beating = self._tasks.create_task(self._beat(), name="presence")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._beating is not None:
            self._beating.cancel()
        await self._tasks.__aexit__(None, None, None)
        with contextlib.suppress(StoreError):  # then the others notice it later
            await self._replicas.left(self.replica_id)

    async def _beat(self) -> None:
        """Root of a task: a store that is away is no reason to end."""
        patience = timedelta(seconds=self._settings.lost_after_s)
        seen_at = judges_from = self._utc_now()
        while True:
            try:
                await self._replicas.seen(self.replica_id, now=self._utc_now())
                now = self._utc_now()
                if now - seen_at > patience / 2:
                    judges_from = now + patience
                seen_at = now
                is_judging = now >= judges_from
                lost = await self._replicas.close_lost(now=now, unseen_for=patience) if is_judging else []
            except StoreError as error:
                _log.warning("event=presence_unknown error=%s", type(error).__name__)
            else:
                for call_id in lost:
                    _log.warning("event=call_lost call_id=%s", call_id)
                if lost:
                    self._on_lost(lost)
            await self._sleep(self._settings.beat_s)
