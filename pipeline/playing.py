"""The async shell around playout: sends frames when they are due, and stops at once.

A reply may be held (prepared before the turn has ended: nothing of it is heard
until it is released), and playout may be held (the caller speaks: what was not
heard waits, to be played on or thrown away).
"""

import asyncio
from collections.abc import Awaitable, Callable

from media.chunks import Chunks
from media.clock import LineClock
from media.errors import LineClosed
from media.frames import frame_bytes, samples_in
from media.line import Line
from media.playout import FrameSent, Heard, Playout, Word
from media.recording import StereoRecording
from media.resample import Resampler
from media.tap import HEARD_RATE_HZ, Tap
from pipeline.speak import SpokenPiece

_QUEUED_MAX_MS = 30_000
"""Overflow rule: the voice waits. What is synthesised too early may never be heard."""
_LIVE_MAX_MS = 200
"""Overflow rule for a supervisor's voice: the newest is dropped. It came in a burst, and is late anyway."""
_CONTIGUOUS_MS = 5
_TIMER_SLACK_S = 0.001

Played = Callable[[FrameSent], None]
"""Told of every frame at the moment of sending: the echo canceller's reference."""


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
        on_audible: Callable[[float, bool], Awaitable[None]],
        on_drained: Callable[[], Awaitable[None]],
        on_flow: Callable[[bool], Awaitable[None]] | None = None,
        on_played: Played | None = None,
        on_flushed: Callable[[float], None] | None = None,
        tap: Tap | None = None,
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
        self._on_flow = on_flow
        self._on_played = on_played
        self._on_flushed = on_flushed
        self._tap = tap or Tap()
        self._wake = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._wire = asyncio.Lock()
        self._is_complete = False
        self._may_run_dry = False
        self._is_told_dry = False
        self._held_pieces: list[SpokenPiece] | None = None
        self._recorded_until = 0
        self._silent_until = 0.0
        self._is_line_away = False
        self._is_turn_holding = False
        self._is_floor_open = False
        self._live_frames = Chunks(frame_bytes(line.sample_rate_hz))
        self._to_line = Resampler(from_hz=HEARD_RATE_HZ, to_hz=line.sample_rate_hz)
        self.frames_out = 0

    def begin_reply(self, *, is_held: bool = False) -> None:
        """What is queued from here on is one reply; held, nothing of it plays before ``release``."""
        self._is_complete = self._may_run_dry = self._is_told_dry = False
        self._has_room.set()
        if is_held:
            self._held_pieces = []
        else:
            self._held_pieces = None
            self._playout.begin_reply()

    @property
    def is_ready(self) -> bool:
        """Whether sound of the held reply is there."""
        return bool(self._held_pieces)

    def release(self, opener: SpokenPiece | None = None) -> None:
        """Play the held reply, after an opener if there is one."""
        pieces, self._held_pieces = self._held_pieces or [], None
        self._playout.begin_reply()
        if opener is not None:
            self.add_opener(opener)
        for piece in pieces:
            self._queue(piece)
        self._has_room.set()
        self._wake.set()

    def add_opener(self, opener: SpokenPiece) -> None:
        """Play something before the reply's own first sound."""
        self._playout.queue(opener.pcm, opener.words, first_audible_sample=opener.first_audible_sample, is_opener=True)
        self._wake.set()

    async def room(self) -> None:
        """Wait while nothing more is wanted: half a minute is queued, or the first piece is held."""
        await self._has_room.wait()

    async def queue(self, piece: SpokenPiece) -> int:
        """Queue sound of the reply; waits for ``room`` first.

        Returns:
            Where it starts, in samples from the start of the reply; 0 while it is held.
        """
        await self.room()
        if self._held_pieces is not None:
            self._held_pieces.append(piece)
            self._has_room.clear()  # what comes after the first piece may never be wanted
            return 0
        start = self._queue(piece)
        if self._is_told_dry and piece.pcm:
            self._is_told_dry = False
            await self._tell_flow(is_dry=False)
        if self._playout.queued_ms > _QUEUED_MAX_MS:
            self._has_room.clear()
        self._wake.set()
        return start

    def set_words(self, words: tuple[Word, ...]) -> None:
        """Say anew what the reply says; see ``media.playout``."""
        self._playout.set_words(words)

    def _queue(self, piece: SpokenPiece) -> int:
        return self._playout.queue(piece.pcm, piece.words, first_audible_sample=piece.first_audible_sample)

    # -- a supervisor in our place -------------------------------------------------------

    def open_floor(self) -> None:
        """What a supervisor says is played from now on, as it comes; no reply is running."""
        self.begin_reply()
        self._live_frames.clear()
        self._is_floor_open = True

    def speak(self, pcm: bytes) -> None:
        """Play what a supervisor says, at ``media.tap.HEARD_RATE_HZ``; nothing as long as the floor is not open."""
        if not self._is_floor_open:
            return
        for frame in self._live_frames.feed(self._to_line.feed(pcm)):
            if self._playout.queued_ms < _LIVE_MAX_MS:
                self._playout.queue(frame)
        self._wake.set()

    def close_floor(self) -> None:
        """What a supervisor says is played no more; what has come is."""
        self._is_floor_open = False

    def put_off(self, until: float) -> None:
        """Begin to play no earlier; what plays already goes on."""
        self._silent_until = until

    @property
    def is_dry(self) -> bool:
        """Whether the reply has been heard as far as it has come, and nothing of it has come since."""
        return self._is_told_dry

    def complete_reply(self) -> None:
        """The reply is whole: say when it has been heard."""
        self._is_complete = True
        self._wake.set()

    def heard(self) -> Heard:
        """What has been heard of the reply."""
        return self._playout.heard(self._now())

    async def hold(self) -> Heard:
        """Silence, perhaps for a moment: what has not been heard waits. No frame leaves after the stop order."""
        async with self._wire:
            self._is_turn_holding = True
            heard = self._playout.hold(self._now())
            await self._silence(heard)
        return heard

    def resume(self) -> None:
        """Play on from the word where ``hold`` stopped."""
        self._is_turn_holding = False
        if not self._is_line_away:
            self._playout.resume()
        self._wake.set()

    async def line_interrupted(self) -> None:
        """Nobody hears us now: what has not been heard waits until ``line_restored``."""
        async with self._wire:
            self._is_line_away = True
            self._take_back(self._playout.hold(self._now()))

    def line_restored(self) -> None:
        """Play on from the word where the line was lost, unless a turn holds it."""
        self._is_line_away = False
        if not self._is_turn_holding:
            self._playout.resume()
        self._wake.set()

    async def stop(self) -> Heard:
        """Silence: take back what has not been heard, for good."""
        self._is_complete = self._may_run_dry = self._is_told_dry = False
        self._held_pieces = None
        async with self._wire:
            heard = self._playout.flush(self._now())
            self._is_turn_holding = False
            self._has_room.set()
            await self._silence(heard)
        return heard

    async def cut(self) -> Heard:
        """Take back what has not been heard of the reply, which goes on with other words."""
        async with self._wire:
            heard = self._playout.cut(self._now())
            self._has_room.set()
            await self._silence(heard)
        return heard

    async def _silence(self, heard: Heard) -> None:
        if heard.unplayed_samples or heard.was_queued:
            self._take_back(heard)
            await self._line.stop_audio()

    def _take_back(self, heard: Heard) -> None:
        """What was sent and not played has not been said."""
        if heard.unplayed_samples or heard.was_queued:
            if self._recording is not None or self._tap.is_used:
                taken_from = self._record_position(self._now())
                self._tap.take_back(taken_from)
                if self._recording is not None:
                    self._recording.take_back(taken_from)
            if self._on_flushed is not None:
                self._on_flushed(self._now())

    async def run(self) -> None:
        """Send frames until cancelled, or until the line is gone."""
        while True:
            try:
                await self._send_due()
            except LineClosed:
                return  # whoever listens to the line says so
            await self._wait()

    async def _send_due(self) -> None:
        audible: list[tuple[float, bool]] = []
        async with self._wire:
            while not self._is_put_off() and (frame := self._playout.take(self._now())) is not None:
                await self._line.send_audio(frame.pcm)
                self.frames_out += 1
                self._may_run_dry = not self._is_floor_open  # a live voice pauses when it likes
                self._record(frame)
                if self._on_played is not None:
                    self._on_played(frame)
                if frame.opener_audible_at is not None:
                    audible.append((frame.opener_audible_at, False))
                if frame.first_audible_at is not None:
                    audible.append((frame.first_audible_at, True))
        for at, is_content in audible:
            await self._on_audible(at, is_content)
        if self._held_pieces is None and self._playout.queued_ms < _QUEUED_MAX_MS / 2:
            self._has_room.set()

    def _is_put_off(self) -> bool:
        now = self._now()
        return self._is_line_away or (now < self._silent_until and not self._playout.is_playing(now))

    async def _wait(self) -> None:
        is_here = not self._is_line_away
        deadline = self._playout.next_deadline() if is_here else None
        is_playing = is_here and self._held_pieces is None and not self._playout.is_held
        if deadline is None and is_playing and (self._is_complete or self._may_run_dry):
            drains_at = self._playout.drains_at() or 0.0
            if drains_at <= self._now():
                await self._all_is_heard()
                return
            deadline = drains_at
        self._wake.clear()
        if deadline is None:
            await self._wake.wait()
            return
        # uvloop's timers may fire a millisecond early: a frame that is not due yet would cost a second timer.
        if self._is_put_off():
            deadline = max(deadline, self._silent_until)
        delay_s = max(0.0, deadline - self._now()) + _TIMER_SLACK_S
        timer = asyncio.get_running_loop().call_later(delay_s, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()

    async def _all_is_heard(self) -> None:
        """Of what there is: the reply is over, or its voice has run dry."""
        was_complete, self._is_complete, self._may_run_dry = self._is_complete, False, False
        if was_complete:
            await self._on_drained()
            return
        self._is_told_dry = True
        await self._tell_flow(is_dry=True)

    async def _tell_flow(self, *, is_dry: bool) -> None:
        if self._on_flow is not None:
            await self._on_flow(is_dry)

    def _record(self, frame: FrameSent) -> None:
        if self._recording is None and not self._tap.is_used:
            return
        position = self._record_position(frame.starts_at)
        if abs(position - self._recorded_until) <= self._contiguous:
            position = self._recorded_until  # the clock breathes; the sound does not
        if self._recording is not None:
            self._recording.assistant(position, frame.pcm)
        if self._tap.is_used:
            self._tap.ours(position, frame.pcm)
        self._recorded_until = position + len(frame.pcm) // 2

    def _record_position(self, at: float) -> int:
        return round(self._clock.sample_at(at) * self._record_scale)
