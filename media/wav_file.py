"""A WAV file that grows while a call runs; every write is done off the event loop."""

import asyncio
import wave
from pathlib import Path

from media.recording import StereoRecording

_WRITE_EVERY_S = 1.0


class WavFile:
    """The file of one stereo recording. The header is right after every write."""

    def __init__(self, path: Path, recording: StereoRecording) -> None:
        self.path = path
        self._recording = recording
        self._file: wave.Wave_write | None = None

    async def run(self) -> None:
        """Write what becomes final, once a second, until cancelled; then the rest.

        Raises:
            OSError: The disk is full or the folder is not there.
        """
        try:
            await asyncio.to_thread(self._open)
            while True:
                await asyncio.sleep(_WRITE_EVERY_S)
                await asyncio.to_thread(self._write, self._recording.take())
        finally:
            # A thread cannot be cancelled: the last write is short and must not be lost.
            self._write(self._recording.finish())
            self._close()

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = wave.Wave_write(str(self.path))
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(self._recording.sample_rate_hz)
        self._file = file

    def _write(self, stereo: bytes) -> None:
        if self._file is not None and stereo:
            self._file.writeframes(stereo)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
