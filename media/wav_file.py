"""A WAV file that grows while a call runs; every write is done off the event loop."""

import asyncio
import wave
from pathlib import Path
from threading import Lock
from typing import Protocol

_WRITE_EVERY_S = 1.0


class GrowingSound(Protocol):
    """16-bit PCM that becomes final bit by bit, the samples of all channels in turn."""

    @property
    def sample_rate_hz(self) -> int:
        """It never changes."""

    @property
    def channels(self) -> int:
        """It never changes."""

    def take(self) -> bytes:
        """What has become final since the last time (may be empty)."""

    def finish(self) -> bytes:
        """The rest."""


class WavFile:
    """The file of one recording. The header is right after every write."""

    def __init__(self, path: Path, recording: GrowingSound) -> None:
        self.path = path
        self._recording = recording
        self._file: wave.Wave_write | None = None
        self._unwritten = b""
        self._is_over = False
        # A thread cannot be cancelled: the end comes after what it is about, not amid it.
        self._turn = Lock()

    async def run(self) -> None:
        """Write what becomes final, once a second, until cancelled; then the rest.

        Raises:
            OSError: The disk is full or the folder is not there.
        """
        try:
            await asyncio.to_thread(self._open)
            while True:
                await asyncio.sleep(_WRITE_EVERY_S)
                self._unwritten = self._recording.take()
                await asyncio.to_thread(self._write)
        except asyncio.CancelledError:
            # On the loop: it is short, and must not be lost.
            self._open()
            self._write()
            self._unwritten = self._recording.finish()
            self._write()
            raise
        finally:
            self._close()

    def _open(self) -> None:
        with self._turn:
            if self._file is not None or self._is_over:
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = wave.Wave_write(str(self.path))
            file.setnchannels(self._recording.channels)
            file.setsampwidth(2)
            file.setframerate(self._recording.sample_rate_hz)
            self._file = file

    def _write(self) -> None:
        with self._turn:
            stereo, self._unwritten = self._unwritten, b""
            if self._file is not None and stereo:
                self._file.writeframes(stereo)

    def _close(self) -> None:
        with self._turn:
            self._is_over = True
            if self._file is not None:
                self._file.close()
                self._file = None
