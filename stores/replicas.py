"""Who is alive. Each process that holds calls is a replica, and says now and then that it is there.

A call whose replica has not been seen for long is lost: whoever notices first ends it in
the store, once. The replicas' clocks must agree much better than that.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import tables
from stores.database import Database
from stores.records import REPLICA_LOST

_OLD_CALL = timedelta(days=1)
"""Calls of a version that told no replica: none lasts as long."""


class Replicas:
    """Knows which replicas are alive. Every method may raise ``stores.errors.StoreError``.

    Args:
        database: Open for as long as this is used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seen(self, replica_id: str, *, now: datetime) -> None:
        """Note that this replica is alive."""
        replicas = tables.replicas

        async def work(connection: AsyncConnection) -> None:
            is_it = replicas.c.replica_id == replica_id
            known = await connection.execute(update(replicas).where(is_it).values(seen_at=now))
            if not known.rowcount:
                await connection.execute(insert(replicas).values(replica_id=replica_id, seen_at=now))

        await self._database.write(work)

    async def left(self, replica_id: str) -> None:
        """Note that this replica has stopped, and holds no call any more."""
        gone = delete(tables.replicas).where(tables.replicas.c.replica_id == replica_id)

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(gone)

        await self._database.write(work)

    async def shared_key(self, name: str) -> bytes:
        """A key of 32 random bytes that all replicas share: whoever asks first makes it."""
        keys = tables.shared_keys
        query = select(keys.c.key).where(keys.c.name == name)

        async def work(connection: AsyncConnection) -> bytes:
            await self._database.lock(connection, f"key {name}")
            key: bytes | None = await connection.scalar(query)
            if key is None:
                key = secrets.token_bytes(32)
                await connection.execute(insert(keys).values(name=name, key=key))
            return bytes(key)

        return await self._database.write(work)

    async def close_lost(self, *, now: datetime, unseen_for: timedelta) -> list[str]:
        """End the calls of replicas that have left, or were not seen for so long.

        They ended when their replica was last seen, as far as is known.

        Returns:
            The ids of those that were ended by this very call, the oldest first.
        """
        calls, replicas = tables.calls, tables.replicas
        is_gone = or_(replicas.c.seen_at.is_(None), replicas.c.seen_at < now - unseen_for)
        is_lost = or_(
            and_(calls.c.replica_id != "", is_gone),
            and_(calls.c.replica_id == "", calls.c.started_at < now - _OLD_CALL),
        )
        query = (
            select(calls.c.call_id, calls.c.started_at, replicas.c.seen_at)
            .join(replicas, replicas.c.replica_id == calls.c.replica_id, isouter=True)
            .where(calls.c.ended_at.is_(None), is_lost)
            .order_by(calls.c.started_at)
            # Whoever else is just ending it need not be waited for.
            .with_for_update(of=calls, skip_locked=True)
        )
        forgotten = delete(replicas).where(replicas.c.seen_at < now - unseen_for)

        async def work(connection: AsyncConnection) -> list[str]:
            lost = (await connection.execute(query)).all()
            for call_id, started_at, seen_at in lost:
                ended_at = max(started_at, seen_at or started_at)
                await connection.execute(
                    update(calls).where(calls.c.call_id == call_id).values(ended_at=ended_at, end_reason=REPLICA_LOST)
                )
            await connection.execute(forgotten)
            return [call_id for call_id, _, _ in lost]

        return await self._database.write(work)
