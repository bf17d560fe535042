"""One process at a time has the turn; when it dies, another one may take it."""

import asyncio
import contextlib
import sys
from pathlib import Path

import pytest

from stores.backend import backend_of
from stores.errors import StoreUnavailable
from stores.single import PostgresTurn, turn_of

HOLDER = """
import asyncio, sys
from stores.backend import backend_of
from stores.single import turn_of

async def main():
    turn = turn_of(backend_of(sys.argv[1]), "work")
    print(await turn.take(), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a schema: a turn needs none."""
    found: str = (
        request.getfixturevalue("empty_postgres_url") if request.param == "postgres" else f"sqlite:///{tmp_path}/x.db"
    )
    return found


async def test_one_has_the_turn(url: str) -> None:
    """Whoever else wants it waits until it is left; other turns are other turns."""
    first, second, other = (turn_of(backend_of(url), name) for name in ("work", "work", "else"))
    assert await first.take()
    assert await first.take()
    assert await first.is_held()
    assert not await second.take()
    assert not await second.is_held()
    assert await other.take()
    await first.leave()
    await first.leave()
    assert not await first.is_held()
    assert await second.take()
    await second.leave()
    await other.leave()


async def test_a_process_that_dies_leaves_its_turn(url: str) -> None:
    """At once, though nobody could say so."""
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLDER, url), cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE
    )
    turn = turn_of(backend_of(url), "work")
    try:
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"True\n"
        assert not await turn.take()
    finally:
        with contextlib.suppress(ProcessLookupError):
            holder.kill()
        await holder.communicate()
    async with asyncio.timeout(60):
        while not await turn.take():
            await asyncio.sleep(0.02)
    await turn.leave()


async def test_a_connection_that_breaks_ends_the_turn(empty_postgres_url: str) -> None:
    """It is noticed when asked, and the turn can be taken again."""
    backend = backend_of(empty_postgres_url)
    turn, other = turn_of(backend, "work"), turn_of(backend, "work")
    assert isinstance(turn, PostgresTurn)
    assert await turn.take()
    assert turn._connection is not None
    await turn._connection.close()
    assert not await turn.is_held()
    assert await other.take()
    await other.leave()


async def test_a_database_that_is_away(tmp_path: Path) -> None:
    """That is said; nobody has the turn."""
    for url in ("postgresql://nobody@127.0.0.1:1/none", f"sqlite:///{tmp_path}/no/folder.db"):
        turn = turn_of(backend_of(url), "work")
        with pytest.raises(StoreUnavailable):
            await turn.take()
        assert not await turn.is_held()
