"""Calls on other replicas: what is for them is sent there, and what others send for ours is taken."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from enum import StrEnum
from types import TracebackType
from typing import Self

from calls.callbacks import parse_callbacks
from calls.errors import MalformedEvent
from calls.live import LiveCalls
from calls.session import MessageArrived
from stores.errors import StoreError
from stores.nudges import Nudges
from stores.records import CallEventRecord, CallRecord

UNCLAIMED_AFTER_S = 60.0
"""How long an event may wait for a call that is not up any more, as far as is known."""

_log = logging.getLogger(__name__)


class Kind(StrEnum):
    """What is sent from replica to replica."""

    MESSAGE = "message"
    """The caller has written; ``text``."""
    CALLBACK = "callback"
    """The telephone service has spoken; ``body``: what it posted."""


class Elsewhere:
    """Use as ``async with Elsewhere(...) as elsewhere``, while there are calls.

    Args:
        replica_id: Of this process.
        live_calls: The calls that are up here.
        nudges: The way to the others.
        sleep: Pauses between looks at what nobody has taken.
    """

    def __init__(
        self,
        replica_id: str,
        live_calls: LiveCalls,
        nudges: Nudges,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._replica_id = replica_id
        self._live_calls = live_calls
        self._nudges = nudges
        self._sleep = sleep
        self._tasks = asyncio.TaskGroup()
        self._own: tuple[asyncio.Task[None], ...] = ()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._own = (
            self._tasks.create_task(self._take_ours(), name="events from elsewhere"),
            self._tasks.create_task(self._report_unclaimed(), name="events for nobody"),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._own:
            task.cancel()
        await self._tasks.__aexit__(None, None, None)

    def holds(self, call: CallRecord) -> bool:
        """Whether a call is up on another replica, as far as is known."""
        return call.is_live and call.replica_id not in ("", self._replica_id)

    async def is_first(self, key: str) -> bool:
        """Whether no replica has taken this before; from now on one has. Raises ``StoreError``."""
        return await self._nudges.is_first(key)

    async def tell_message(self, call_id: str, text: str, *, key: str) -> bool:
        """Tell the conversation of a call what its caller has written, once for each key; whether it was the first.

        Raises:
            StoreError: Nobody was told.
        """
        return await self._nudges.publish(call_id, Kind.MESSAGE, {"text": text}, key=key) is not None

    async def tell_callback(self, call_id: str, body: bytes) -> None:
        """Tell a call what the service has posted to its address, which was looked at. Raises ``StoreError``."""
        await self._nudges.publish(call_id, Kind.CALLBACK, {"body": body.decode(errors="replace")})

    async def _take_ours(self) -> None:
        await self._nudges.deliver(self._replica_id, holds=lambda: self._live_calls.live_ids, take=self._take)

    def _take(self, event: CallEventRecord) -> None:
        """What comes from another replica, of another version perhaps, must not end the task."""
        match event:
            case CallEventRecord(kind=Kind.MESSAGE, payload={"text": str(text)}):
                session = self._live_calls.session_of(event.call_id)
                if session is None or not session.tell(MessageArrived(text)):
                    _log.warning("event=message_untold call_id=%s", event.call_id)
            case CallEventRecord(kind=Kind.CALLBACK, payload={"body": str(body)}):
                try:
                    self._live_calls.happened(event.call_id, parse_callbacks(body.encode()))
                except MalformedEvent:
                    _log.warning("event=callback_unreadable call_id=%s", event.call_id)
            case _:
                _log.warning("event=unknown_kind call_id=%s", event.call_id)

    async def _report_unclaimed(self) -> None:
        """Root of a task: a store that is away is no reason to end."""
        while True:
            await self._sleep(UNCLAIMED_AFTER_S)
            try:
                unclaimed = await self._nudges.settle_unclaimed(older_than=timedelta(seconds=UNCLAIMED_AFTER_S))
            except StoreError as error:
                _log.warning("event=unclaimed_unknown error=%s", type(error).__name__)
                continue
            for event in unclaimed:
                _log.warning("event=unclaimed call_id=%s event_id=%d", event.call_id, event.event_id)
