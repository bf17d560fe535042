"""Events for calls that may live on another replica: each reaches the replica that holds its call, once.

An event is a row. Whoever holds the call takes it, by a mark in the row, when they are
nudged. Nudges are for speed alone: a replica looks for itself, too, every ``poll_s``, and
when it has not listened for a while. So nothing is lost with a nudge.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Never

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import conversions, tables
from stores.bells import Bell
from stores.database import Database
from stores.errors import StoreError
from stores.handled_keys import is_first
from stores.records import CallEventRecord


class EventOutcome(StrEnum):
    """What became of an event."""

    WAITING = ""
    DELIVERED = "delivered"
    UNCLAIMED = "unclaimed"
    """No replica held its call any more."""


class Nudges:
    """The way of events between replicas.

    Args:
        database: Where events are kept; open for as long as this is used.
        bell: Tells replicas that there is something to take.
        utc_now: The time of day, timezone-aware.
        poll_s: How often a replica that holds calls looks without being nudged, in seconds.
    """

    def __init__(self, database: Database, bell: Bell, *, utc_now: Callable[[], datetime], poll_s: float = 1.0) -> None:
        self._database = database
        self._bell = bell
        self._utc_now = utc_now
        self._poll_s = poll_s

    async def publish(
        self, call_id: str, kind: str, payload: Mapping[str, Any], *, key: str = ""
    ) -> CallEventRecord | None:
        """Keep an event, and nudge the replica that holds its call.

        Args:
            call_id: Whose event; events of one call are taken in the order in which they were published.
            kind: At most 64 characters.
            payload: What JSON can say.
            key: What comes again under this key, here or on another replica, was ``handled``; empty: it has none.

        Returns:
            The event; None when its key was handled before.

        Raises:
            StoreError: It was not kept.
        """
        unnumbered = CallEventRecord(0, call_id, kind, dict(payload), self._utc_now())
        row = {name: value for name, value in asdict(unnumbered).items() if name != "event_id"}
        adding = insert(tables.call_events).values(**row, outcome=EventOutcome.WAITING.value, settled_by="")

        async def work(connection: AsyncConnection) -> CallEventRecord | None:
            if key and not await self._is_first(connection, key):
                return None
            # Numbers are given before the commit: without the lock a later one could be seen earlier.
            await self._database.lock(connection, f"events {call_id}")
            added = await connection.execute(adding.returning(tables.call_events.c.event_id))
            await self._bell.ring(connection, call_id)
            return replace(unnumbered, event_id=added.scalar_one())

        event = await self._database.write(work)
        if event is not None:
            self._bell.rung(call_id)
        return event

    async def is_first(self, key: str) -> bool:
        """Whether nobody has handled this key before, on any replica; from now on it is handled."""
        return await self._database.write(lambda connection: self._is_first(connection, key))

    async def deliver(
        self,
        replica_id: str,
        *,
        holds: Callable[[], Collection[str]],
        take: Callable[[CallEventRecord], object],
    ) -> Never:
        """Take the events of the calls that a replica holds, until cancelled. For one task of each replica.

        While the store is away nothing is taken, and nothing is lost.

        Args:
            replica_id: Of this replica; no other has it.
            holds: The ids of the calls that are up here.
            take: Is given each event, once; returns at once and does not raise.
        """
        nudged = asyncio.Event()

        def heard(call_id: str) -> None:
            if not call_id or call_id in holds():
                nudged.set()

        claim, is_in_doubt = _new_claim(replica_id), False
        async with self._bell.listening(heard):
            while True:
                nudged.clear()
                held = tuple(holds())
                try:
                    events = await self._taken(held, claim) if held or is_in_doubt else []
                except StoreError:
                    # It may have been marked all the same: under the same claim it is found again.
                    is_in_doubt = True
                else:
                    is_in_doubt = False
                    if events:
                        claim = _new_claim(replica_id)
                    for event in events:
                        take(event)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_s):
                        await nudged.wait()

    async def settle_unclaimed(self, *, older_than: timedelta) -> list[CallEventRecord]:
        """Give up the events that nobody has taken for so long, and whose calls are not up any more.

        Returns:
            Those that were given up by this very call; they are kept.
        """
        events, calls, now = tables.call_events, tables.calls, self._utc_now()
        is_up = exists().where(calls.c.call_id == events.c.call_id, calls.c.ended_at.is_(None))
        giving_up = (
            update(events)
            .where(events.c.outcome == EventOutcome.WAITING.value, events.c.published_at < now - older_than, ~is_up)
            .values(outcome=EventOutcome.UNCLAIMED.value, settled_at=now)
            .returning(events)
        )

        async def work(connection: AsyncConnection) -> list[CallEventRecord]:
            rows = (await connection.execute(giving_up)).mappings()
            return sorted((conversions.call_event_record({**row}) for row in rows), key=lambda event: event.event_id)

        return await self._database.write(work)

    async def forget(self, before: datetime) -> int:
        """Delete the events that were settled, and the keys that were handled, before a moment; how many events."""
        deleting = delete(tables.call_events).where(tables.call_events.c.settled_at < before)
        old_keys = delete(tables.handled_keys).where(tables.handled_keys.c.handled_at < before)

        async def work(connection: AsyncConnection) -> int:
            await connection.execute(old_keys)
            return (await connection.execute(deleting)).rowcount

        return await self._database.write(work)

    async def _is_first(self, connection: AsyncConnection, key: str) -> bool:
        return await is_first(self._database, connection, key, at=self._utc_now())

    async def _taken(self, held: Collection[str], claim: str) -> list[CallEventRecord]:
        """Mark what waits for these calls as delivered under a claim; all that has it, in order."""
        events = tables.call_events
        is_waiting = (events.c.outcome == EventOutcome.WAITING.value) & events.c.call_id.in_(held)
        anything = select(events.c.event_id).where(is_waiting | (events.c.settled_by == claim)).limit(1)
        # Most looks find nothing: they disturb no writer.
        if await self._database.read(lambda connection: connection.scalar(anything)) is None:
            return []
        marking = (
            update(events)
            .where(is_waiting)
            .values(outcome=EventOutcome.DELIVERED.value, settled_at=self._utc_now(), settled_by=claim)
        )
        claimed = select(events).where(events.c.settled_by == claim).order_by(events.c.event_id)

        async def work(connection: AsyncConnection) -> list[CallEventRecord]:
            await connection.execute(marking)
            return [conversions.call_event_record({**row}) for row in (await connection.execute(claimed)).mappings()]

        return await self._database.write(work)


def _new_claim(replica_id: str) -> str:
    """The mark of one look: never the same again, though a replica begins anew."""
    return f"{replica_id}/{uuid.uuid4().hex}"
