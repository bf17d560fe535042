"""Keys of what was handled: what comes again under its key, on whichever replica, is not handled again."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import tables
from stores.database import Database


async def is_first(database: Database, connection: AsyncConnection, key: str, *, at: datetime) -> bool:
    """Whether nobody has handled this key before; if the transaction succeeds, it is handled from now on.

    Args:
        database: Whose keys.
        connection: Of a transaction of it that writes.
        key: Longer ones are cut: whoever made them did not mean two to differ in the last letter only.
        at: Now, timezone-aware.
    """
    keys, key = tables.handled_keys, key[: tables.LONGEST_KEY]
    await database.lock(connection, f"key {key}")
    if await connection.scalar(select(keys.c.key).where(keys.c.key == key)) is not None:
        return False
    await connection.execute(insert(keys).values(key=key, handled_at=at))
    return True
