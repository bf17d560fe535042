"""A line between two files: one is played as if somebody spoke, the other takes what they would hear.

It goes by the clock, as a call does: a frame comes in every 20 ms, and a frame of what
was sent is played in the same moment, or silence. When the file is over there is
silence, until whoever holds the conversation hangs up.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import numpy as np

from media.errors import LineClosed
from media.frames import BYTES_PER_SAMPLE, FRAME_MS, frame_samples, sample_count
from media.level import PeakMeter
from media.line import AudioReceived, LineEvent, LineOpened
from media.play_queue import PlayQueue

RATE_HZ: Final = 16_000
_QUEUED_S = 60
"""Overflow rule of ``PlayQueue``; playout sends a fraction of a second ahead."""


class FileOutput:
    """What is played, gathered for ``media.wav_file``. Bounded by whoever writes it once a second.

    Args:
        both_sides: Two channels: what came in left, what was played right. Else one: what was played.
    """

    def __init__(self, *, both_sides: bool) -> None:
        self.sample_rate_hz = RATE_HZ
        self.channels = 2 if both_sides else 1
        self._sound = bytearray()

    def add(self, came_in: bytes, played: bytes) -> None:
        """Take what there was in the same moment."""
        if self.channels == 1:
            self._sound += played
            return
        stereo = np.empty((sample_count(played), 2), dtype="<i2")
        stereo[:, 0], stereo[:, 1] = np.frombuffer(came_in, "<i2"), np.frombuffer(played, "<i2")
        self._sound += stereo.tobytes()

    def take(self) -> bytes:
        """What has come since the last time."""
        taken, self._sound = bytes(self._sound), bytearray()
        return taken

    def finish(self) -> bytes:
        """The rest."""
        return self.take()


class FileLine:
    """A ``media.line.Line`` whose caller is a recording.

    Args:
        pcm: What the caller says: 16 kHz, 16 bits, mono.
        now: Monotonic seconds.
        sleep: Waits for so many seconds of that clock.
        output: Takes what is played; None: nobody.
        on_frame: Told after each frame.
    """

    def __init__(
        self,
        pcm: bytes,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
        output: FileOutput | None = None,
        on_frame: "Callable[[FileLine], None]" = lambda line: None,
    ) -> None:
        self._pcm = pcm
        self._now = now
        self._sleep = sleep
        self._output = output
        self._on_frame = on_frame
        self._queue = PlayQueue(_QUEUED_S * RATE_HZ)
        self._frames = 0
        self._quiet_frames = 0
        self._is_closed = False
        self.heard, self.played = PeakMeter(), PeakMeter()
        """Levels, both ways."""

    @property
    def sample_rate_hz(self) -> int:
        """Always 16 kHz."""
        return RATE_HZ

    @property
    def silent_s(self) -> float:
        """Since when the file is over and nothing is played either; 0 before."""
        return self._quiet_frames * FRAME_MS / 1000

    @property
    def over_s(self) -> float:
        """Since when the file is over; 0 before."""
        return max(0.0, self._frames * FRAME_MS / 1000 - sample_count(self._pcm) / RATE_HZ)

    async def events(self) -> AsyncIterator[LineEvent]:
        """A frame each 20 ms, until closed."""
        began = self._now()
        yield LineOpened(RATE_HZ)
        while not self._is_closed:
            # From the beginning on, so that no wait that was too long adds to the next.
            wait_s = began + (self._frames + 1) * FRAME_MS / 1000 - self._now()
            if wait_s > 0:
                await self._sleep(wait_s)
            if not self._is_closed:
                yield AudioReceived(self._next_frame())

    def _next_frame(self) -> bytes:
        samples = frame_samples(RATE_HZ)
        size = samples * BYTES_PER_SAMPLE
        came_in = self._pcm[self._frames * size : (self._frames + 1) * size].ljust(size, b"\0")
        self._frames += 1
        has_sound = self._queue.samples > 0
        played = self._queue.take(samples)
        self._quiet_frames = self._quiet_frames + 1 if self.over_s and not has_sound else 0
        if self._output is not None:
            self._output.add(came_in, played)
        self.heard.take(came_in)
        self.played.take(played)
        self._on_frame(self)
        return came_in

    async def send_audio(self, pcm: bytes) -> None:
        """Play it after everything sent before.

        Raises:
            LineClosed: It was closed.
        """
        self._refuse_if_closed()
        self._queue.put(pcm)

    async def stop_audio(self) -> None:
        """Do not play what has not been played.

        Raises:
            LineClosed: It was closed.
        """
        self._refuse_if_closed()
        self._queue.clear()

    async def close(self) -> None:
        """Let ``events`` end. Idempotent."""
        self._is_closed = True

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise LineClosed("the line is closed")
