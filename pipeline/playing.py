"""The async shell around playout: sends frames when they are due, and stops at once."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from media.clock import LineClock
from media.errors import LineClosed
from media.frames import samples_in
from media.line import Line
from media.playout import FrameSent, Heard, Playout
from media.recording import StereoRecording
from pipeline.speak import SpokenPiece

_QUEUED_MAX_MS = 30_000
"""Overflow rule: the voice waits. What is synthesised too early may never be heard."""
_CONTIGUOUS_MS = 5


class Playing:
    """What one call hears. Times are the shell's monotonic seconds."""

    def __init__(
        self,
        line: Line,
        *,
        clock: LineClock,
        recording: StereoRecording | None,
        now: Callable[[], float],
        lead_ms: int,
        clock_rate_hz: int,
        on_audible: Callable[[float], Awaitable[None]],
        on_drained: Callable[[], Awaitable[None]],
    ) -> None:
        self._line = line
        self._playout = Playout(sample_rate_hz=line.sample_rate_hz, lead_ms=lead_ms)
        self._clock = clock
        self._recording = recording
        self._now = now
        self._record_scale = line.sample_rate_hz / clock_rate_hz
        self._contiguous = samples_in(_CONTIGUOUS_MS, line.sample_rate_hz)
        self._on_audible = on_audible
        self._on_drained = on_drained
        self._wake = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._wire = asyncio.Lock()
        self._is_complete = False
        self._recorded_until = 0
        self.frames_out = 0

    def begin_reply(self) -> None:
        """What is queued from here on is one reply."""
        self._playout.begin_reply()
        self._is_complete = False

    async def queue(self, piece: SpokenPiece) -> None:
        """Queue sound of the reply; waits while half a minute of it is queued."""
        await self._has_room.wait()
        self._playout.queue(piece.pcm, piece.words, first_audible_sample=piece.first_audible_sample)
        if self._playout.queued_ms > _QUEUED_MAX_MS:
            self._has_room.clear()
        self._wake.set()

    def complete_reply(self) -> None:
        """The reply is whole: say when it has been heard."""
        self._is_complete = True
        self._wake.set()

    def heard(self) -> Heard:
        """What has been heard of the reply."""
        return self._playout.heard(self._now())

    async def stop(self) -> Heard:
        """Silence: take back what has not been heard. No frame leaves after the stop order."""
        self._is_complete = False
        async with self._wire:
            now = self._now()
            heard = self._playout.flush(now)
            self._has_room.set()
            if heard.unplayed_samples or heard.unheard_text:
                if self._recording is not None:
                    self._recording.take_back(self._record_position(now))
                await self._line.stop_audio()
        return heard

    async def run(self) -> None:
        """Send frames until cancelled, or until the line is gone."""
        while True:
            try:
                await self._send_due()
            except LineClosed:
                return  # whoever listens to the line says so
            await self._wait()

    async def _send_due(self) -> None:
        audible_at = None
        async with self._wire:
            while (frame := self._playout.take(self._now())) is not None:
                await self._line.send_audio(frame.pcm)
                self.frames_out += 1
                self._record(frame)
                audible_at = audible_at if frame.first_audible_at is None else frame.first_audible_at
        if audible_at is not None:
            await self._on_audible(audible_at)
        if self._playout.queued_ms < _QUEUED_MAX_MS / 2:
            self._has_room.set()

    async def _wait(self) -> None:
        deadline = self._playout.next_deadline()
        if deadline is None and self._is_complete:
            drains_at = self._playout.drains_at() or 0.0
            if drains_at <= self._now():
                self._is_complete = False
                await self._on_drained()
                return
            deadline = drains_at
        self._wake.clear()
        timeout_s = None if deadline is None else max(0.0, deadline - self._now())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._wake.wait()

    def _record(self, frame: FrameSent) -> None:
        if self._recording is None:
            return
        position = self._record_position(frame.starts_at)
        if abs(position - self._recorded_until) <= self._contiguous:
            position = self._recorded_until  # the clock breathes; the sound does not
        self._recording.assistant(position, frame.pcm)
        self._recorded_until = position + len(frame.pcm) // 2

    def _record_position(self, at: float) -> int:
        return round(self._clock.sample_at(at) * self._record_scale)
