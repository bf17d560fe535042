"""A line to whoever sits at this machine: its microphone and its loudspeaker, by PortAudio.

    microphone ─► callback ─► blocks (2 s) ─► events ─► the conversation
    loudspeaker ◄─ callback ◄─ what waits (60 s) ◄─ send_audio ◄─┘

The callbacks run on threads of PortAudio's and never wait for the loop, nor does it
for them. Each device is used at its own rate, and both may be of different makes.
A loudspeaker that stands on the same table is heard by the microphone: where, is
found by a tone when the line opens, and counted in samples of both devices from then
on: so our own voice is taken out from its first word.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from statistics import median
from threading import Lock
from typing import Any, Final

import numpy as np

from media.chunks import Chunks
from media.echo_probe import TONE_SAMPLES, echo_of_tone, opening_tone
from media.errors import LineClosed, SoundUnavailable
from media.frames import BYTES_PER_SAMPLE, frame_bytes, sample_count, samples_in
from media.level import PeakMeter
from media.line import AudioReceived, LineEvent, LineOpened
from media.play_queue import PlayQueue
from media.resample import Resampler
from media.sound_devices import Callback, PortAudio, SoundDevice, SoundStream, StreamStatus, StreamTime

RATE_HZ: Final = 16_000
LOST_AFTER_S: Final = 5.0
"""A microphone that gives nothing for so long was taken away."""
_UNSETTLED_S: Final = 0.25
"""Of sound at the beginning that is thrown away."""
_LATEST_ECHO_S: Final = 0.6
"""After its tone: what comes later no canceller looks for."""
_INCOMING_S: Final = 2.0
"""Overflow rule: the oldest block is dropped and counted."""
_QUEUED_S: Final = 60
"""Overflow rule of ``PlayQueue``; playout sends a fraction of a second ahead."""
_LATENCY_S: Final = 0.08
"""Asked of the drivers: our threads share the interpreter with the models, and may come late. Less makes clicks."""
_PIECE_SAMPLES: Final = 160
"""Are converted at a time: 10 ms."""
_MEASURED_BLOCKS: Final = 50
"""So often a delay is taken from the times of a callback."""
_LONGEST_DELAY_S: Final = 1.0
_SURE_BEFORE_MS: Final = 20
"""Drivers round: the reference may come too early, never too late. Less than the canceller's filter is long."""
_CHANNELS_MAX: Final = 2


