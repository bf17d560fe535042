"""One telephone line between a caller and ACS, driven by a 20 ms clock: sans-IO.

``receive`` takes what the server sends on the media socket, ``tick`` lives through
20 ms and returns what ACS sends to the server. Between lie the playout buffer, the
caller and the line's effects.

The recording has the time line of the world. A frame can be sent only when its
last sample has been spoken, but is heard from its first sample on: so what is sent
at a tick was spoken in the 20 ms before it, and what is played at the same tick is
heard in the 20 ms after it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from emulators.acs_messages import ReceivedAudio, read_server_message
from emulators.acs_playout import AcsPlayout
from emulators.audible import Samples, ms_to_samples, samples_of
from emulators.caller import Caller, CallerFrame, PlayableStep, SpokenLine
from emulators.errors import ProtocolViolation
from emulators.line_effects import LineEffects, LineSettings
from emulators.scenario import Scenario
from media.frames import BYTES_PER_SAMPLE
from media.voice_end import voice_end

REMEMBERED_ERRORS = 100
"""How many protocol errors are kept in words; all are counted."""

PLAYED_HZ = 330
PLAYED_PEAK = 3000
"""The tone that stands for what the service plays: audible, at about -21 dBFS."""

Report = Callable[[str, str], None]
"""Takes the name of an event and its detail."""


@dataclass(frozen=True, slots=True)
class LineFrame:
    """What ACS sends to the server for one tick."""

    pcm: bytes
    digit: str
    """A key that was pressed, if the server wants to know on the media socket."""
    pressed: str
    """A key that was pressed."""
    hangs_up: bool


_AFTERWARDS_MS = 100
"""So much of what follows a line tells its noise; an echo of the answer comes later."""


class PhoneLine:
    """The line of one call.

    Attributes:
        playout: What the server has sent and the caller has not heard.
        protocol_errors: Messages that ACS would not have taken, in words.
        protocol_error_count: How many there were.
        frames_received: Audio messages taken.
        muted: Whether the caller is not heard now.
        on_hold: Whether neither side hears the other now; what the server sends waits.
    """

    def __init__(
        self,
        scenario: Scenario,
        steps: tuple[PlayableStep, ...],
        *,
        sample_rate_hz: int,
        settings: LineSettings,
        is_bidirectional: bool,
        takes_digits: bool,
        report: Report,
    ) -> None:
        self.playout = AcsPlayout(sample_rate_hz=sample_rate_hz)
        self.protocol_errors: list[str] = []
        self.protocol_error_count = 0
        self.frames_received = 0
        self.muted: Callable[[], bool] = lambda: False
        self.on_hold: Callable[[], bool] = lambda: False
        self._sample_rate_hz = sample_rate_hz
        self._is_bidirectional = is_bidirectional
        self._takes_digits = takes_digits
        self._report = report
        self._effects = LineEffects(settings, sample_rate_hz=sample_rate_hz)
        self._caller = Caller(
            steps,
            sample_rate_hz=sample_rate_hz,
            silence=self.playout.silence,
            patience=scenario.patience,
            max_duration_ms=scenario.max_duration_ms,
        )
        self._heard_before = self.playout.silence
        self._lines_reported = 0
        self._sent = bytearray()
        self._heard = bytearray(self.playout.silence)
        self._played = bytearray()  # bounded by what one play asks for

    @property
    def silence(self) -> bytes:
        """One silent frame."""
        return self.playout.silence

    @property
    def notes(self) -> tuple[str, ...]:
        """What did not go as the scenario supposes."""
        return tuple(self._caller.notes)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """What the caller had yet to say."""
        return self._caller.unfinished

    @property
    def lines(self) -> tuple[SpokenLine, ...]:
        """The lines that were spoken, where they lie in the recording; each ends where it can be heard to end there."""
        delay = self._effects.delay_samples
        return tuple(
            replace(
                line,
                start_sample=line.start_sample + delay,
                first_audible_sample=line.first_audible_sample + delay,
                last_voiced_sample=self._last_voiced(line.start_sample + delay, line.last_voiced_sample + delay),
            )
            for line in self._caller.spoken
        )

    def _last_voiced(self, start: int, clean_end: int) -> int:
        """A narrow line swallows the faintest consonants: who listens at its other end hears no more of them."""
        if self._effects.is_clean:
            return clean_end
        until = clean_end + self._sample_rate_hz * _AFTERWARDS_MS // 1000
        end = voice_end(bytes(self._sent[start * BYTES_PER_SAMPLE : until * BYTES_PER_SAMPLE]), self._sample_rate_hz)
        return clean_end if end is None else min(clean_end, start + end - 1)

    @property
    def heard(self) -> Samples:
        """Everything that the caller has heard, from the opening of the line."""
        return samples_of(bytes(self._heard))

    @property
    def heard_samples(self) -> int:
        """How much the caller has heard."""
        return len(self._heard) // 2

    def receive(self, message: str | bytes) -> None:
        """Take a message of the server. What ACS would refuse is recorded as a protocol error."""
        try:
            received = read_server_message(message)
            if not isinstance(received, ReceivedAudio):
                discarded = self.playout.stop()
                self._report("stop_audio", f"{discarded * 1000 // self._sample_rate_hz} ms taken back")
                return
            if not self._is_bidirectional:
                raise ProtocolViolation("audio was sent, but enableBidirectional is not set: nobody hears it")
            self.playout.receive(received.pcm)
            self.frames_received += 1
        except ProtocolViolation as violation:
            self.violate(str(violation))

    def violate(self, reason: str) -> None:
        """Record a protocol error of the server."""
        self.protocol_error_count += 1
        if len(self.protocol_errors) < REMEMBERED_ERRORS:
            self.protocol_errors.append(reason)
        self._report("protocol_error", reason)

    def tick(self) -> LineFrame:
        """Live through 20 ms; see the module for what lies when."""
        heard = self.playout.tick() if not self.on_hold() else self.silence
        heard = self._mixed(heard)
        frame: CallerFrame = self._caller.tick(heard)
        sent = self._effects.uplink(frame.pcm, self._heard_before)
        if self.muted():
            sent = self.silence
        self._heard_before = heard
        self._sent += sent
        self._heard += heard
        if len(self._caller.spoken) > self._lines_reported:
            self._lines_reported = len(self._caller.spoken)
            self._report("caller_speaks", self._caller.spoken[-1].text)
        if frame.digit:
            self._report("pressed", frame.digit if self._takes_digits else f"{frame.digit}, not sent: enableDtmfTones")
        digit = frame.digit if self._takes_digits else ""
        return LineFrame(pcm=sent, digit=digit, pressed=frame.digit, hangs_up=frame.hangs_up)

    def play(self, duration_ms: int) -> None:
        """Let the caller hear a tone so long, over what the server sends; 0 ends it."""
        samples = np.arange(ms_to_samples(duration_ms, self._sample_rate_hz))
        wave = PLAYED_PEAK * np.sin(2 * np.pi * PLAYED_HZ * samples / self._sample_rate_hz)
        self._played = bytearray(wave.astype("<i2").tobytes())

    def _mixed(self, heard: bytes) -> bytes:
        """Add what the service itself plays."""
        if not self._played:
            return heard
        played = bytes(self._played[: len(heard)]).ljust(len(heard), b"\0")
        del self._played[: len(heard)]
        both = samples_of(heard).astype(np.int32) + samples_of(played)
        mixed: Samples = np.clip(both, -32768, 32767).astype(np.int16)
        return mixed.tobytes()

    def stereo(self) -> bytes:
        """The recording: 16-bit PCM, caller (as sent) left, assistant (as heard) right."""
        heard = self.heard
        both = np.zeros((heard.size, 2), dtype="<i2")
        both[: len(self._sent) // 2, 0] = samples_of(bytes(self._sent))
        both[:, 1] = heard
        return both.tobytes()
