"""What was handled once is not handled again."""

from stores import tables
from stores.database import Database
from stores.handled_keys import is_first
from tests.stores.contract import at


async def first(database: Database, key: str) -> bool:
    """Whether this is the first time, in a transaction of its own."""
    return await database.write(lambda connection: is_first(database, connection, key, at=at(0)))


async def test_only_the_first_is_the_first(database: Database) -> None:
    """Each key for itself; one that is too long is cut."""
    assert [await first(database, key) for key in ("a", "b", "a")] == [True, True, False]
    long = "x" * tables.LONGEST_KEY
    assert [await first(database, key) for key in (long, long + "y")] == [True, False]
