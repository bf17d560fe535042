"""The service's recordings, fetched and linked."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

from calls.errors import RecordingLost
from calls.incoming import RecordingFile
from calls.recordings import ServiceRecordings
from calls.requests import Requests
from stores.records import RecordingRecord
from tests.support.fake_store import FakeStore
from tests.support.telephone import NOW, Notes

FILE = RecordingFile("rec-1", ("https://there/0", "https://there/1"))


class Known(FakeStore):
    """A store that knows one recording."""

    record: RecordingRecord | None = RecordingRecord("c1", "rec-1", NOW)

    async def recording_of(self, recording_id: str) -> RecordingRecord | None:
        return self.record


class Source:
    """Gives what is asked for, piece by piece; a second time it breaks off."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.asked: list[str] = []
        self._breaks = breaks

    async def fetch(self, location: str) -> AsyncIterator[bytes]:
        self.asked.append(location)
        yield b"half of "
        if self._breaks:
            raise RecordingLost("broken by the test")
        yield location.encode()


async def fetched(source: Source, store: Known, folder: Path, *, times: int = 1) -> Notes:
    """Say so often that the file is ready, and wait until it is here."""
    notes = Notes()
    async with Requests(notes, timeout_s=30.0, utc_now=lambda: NOW) as requests:
        recordings = ServiceRecordings(source, store, folder, requests)
        for _ in range(times):
            recordings.ready(FILE)
        await requests.settled()
    return notes


async def test_a_recording_is_fetched_and_linked(tmp_path: Path) -> None:
    """All its parts are in the folder, and the store knows the name; the same word twice fetches once."""
    source, store = Source(), Known()
    notes = await fetched(source, store, tmp_path / "new", times=2)
    assert notes.failures == []
    assert source.asked == list(FILE.content_locations)
    assert (tmp_path / "new" / "c1.service.wav").read_bytes() == b"half of https://there/0"
    assert (tmp_path / "new" / "c1.service-1.wav").read_bytes() == b"half of https://there/1"
    assert store.rows == [("c1", "rec-1", "c1.service.wav")]


async def test_half_a_file_is_none(tmp_path: Path) -> None:
    """What broke off leaves nothing in the folder, and is reported."""
    store = Known()
    notes = await fetched(Source(breaks=True), store, tmp_path)
    assert notes.failures == ["RecordingLost"]
    assert os.listdir(tmp_path) == []
    assert store.rows == []


async def test_what_is_here_already_is_not_fetched_again(tmp_path: Path) -> None:
    """Event Grid repeats itself."""
    source, store = Source(), Known()
    store.record = RecordingRecord("c1", "rec-1", NOW, "c1.service.wav")
    assert (await fetched(source, store, tmp_path)).failures == []
    assert source.asked == []


async def test_a_recording_of_nobody(tmp_path: Path) -> None:
    """A file that no call of ours has asked for is not fetched."""
    source, store = Source(), Known()
    store.record = None
    assert (await fetched(source, store, tmp_path)).failures == ["RecordingLost"]
    assert source.asked == []