class MicrophoneLine:
    """A ``media.line.Line`` over two devices; ``open`` it first.

    Args:
        portaudio: See ``media.sound_devices``.
        microphone, loudspeaker: The devices.
    """

    def __init__(self, portaudio: PortAudio, *, microphone: SoundDevice, loudspeaker: SoundDevice) -> None:
        self._portaudio = portaudio
        self._microphone = _Microphone(microphone, self._wake)
        self._loudspeaker = _Loudspeaker(loudspeaker)
        self._streams: list[SoundStream] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._arrived = asyncio.Event()
        self._is_closed = False
        self._echo_offset = 0
        """From a position in what was played to the one of its echo in what came in since the line was opened."""
        self.is_lost = False
        """The microphone has stopped giving sound."""

    @property
    def sample_rate_hz(self) -> int:
        """Always 16 kHz, whatever the devices are used at."""
        return RATE_HZ

    @property
    def played_sample(self) -> int:
        """Where the echo is of what the loudspeaker takes now, at the earliest; see ``media.line.EchoingLine``."""
        return self._echo_of(self._loudspeaker.waiting.taken_samples)

    @property
    def sent_sample(self) -> int:
        """Where the echo will be of what is sent next, at the earliest."""
        return self._echo_of(self._loudspeaker.waiting.end_sample)

    def _echo_of(self, played_sample: int) -> int:
        """Both devices are counted in samples: no lateness of a callback, of which there is much, moves the echo."""
        return max(0, played_sample + self._echo_offset - self._microphone.dropped_samples)

    @property
    def heard(self) -> PeakMeter:
        """The microphone's level."""
        return self._microphone.meter

    @property
    def played(self) -> PeakMeter:
        """The loudspeaker's level."""
        return self._loudspeaker.meter

    @property
    def overruns(self) -> int:
        """How often sound of the microphone was lost: we, or the driver, did not come to take it."""
        return self._microphone.overruns

    @property
    def underruns(self) -> int:
        """How often the loudspeaker went without: we did not come to give it sound."""
        return self._loudspeaker.underruns

    async def open(self) -> None:
        """Open both devices.

        Raises:
            SoundUnavailable: One of them cannot be used.
        """
        self._loop = asyncio.get_running_loop()
        try:
            await asyncio.to_thread(self._open)
        except BaseException:
            await self.close()
            raise

    def _open(self) -> None:
        audio, ears, mouth = self._portaudio, self._microphone, self._loudspeaker
        mouth.delay.told(self._start(audio.RawOutputStream, mouth.device, mouth.channels, mouth.play))
        self._start(audio.RawInputStream, ears.device, 1, ears.take)

    def _start(
        self,
        new_stream: Callable[..., SoundStream],
        device: SoundDevice,
        channels: int,
        callback: Callback,
    ) -> float:
        """Open a device; its delay in seconds, as its driver says."""
        try:
            stream = new_stream(
                samplerate=device.rate_hz,
                device=device.index,
                channels=channels,
                dtype="int16",
                latency=_LATENCY_S,
                callback=callback,
            )
            self._streams.append(stream)
            stream.start()
            return stream.latency
        except (self._portaudio.PortAudioError, ValueError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise SoundUnavailable(f"{device.name!r} cannot be used: {reason}") from error

    def _wake(self) -> None:
        """There is sound: told from PortAudio's thread."""
        with suppress(RuntimeError):  # the loop is closed: nobody wants it any more
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._arrived.set)

    async def events(self) -> AsyncIterator[LineEvent]:
        """Frames of 20 ms, until closed or until the microphone is gone. A tone says when they begin."""
        to_line = Resampler(from_hz=self._microphone.device.rate_hz, to_hz=RATE_HZ)
        await self._settle(to_line)
        if self._is_closed or self.is_lost:
            return
        yield LineOpened(RATE_HZ)
        frames = Chunks(frame_bytes(RATE_HZ))
        while await self._has_sound():
            for block in self._microphone.blocks():
                for frame in frames.feed(to_line.feed(block)):
                    self.heard.take(frame)
                    yield AudioReceived(frame)

    async def _settle(self, to_line: Resampler) -> None:
        """Wait until sound comes as it is spoken, and find out where the echo of ours is.

        Devices begin late, and with all that has waited in them. What is heard meanwhile is not part of the call.
        """
        waiting = self._loudspeaker.waiting
        await self._hear(to_line, round(_UNSETTLED_S * RATE_HZ))
        tone_sample = waiting.end_sample
        waiting.put(opening_tone())
        heard, ahead = await self._hear(to_line, TONE_SAMPLES + round(_LATEST_ECHO_S * RATE_HZ))
        echo = echo_of_tone(heard)
        if echo is not None:
            offset = echo - tone_sample - samples_in(_SURE_BEFORE_MS, RATE_HZ)
        else:
            # Only the loudspeaker's delay is added: drivers tell the microphone's wrongly, and too early does no harm.
            delay_ms = max(0.0, self._loudspeaker.delay.seconds * 1000 - _SURE_BEFORE_MS)
            offset = ahead + samples_in(delay_ms, RATE_HZ)
        self._echo_offset = offset - sample_count(heard)

    async def _hear(self, to_line: Resampler, samples: int) -> tuple[bytes, int]:
        """What is heard next, at least so much unless the microphone is gone; how far it is ahead of the player."""
        heard, ahead = b"", list[int]()
        while sample_count(heard) < samples and await self._has_sound():
            heard += b"".join(map(to_line.feed, self._microphone.blocks()))
            ahead.append(sample_count(heard) - self._loudspeaker.waiting.taken_samples)
        return heard, min(ahead, default=0)

    async def _has_sound(self) -> bool:
        """Wait for the microphone; whether it will give any more."""
        try:
            async with asyncio.timeout(LOST_AFTER_S):
                await self._arrived.wait()
        except TimeoutError:
            self.is_lost = True
            return False
        self._arrived.clear()
        return not self._is_closed

    async def send_audio(self, pcm: bytes) -> None:
        """Play it after everything sent before.

        Raises:
            LineClosed: It was closed.
        """
        self._refuse_if_closed()
        self._loudspeaker.waiting.put(pcm)

    async def stop_audio(self) -> None:
        """Do not play what the loudspeaker has not taken yet.

        Raises:
            LineClosed: It was closed.
        """
        self._refuse_if_closed()
        self._loudspeaker.waiting.clear()

    async def close(self) -> None:
        """Give the devices back. Idempotent."""
        self._is_closed = True
        self._arrived.set()
        streams, self._streams = self._streams, []
        if streams:
            await asyncio.to_thread(_close_all, streams, self._portaudio.PortAudioError)

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise LineClosed("the line is closed")


