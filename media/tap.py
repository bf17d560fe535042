"""A tap on a call: others hear both sides as the caller hears them, and may speak in the place of our voice.

The caller's sound and ours come as they go to the recording: ours ahead of time, with its place on
the caller's time line, and perhaps taken back. What is heard is mixed when the caller's sound of
that place is there. As long as nobody listens, nothing is kept: whoever brings sound asks
``is_used`` first, and that is all that a call pays.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

import numpy as np

from media.frames import BYTES_PER_SAMPLE, sample_count
from media.resample import Resampler

HEARD_RATE_HZ = 16_000
"""Of what listeners hear, and of what is spoken in our place."""
_WAITING_MAX_FRAMES = 50
"""Overflow rule: the oldest is dropped and counted. A second: who is later than that listens to another moment."""
_AHEAD_MAX_PIECES = 100
"""Overflow rule: the oldest is dropped. Playout is never more than 200 ms ahead."""


class Listener:
    """Somebody who listens. Made by ``Tap.listen``."""

    def __init__(self, leave: Callable[["Listener"], None]) -> None:
        self._leave = leave
        self._waiting: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._to_heard: Resampler | None = None
        self._is_closed = False
        self.hears_ours = True
        """False for whoever speaks in our place: nobody wants to hear themselves, late."""
        self.dropped_frames = 0

    def put(self, pcm: bytes, *, rate_hz: int) -> None:
        """Queue sound."""
        if self._to_heard is None:
            self._to_heard = Resampler(from_hz=rate_hz, to_hz=HEARD_RATE_HZ)
        if len(self._waiting) >= _WAITING_MAX_FRAMES:
            self._waiting.popleft()
            self.dropped_frames += 1
        self._waiting.append(self._to_heard.feed(pcm))
        self._news.set()

    async def sound(self) -> AsyncIterator[bytes]:
        """What is heard, at ``HEARD_RATE_HZ``; after ``close`` what waits, and then the end."""
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            if self._is_closed:
                return
            self._news.clear()
            await self._news.wait()

    def close(self) -> None:
        """Listen no more. Idempotent."""
        self._is_closed = True
        self._news.set()
        self._leave(self)


class Tap:
    """The tap of one call. Positions are samples of the caller's sound, at the line's rate."""

    def __init__(self) -> None:
        self._rate_hz = HEARD_RATE_HZ
        self._speak: Callable[[bytes], None] | None = None
        self._listeners: list[Listener] = []
        self._ours: deque[tuple[int, bytes]] = deque(maxlen=_AHEAD_MAX_PIECES)
        self.is_used = False

    def connect(self, *, rate_hz: int, speak: Callable[[bytes], None]) -> None:
        """The line is open: this is its rate, and there goes what is spoken in our place."""
        self._rate_hz, self._speak = rate_hz, speak

    # -- from the call ----------------------------------------------------------------------

    def caller(self, end_sample: int, pcm: bytes) -> None:
        """The caller has said this, up to before this sample: so much is heard now."""
        start = end_sample - sample_count(pcm)
        mixed = self._mixed(start, pcm)
        for listener in self._listeners:
            listener.put(mixed if listener.hears_ours else pcm, rate_hz=self._rate_hz)

    def ours(self, start_sample: int, pcm: bytes) -> None:
        """The caller will hear this of us from this sample on."""
        self._ours.append((start_sample, pcm))

    def take_back(self, from_sample: int) -> None:
        """What was to be heard from this sample on is not."""
        kept = [(start, pcm[: max(0, from_sample - start) * BYTES_PER_SAMPLE]) for start, pcm in self._ours]
        self._ours = deque(((start, pcm) for start, pcm in kept if pcm), maxlen=_AHEAD_MAX_PIECES)

    def _mixed(self, start: int, pcm: bytes) -> bytes:
        end = start + sample_count(pcm)
        mixed: np.ndarray[tuple[int], np.dtype[np.int32]] | None = None
        for ours_start, ours in self._ours:
            ours_end = ours_start + sample_count(ours)
            first, last = max(start, ours_start), min(end, ours_end)
            if first >= last:
                continue
            if mixed is None:
                mixed = np.frombuffer(pcm, dtype="<i2").astype(np.int32)
            part = np.frombuffer(ours, dtype="<i2")[first - ours_start : last - ours_start]
            mixed[first - start : last - start] += part
        while self._ours and self._ours[0][0] + sample_count(self._ours[0][1]) <= end:
            self._ours.popleft()
        return pcm if mixed is None else np.clip(mixed, -32_768, 32_767).astype("<i2").tobytes()

    # -- from outside -------------------------------------------------------------------------

    def listen(self) -> Listener:
        """Listen from now on, until the listener is closed."""
        listener = Listener(self._left)
        if not self._listeners:
            self._ours.clear()  # of a time when nobody took it off again
        self._listeners.append(listener)
        self.is_used = True
        return listener

    def speak(self, pcm: bytes) -> None:
        """Say this in the place of our voice, at ``HEARD_RATE_HZ``; nothing as long as the call lets nobody."""
        if self._speak is not None:
            self._speak(pcm)

    def _left(self, listener: Listener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)
        self.is_used = bool(self._listeners)
