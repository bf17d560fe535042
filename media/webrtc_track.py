"""What we say over WebRTC: a track that gives sound at the pace at which it is heard."""

import asyncio
from collections import deque
from collections.abc import Callable
from fractions import Fraction

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame

from media.frames import BYTES_PER_SAMPLE, FRAME_MS, duration_ms, frame_bytes, frame_samples
from media.thirds import ToTriple

LINE_RATE_HZ = 16_000
SENT_RATE_HZ = 48_000
"""Of Opus."""

_QUEUED_MAX_MS = 1_000
"""Overflow rule: the oldest is dropped and counted. Playout is never more than 200 ms ahead."""
_LATE_MAX_S = 0.2
"""What is later is not caught up with: the other side has heard silence meanwhile."""
_FRAME_S = FRAME_MS / 1000
_TIME_BASE = Fraction(1, SENT_RATE_HZ)


class PacedTrack(MediaStreamTrack):
    """One frame of 20 ms for every 20 ms: what was put, or silence.

    Frames leave on a grid of 20 ms that begins with the first one. Sound that is put
    between two of them waits for the next: 10 ms in the mean.

    Args:
        now: Seconds that never go back, in step with the loop's timers.
    """

    kind = "audio"

    def __init__(self, *, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._is_drained = asyncio.Event()
        self._is_drained.set()
        self._to_48_khz = ToTriple()
        self._due: float | None = None
        self._sent_samples = 0
        self.dropped_frames = 0
        """Of those that were put."""

    @property
    def queued_ms(self) -> float:
        """Sound that waits."""
        return duration_ms(self._queued_bytes // BYTES_PER_SAMPLE, LINE_RATE_HZ)

    def put(self, pcm: bytes) -> None:
        """Add sound at 16 kHz."""
        if not pcm:
            return
        self._queue.append(pcm)
        self._queued_bytes += len(pcm)
        self._is_drained.clear()
        while self.queued_ms > _QUEUED_MAX_MS:
            self._queued_bytes -= len(self._queue.popleft())
            self.dropped_frames += 1

    def clear(self) -> None:
        """Drop what has not left."""
        self._queue.clear()
        self._queued_bytes = 0
        self._is_drained.set()

    async def drained(self) -> None:
        """Return when everything that was put has left, or was dropped."""
        await self._is_drained.wait()

    async def recv(self) -> AudioFrame:
        """The next frame, when it is due; for aiortc alone.

        Raises:
            MediaStreamError: The track was stopped.
        """
        if self.readyState != "live":
            raise MediaStreamError
        now = self._now()
        if self._due is None or now - self._due > _LATE_MAX_S:
            self._due = now
        if self._due > now:
            await asyncio.sleep(self._due - now)
        self._due += _FRAME_S
        frame = AudioFrame(format="s16", layout="mono", samples=frame_samples(SENT_RATE_HZ))
        frame.planes[0].update(self._to_48_khz.feed(self._take()))
        frame.sample_rate = SENT_RATE_HZ
        frame.time_base = _TIME_BASE
        frame.pts = self._sent_samples
        self._sent_samples += frame.samples
        return frame

    def _take(self) -> bytes:
        """One frame at 16 kHz; what is missing is silence."""
        size = frame_bytes(LINE_RATE_HZ)
        if self._queue and len(self._queue[0]) == size:
            taken = self._queue.popleft()
        else:
            joined = b"".join(self._queue)
            taken, rest = joined[:size], joined[size:]
            self._queue.clear()
            if rest:
                self._queue.append(rest)
        self._queued_bytes -= len(taken)
        if not self._queue:
            self._is_drained.set()
        return taken.ljust(size, b"\0")