class _Delay:
    """How late sound is in the loudspeaker: by the times of its callbacks, and no later than its driver says."""

    def __init__(self) -> None:
        self._told_s = _LONGEST_DELAY_S
        self._measured_s: list[float] = []
        self._median_s = 0.0

    def told(self, seconds: float) -> None:
        """The driver says so."""
        self._told_s = seconds

    def measured(self, seconds: float) -> None:
        """The times of a callback say so. Enough of them, and no more are taken: the reference must not jump."""
        if len(self._measured_s) < _MEASURED_BLOCKS:
            self._measured_s.append(seconds)
            self._median_s = median(self._measured_s)

    @property
    def seconds(self) -> float:
        """What is known; 0 where the driver does not tell."""
        return max(0.0, min(self._told_s, self._median_s))


class _Microphone:
    def __init__(self, device: SoundDevice, arrived: Callable[[], None]) -> None:
        self.device = device
        self.meter = PeakMeter()
        self.overruns = 0
        self.dropped_samples = 0
        """At the line's rate."""
        self._arrived = arrived
        self._blocks: deque[bytes] = deque()
        self._samples = 0
        self._samples_max = round(_INCOMING_S * device.rate_hz)
        self._lock = Lock()

    def take(self, data: Any, frames: int, time: StreamTime, status: StreamStatus) -> None:
        """Called by PortAudio."""
        self.overruns += bool(status.input_overflow)
        with self._lock:
            self._blocks.append(bytes(data))
            self._samples += frames
            while self._samples > self._samples_max and len(self._blocks) > 1:
                dropped = sample_count(self._blocks.popleft())
                self._samples -= dropped
                self.dropped_samples += dropped * RATE_HZ // self.device.rate_hz
                self.overruns += 1
        self._arrived()

    def blocks(self) -> list[bytes]:
        """What has come since the last time."""
        with self._lock:
            blocks, self._samples = list(self._blocks), 0
            self._blocks.clear()
        return blocks


class _Loudspeaker:
    def __init__(self, device: SoundDevice) -> None:
        self.device = device
        self.channels = max(1, min(_CHANNELS_MAX, device.output_channels))
        self.meter = PeakMeter()
        self.delay = _Delay()
        self.underruns = 0
        self.waiting = PlayQueue(_QUEUED_S * RATE_HZ)
        self._converter = Resampler(from_hz=RATE_HZ, to_hz=device.rate_hz)
        self._ready = bytearray()

    def play(self, data: Any, frames: int, time: StreamTime, status: StreamStatus) -> None:
        """Called by PortAudio."""
        self.underruns += bool(status.output_underflow)
        self.delay.measured(time.outputBufferDacTime - time.currentTime)
        size = frames * BYTES_PER_SAMPLE
        while len(self._ready) < size:
            # Silence is converted too: else the last sound of a sentence would stay in the filter until the next.
            piece = self.waiting.take(_PIECE_SAMPLES)
            self.meter.take(piece)
            self._ready += self._converter.feed(piece)
        mono = bytes(self._ready[:size])
        del self._ready[:size]
        data[:] = mono if self.channels == 1 else np.repeat(np.frombuffer(mono, "<i2"), self.channels).tobytes()


def _close_all(streams: list[SoundStream], failure: type[Exception]) -> None:
    for stream in streams:
        with suppress(failure):  # it was taken away: there is nothing to give back
            stream.stop()
        with suppress(failure):
            stream.close()
