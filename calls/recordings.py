"""The telephone service's recordings of calls: fetched when they are ready, kept beside ours, linked to their calls.

A recording ``<call_id>.service.wav`` lies in the folder of recordings; further parts of it
are ``<call_id>.service-1.wav`` and so on.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from calls.errors import RecordingLost
from calls.incoming import RecordingFile
from calls.requests import Requests
from stores.store import Store


class RecordingSource(Protocol):
    """Where recordings are to be had."""

    def fetch(self, location: str) -> AsyncIterator[bytes]:
        """The file at an address that the service gave, piece by piece.

        Raises:
            calls.errors.RecordingLost: It is not there, or the address is none of the service's.
        """


class ServiceRecordings:
    """Takes word of files that are ready.

    Args:
        source: Where they are to be had.
        store: Knows whose they are.
        folder: Where they go.
        requests: Where the tasks belong; its time limit is that of one whole recording.
    """

    def __init__(self, source: RecordingSource, store: Store, folder: Path, requests: Requests) -> None:
        self._source = source
        self._store = store
        self._folder = folder
        self._requests = requests
        self._busy: set[str] = set()
        """Recordings that are being fetched: the same word may come twice. As many as tasks run."""

    def ready(self, file: RecordingFile) -> None:
        """A recording is over and can be fetched. Returns at once."""
        if self._requests.is_open and file.recording_id not in self._busy:
            self._busy.add(file.recording_id)
            self._requests.start("fetch recording", self._fetch(file))

    async def _fetch(self, file: RecordingFile) -> None:
        """Root of a task."""
        try:
            await self._requests.tried("", self._keep(file), stage="recording")
        finally:
            self._busy.discard(file.recording_id)

    async def _keep(self, file: RecordingFile) -> None:
        record = await self._store.recording_of(file.recording_id)
        if record is None:
            raise RecordingLost("nobody here has started this recording")
        if record.file_name or not file.content_locations:
            return  # fetched before
        name = f"{record.call_id}.service.wav"
        for part, location in enumerate(file.content_locations):
            path = self._folder / (name if part == 0 else f"{record.call_id}.service-{part}.wav")
            await self._write(path, location)
        await self._store.file_recording(record.call_id, record.recording_id, file_name=name)

    async def _write(self, path: Path, location: str) -> None:
        """Nothing stands under the name before the whole file does."""
        unfinished = path.with_suffix(".part")
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        file = await asyncio.to_thread(unfinished.open, "wb")
        try:
            async for piece in self._source.fetch(location):
                await asyncio.to_thread(file.write, piece)
            await asyncio.to_thread(file.close)
            await asyncio.to_thread(unfinished.replace, path)
        finally:
            file.close()
            unfinished.unlink(missing_ok=True)
