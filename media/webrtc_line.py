"""The line of a WebRTC connection: 16 kHz mono, whatever its sound was on the way."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

import numpy as np
from av import AudioFrame
from numpy.typing import NDArray

from media.errors import LineClosed
from media.frames import frame_samples
from media.line import AudioReceived, DigitReceived, LineEvent, LineOpened, MessageRejected, Rejection
from media.thirds import ToThird
from media.webrtc_track import LINE_RATE_HZ, SENT_RATE_HZ, PacedTrack

_WAITING_MAX = 256
"""Overflow rule: the oldest is dropped and counted. Five seconds of sound: a loop that stands still so long has lost
more than these."""
_FILLED_MAX_S = 4
"""A longer gap is no loss: the other side was away."""
_DIGITS = frozenset("0123456789*#ABCD")
_FRAME = frame_samples(SENT_RATE_HZ)


class WebRtcLine:
    """A ``media.line.Line``; whoever has the connection brings it what comes in.

    Args:
        track: What we say.
        on_closed: Is told once, when the line is closed.
    """

    def __init__(self, track: PacedTrack, *, on_closed: Callable[[], None] = lambda: None) -> None:
        self._track = track
        self._on_closed = on_closed
        self._to_16_khz = ToThird()
        self._waiting: deque[LineEvent] = deque()
        self._news = asyncio.Event()
        self._next_pts: int | None = None
        self._rest: NDArray[np.int16] = np.zeros(0, dtype=np.int16)
        self.is_closed = False
        self.dropped_events = 0

    @property
    def sample_rate_hz(self) -> int:
        """Of the line, both ways."""
        return LINE_RATE_HZ

    # -- what comes in ----------------------------------------------------------------------

    def hear(self, frame: AudioFrame) -> None:
        """Take decoded sound: 16 bit, 48 kHz. What was lost before it is filled with silence: positions stay true."""
        pts = frame.pts or 0
        missing = 0 if self._next_pts is None else pts - self._next_pts
        self._next_pts = pts + frame.samples
        if 0 < missing <= _FILLED_MAX_S * SENT_RATE_HZ:
            self._hear(np.zeros(missing, dtype=np.int16))
        # Packed: the samples of the channels by turns.
        channels = np.asarray(frame.to_ndarray(), dtype=np.int16).reshape(-1, len(frame.layout.channels))
        self._hear(channels[:, 0] if channels.shape[1] == 1 else channels.mean(axis=1).astype(np.int16))

    def _hear(self, samples: NDArray[np.int16]) -> None:
        if self._rest.size:
            samples = np.concatenate((self._rest, samples))
        whole = samples.size - samples.size % _FRAME
        for start in range(0, whole, _FRAME):
            self._put(AudioReceived(self._to_16_khz.feed(samples[start : start + _FRAME])))
        self._rest = samples[whole:]

    def key(self, message: str | bytes) -> None:
        """Take a message of the data channel: one key."""
        if isinstance(message, bytes):
            self._put(MessageRejected(Rejection.BINARY, "on the channel of the keys"))
        elif message not in _DIGITS:
            detail = f"{len(message)} characters on the channel of the keys"
            self._put(MessageRejected(Rejection.BAD_DIGIT, detail))
        else:
            self._put(DigitReceived(message))

    def _put(self, event: LineEvent) -> None:
        if len(self._waiting) >= _WAITING_MAX:
            self._waiting.popleft()
            self.dropped_events += 1
        self._waiting.append(event)
        self._news.set()

    async def events(self) -> AsyncIterator[LineEvent]:
        """What comes in, until the line is closed."""
        yield LineOpened(LINE_RATE_HZ)
        while not self.is_closed:
            while self._waiting and not self.is_closed:
                yield self._waiting.popleft()
            self._news.clear()
            if not self.is_closed:
                await self._news.wait()

    # -- what goes out ----------------------------------------------------------------------

    async def send_audio(self, pcm: bytes) -> None:
        """Queue sound; it leaves at the pace at which it is heard.

        Raises:
            LineClosed: The line was closed.
        """
        self._refuse_if_closed()
        self._track.put(pcm)

    async def stop_audio(self) -> None:
        """Drop what has not left.

        Raises:
            LineClosed: The line was closed.
        """
        self._refuse_if_closed()
        self._track.clear()

    async def close(self) -> None:
        """Nothing comes or goes any more, but for what was queued. Idempotent."""
        if self.is_closed:
            return
        self.is_closed = True
        self._news.set()
        self._on_closed()

    def _refuse_if_closed(self) -> None:
        if self.is_closed:
            raise LineClosed("the line is closed")
