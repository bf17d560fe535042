from collections.abc import AsyncIterator

import pytest

from stores.database import Database


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database of each kind, without calls."""
    database = await Database.open(database_url)
    yield database
    await database.close()
