"""Calls are deleted with their recordings."""

from dataclasses import replace
from pathlib import Path

import pytest

from calls.deletion import DeletedCalls, Deletion
from stores.database import Database
from stores.erasure import Deleted, Erasure
from stores.errors import StoreUnavailable
from stores.sql import SqlStore
from tests.stores.contract import CALL, at


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """Recordings of three calls, in parts and unfinished, and other files."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    for name in ("a.wav", "a.service.wav", "a.service-1.wav", "a.service-2.part", "ab.wav", "b.wav", "up.wav", "x"):
        (folder / name).write_bytes(b"RIFF")
    return folder


@pytest.fixture
async def deletion(database: Database, recordings: Path) -> Deletion:
    """Calls of one number: "a" and "b" are over, "up" is not; "ab" is another number's."""
    store = SqlStore(database)
    for place, (call_id, number) in enumerate((("a", "+331"), ("b", "+331"), ("up", "+331"), ("ab", "+332"))):
        await store.add_call(replace(CALL, call_id=call_id, phone_number=number))
        await store.append_message(call_id, said_at=at(1), persona="caller", text="Hi.")
        if call_id != "up":
            await store.end_call(call_id, ended_at=at(60 + place), reason="caller_hung_up")
    return Deletion(Erasure(database), recordings)


def left(recordings: Path) -> set[str]:
    """The files that are there."""
    return {path.name for path in recordings.iterdir()}


async def test_a_number_is_erased(deletion: Deletion, recordings: Path, database: Database) -> None:
    """Its calls and every file of them, nobody else's; a call that is up is counted and left alone."""
    deleted = await deletion.of_number("+331")
    assert deleted == DeletedCalls(2, 5, {"calls": 2, "messages": 2}, still_up=1)
    assert left(recordings) == {"ab.wav", "up.wav", "x"}
    assert [history.call.call_id for history in await SqlStore(database).latest_calls()] == ["ab", "up"]
    assert await deletion.of_number("+331") == DeletedCalls(still_up=1)


async def test_old_calls_are_deleted(deletion: Deletion, recordings: Path) -> None:
    """Those that had ended before, and no others."""
    assert (await deletion.ended_before(at(60))).calls == 0
    assert (await deletion.ended_before(at(62))).calls == 2
    assert left(recordings) == {"ab.wav", "up.wav", "x"}


async def test_without_a_folder_of_recordings(database: Database, deletion: Deletion, tmp_path: Path) -> None:
    """Nothing was ever recorded: rows are deleted all the same."""
    assert (await Deletion(Erasure(database), tmp_path / "none").ended_before(at(999))).calls == 3


async def test_more_calls_than_are_deleted_at_once(database: Database, recordings: Path) -> None:
    """All of them go."""
    store = SqlStore(database)
    for number in range(101):
        call = replace(CALL, call_id=f"c{number}", phone_number="+334", ended_at=at(1), end_reason="x")
        await store.add_call(call)
    assert (await Deletion(Erasure(database), recordings).of_number("+334")).rows == {"calls": 101}


async def test_files_go_first(database: Database, deletion: Deletion, recordings: Path) -> None:
    """When the rows cannot be deleted, they are there to be found again."""

    class Away(Erasure):
        async def delete(self, call_ids: object) -> Deleted:
            raise StoreUnavailable("away")

    with pytest.raises(StoreUnavailable):
        await Deletion(Away(database), recordings).of_number("+331")
    assert "a.wav" not in left(recordings)
    assert (await deletion.of_number("+331")).calls == 2
