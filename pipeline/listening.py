"""The way of the caller's sound: line, clock, recording, recogniser, voice activity, events.

This is the hot path: once per 20 ms and call. No log line, no task, no queue
but the one for events, and those are rare.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from media.clock import LineClock
from media.echo import EchoCanceller
from media.frames import BYTES_PER_SAMPLE, samples_in
from media.line import (
    AudioReceived,
    DigitReceived,
    LineEvent,
    LineInterrupted,
    LineOpened,
    LineRestored,
    MessageRejected,
    Rejection,
)
from media.recording import StereoRecording
from media.resample import Resampler
from media.tap import Tap
from pipeline.conversing import Conversing
from pipeline.events import (
    DigitPressed,
    LineLost,
    SpeechLikely,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechStopped,
    VoiceJudged,
)
from pipeline.transcribe import Transcription
from vad.activity import Happened, VoiceActivity, VoiceLikely, VoicePaused, VoiceResumed, VoiceStopped
from vad.activity import VoiceJudged as HumJudged
from vad.detector import SharedDetector
from vad.segments import SegmentSettings
from vad.segments import SpeechStarted as VoiceStarted

HEARING_RATE_HZ = 16_000
"""The rate of recogniser and detector, and of all positions in the caller's audio."""

_FRAME_MS = 20

JUDGED_MS = 8_000
"""What the end-of-turn model wants to hear."""

Heard = (
    SpeechLikely | SpeechStarted | SpeechPaused | SpeechResumed | SpeechStopped | VoiceJudged | DigitPressed | LineLost
)
Emit = Callable[[Heard], Awaitable[None]]


async def _nothing() -> None:
    """Nobody wants to know."""


class Listening:
    """What one call says."""

    def __init__(
        self,
        *,
        line_rate_hz: int,
        clock: LineClock,
        recording: StereoRecording | None,
        activity: VoiceActivity,
        echo: EchoCanceller | None,
        transcription: Transcription,
        now: Callable[[], float],
        emit: Emit,
        on_interrupted: Callable[[], Awaitable[None]] = _nothing,
        on_restored: Callable[[], None] = lambda: None,
        conversing: Conversing | None = None,
        tap: Tap | None = None,
    ) -> None:
        self._on_interrupted = on_interrupted
        self._on_restored = on_restored
        self._line_rate = line_rate_hz
        self._to_hearing = Resampler(from_hz=line_rate_hz, to_hz=HEARING_RATE_HZ)
        self._clock = clock
        self._recording = recording
        self._activity = activity
        self._detector = activity.detector if isinstance(activity.detector, SharedDetector) else None
        self._echo = echo
        self._transcription = transcription
        self._now = now
        self._emit = emit
        self._conversing = conversing
        self._tap = tap or Tap()
        self._received_samples = 0
        self._echo_counts = (0, 0)
        self.frames_in = 0
        self._rejected: dict[Rejection, tuple[int, str]] = {}

    def behave(self, settings: SegmentSettings) -> None:
        """Tell speech from silence so from now on."""
        self._activity.behave(settings)

    def rejected(self, message: MessageRejected) -> None:
        """Count a message that was not understood."""
        count, _ = self._rejected.get(message.reason, (0, ""))
        self._rejected[message.reason] = (count + 1, message.detail)

    def take_rejected(self) -> dict[Rejection, tuple[int, str]]:
        """How many since the last time, and the last one's explanation, by reason."""
        taken, self._rejected = self._rejected, {}
        return taken

    async def run(self, events: AsyncIterator[LineEvent]) -> None:
        """Take what the line gives until it closes."""
        async for event in events:
            match event:
                case AudioReceived(pcm=pcm):
                    await self._audio(pcm)
                case DigitReceived(digit=digit):
                    await self._emit(DigitPressed(digit))
                case MessageRejected():
                    self.rejected(event)
                case LineOpened():
                    pass  # described anew after a re-connection: the rate is known already
                case LineInterrupted():
                    await self._on_interrupted()
                case LineRestored():
                    await self._fill_gap()
                    self._on_restored()
        await self._emit(LineLost())

    async def _audio(self, pcm: bytes) -> None:
        self.frames_in += 1
        self._received_samples += len(pcm) // BYTES_PER_SAMPLE
        position = self._received_samples * HEARING_RATE_HZ // self._line_rate
        self._clock.received(position - self._clock.received_samples, now=self._now())
        if self._recording is not None:
            self._recording.caller(pcm)
        if self._tap.is_used:
            self._tap.caller(self._received_samples, pcm)
        heard = self._to_hearing.feed(pcm)
        if self._echo is not None:
            heard = self._echo.process(heard)  # the n-th sample out is the n-th in, at most 8 ms later
        self._transcription.push(heard)
        if self._conversing is not None:
            self._conversing.push(pcm)  # untouched: such a model knows better what to make of it
        if self._detector is None:
            happened = self._activity.feed(heard)
        else:
            windows = self._activity.take(heard)
            happened = self._activity.judge([await self._detector.probability_soon(window) for window in windows])
        for each in happened:
            await self._tell(each)

    async def _fill_gap(self) -> None:
        """What was not heard was silence: so positions stay true to time, and whoever spoke has stopped."""
        missing = self._clock.sample_at(self._now()) - self._clock.received_samples
        frame = bytes(samples_in(_FRAME_MS, self._line_rate) * BYTES_PER_SAMPLE)
        for _ in range(missing // samples_in(_FRAME_MS, HEARING_RATE_HZ)):
            await self._audio(frame)
            await asyncio.sleep(0)  # seconds of it in one go would keep all other calls waiting

    async def _tell(self, happened: Happened) -> None:
        if self._conversing is not None:
            match happened:
                case VoiceStarted(onset_sample=onset) | VoiceResumed(onset_sample=onset):
                    self._conversing.speech_started(onset)
                case VoiceStopped():
                    self._conversing.speech_stopped()
                case _:
                    pass
        match happened:
            case VoiceStarted(start_sample=start, onset_sample=onset):
                self._transcription.speech_started(start)
                await self._emit(SpeechStarted(onset))
            case VoiceLikely(onset_sample=onset):
                await self._emit(SpeechLikely(onset))
            case VoicePaused(last_voiced_sample=last):
                self._transcription.speech_paused(last)
                await self._emit(SpeechPaused(last))
            case VoiceResumed(onset_sample=onset):
                await self._emit(SpeechResumed(onset))
            case HumJudged(is_hum=is_hum, is_faint=is_faint):
                await self._emit(VoiceJudged(is_hum, is_faint))
            case VoiceStopped(end_sample=end, last_voiced_sample=last):
                self._transcription.speech_stopped(end)
                await self._emit(SpeechStopped(last))

    def take_echo_counts(self) -> tuple[int, int]:
        """``call.aec.missed`` and ``call.aec.dropped`` since the last time; see ``media.echo``."""
        if self._echo is None:
            return 0, 0
        counts = (self._echo.missed, self._echo.dropped)
        before, self._echo_counts = self._echo_counts, counts
        return counts[0] - before[0], counts[1] - before[1]

    def recent(self) -> bytes:
        """The last 8 s of what was heard, at 16 kHz."""
        ring = self._transcription.recent
        return ring.read(ring.end_sample - samples_in(JUDGED_MS, HEARING_RATE_HZ), ring.end_sample).tobytes()
