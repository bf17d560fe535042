"""Echo cancellation of one call: the assistant's voice, taken out of what the caller's phone sends back. Sans-IO.

Nothing is done to a line that gives no echo (``media.echo_presence``). Where there is
one, ``media.echo_alignment`` finds by how much it is late; a linear filter
(``media.echo_filter``) takes out what of it is linear and leaves the caller alone;
WebRTC's AEC3 (``media.echo_suppressor``) suppresses what is left; and the near-end
guard (``media.near_end``) gives the caller back what that took too much.

The stream that comes out is the stream that went in: its n-th sample is the n-th
sample of the caller. While the canceller works, a sample comes out
``DELAY_SAMPLES`` later; while nothing was played for a second, or where there is no
echo, at once and untouched.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from media.echo_alignment import MARGIN_SAMPLES, Alignment, Change
from media.echo_delay import WINDOW_SAMPLES
from media.echo_filter import HISTORY_SAMPLES, HOP, LinearEcho
from media.echo_presence import EchoPresence
from media.echo_reference import RATE_HZ, Reference
from media.echo_suppressor import Suppressor
from media.frames import BYTES_PER_SAMPLE
from media.near_end import SUPPRESSOR_DELAY_SAMPLES, NearEndGuard

Samples = npt.NDArray[np.int16]
Floats = npt.NDArray[np.floating[Any]]

DELAY_SAMPLES = SUPPRESSOR_DELAY_SAMPLES
"""8 ms, with whole frames. What does not fill a frame of 20 ms waits for its rest: up to 319 samples more."""
IDLE_SAMPLES = RATE_HZ
"""So long after the last sound that was played there may still be echo: 500 ms late, 500 ms of room."""

_FRAME_BYTES = HOP * BYTES_PER_SAMPLE
_FADE_SAMPLES = HOP // 2


class EchoCanceller:
    """The echo canceller of one call, at 16 kHz."""

    def __init__(self) -> None:
        self._reference = Reference()
        self._alignment = Alignment()
        self._presence = EchoPresence()
        self._linear = LinearEcho()
        self._suppressor = Suppressor()
        self._guard = NearEndGuard()
        self._position = 0
        self._waiting = b""
        self._is_awake = False
        self._is_watching = False
        self._untouched: Samples | None = None

    @property
    def missed(self) -> int:
        """Frames of the caller that were processed before the sound that plays in them was known.

        Their echo, if there is one, was not cancelled. 0 as long as whatever is sent is
        reported before the caller's audio of the same moment.
        """
        return self._reference.missed

    @property
    def dropped(self) -> int:
        """Frames of what was played that could not be used: more than a second too early, or seconds too late.

        The caller's frames are never dropped.
        """
        return self._reference.dropped

    @property
    def is_awake(self) -> bool:
        """Whether the canceller works: something was played within the last second, and may echo."""
        return self._is_awake

    @property
    def echo_delay_samples(self) -> int | None:
        """From a sample's place on the caller's timeline to its echo there, about; None while not found."""
        return self._alignment.held_back + MARGIN_SAMPLES if self._alignment.is_found else None

    def played(self, pcm: bytes, *, at_sample: int) -> None:
        """Take what was sent, at the moment of sending.

        Args:
            pcm: 16 kHz, any even number of bytes.
            at_sample: The sample of the caller's audio at which it starts to play. Within
                5 ms of the end of what was sent before it, it continues that.
        """
        passed = self._position - self._alignment.held_back
        self._reference.add(pcm, at_sample=at_sample, passed=passed, position=self._position)

    def flushed(self, at_sample: int) -> None:
        """The far end was told to stop: what was to play from this sample on does not."""
        self._reference.take_back(at_sample)

    def reset_delay(self) -> None:
        """The delay of the echo may be another one now, as after a re-connection; the room is the same."""
        self._alignment.reset()

    def process(self, pcm: bytes) -> bytes:
        """Take the caller's next audio.

        Args:
            pcm: 16 kHz, any even number of bytes.

        Returns:
            The next samples without echo; none is left out, none is added. As many as went
            in with whole frames, but ``DELAY_SAMPLES`` fewer with the frame at which the
            canceller wakes, and as many more with the one at which it falls asleep.
        """
        if not self._is_awake:
            is_needed = self._is_needed()
            if is_needed and self._presence.is_absent:
                self._watch(pcm)
            else:
                self._is_watching = False
            if not is_needed or self._presence.is_absent:
                self._position += len(pcm) // BYTES_PER_SAMPLE
                return pcm
            self._wake()
        self._waiting += pcm
        given: list[bytes] = []
        while self._is_awake and len(self._waiting) >= _FRAME_BYTES:
            frame, self._waiting = self._waiting[:_FRAME_BYTES], self._waiting[_FRAME_BYTES:]
            given.append(self._stitched(np.frombuffer(frame, dtype="<i2")))
        if not self._is_awake:
            given.append(self._waiting)
            self._position += len(self._waiting) // BYTES_PER_SAMPLE
            self._waiting = b""
        return b"".join(given)

    def _watch(self, pcm: bytes) -> None:
        """Look whether there is an echo after all, in frames that are passed on untouched."""
        if not self._is_watching:
            self._is_watching = True
            self._waiting = b""
            self._alignment.wake()
        start = self._position - len(self._waiting) // BYTES_PER_SAMPLE
        self._waiting += pcm
        while len(self._waiting) >= _FRAME_BYTES and self._presence.is_absent:
            frame, self._waiting = self._waiting[:_FRAME_BYTES], self._waiting[_FRAME_BYTES:]
            start += HOP
            if self._alignment.watch(np.frombuffer(frame, dtype="<i2").astype(np.float32)):
                self._look(start)

    def _is_needed(self) -> bool:
        sound_end = self._reference.sound_end
        return sound_end > 0 and self._position < sound_end + IDLE_SAMPLES

    def _wake(self) -> None:
        self._is_awake = True
        self._is_watching = False
        self._waiting = b""
        self._untouched = None
        self._alignment.wake()
        self._presence.wake()
        self._realign()

    def _stitched(self, captured: Samples) -> bytes:
        """One frame cleaned, so that it continues what was given before."""
        cleaned = self._cleaned(captured)
        before, self._untouched = self._untouched, captured
        if before is None:  # what AEC3 held from its last time has been given already
            fresh = cleaned[DELAY_SAMPLES:]
            return _faded(captured[: len(fresh)], fresh).tobytes()
        if self._is_needed() and not self._presence.is_absent:
            return cleaned.tobytes()
        self._is_awake = False
        untouched = np.concatenate((before[-DELAY_SAMPLES:], captured))
        return _faded(cleaned, untouched).tobytes()

    def _cleaned(self, captured: Samples) -> Samples:
        played = self._reference.window(self._position - self._alignment.held_back, HOP)
        heard = captured.astype(np.float32)
        is_lost = self._alignment.is_lost
        cleaned = self._linear.remove(played, heard, is_learning=not is_lost)
        suppressed = self._suppressor.suppress(played.astype(np.int16), cleaned.astype(np.int16))
        self._position += HOP
        self._align(heard)
        return self._guard.guard(
            heard=heard,
            cleaned=cleaned,
            suppressed=suppressed,
            linear=self._linear,
            is_lost=is_lost,
            is_proven=self._alignment.is_proven,
        )

    def _align(self, heard: Floats) -> None:
        playing = self._reference.window(self._position - HOP, HOP)
        self._presence.follow(
            played=float(playing @ playing), heard=float(heard @ heard), is_proven=self._alignment.is_proven
        )
        if self._alignment.follow(heard, self._linear):
            self._look(self._position)

    def _look(self, position: int) -> None:
        """Look for the echo in what was heard up to here."""
        played = self._reference.window(position - WINDOW_SAMPLES, WINDOW_SAMPLES)
        change = self._alignment.look(played)
        if change is Change.OTHER_PATH:
            self._linear.forget()
        elif change is Change.MOVED:
            self._realign()
        if change in (Change.MOVED, Change.CONFIRMED):
            self._presence.found()

    def _realign(self) -> None:
        start = self._position - self._alignment.held_back - HISTORY_SAMPLES
        self._linear.realign(self._reference.window(start, HISTORY_SAMPLES))


def _faded(before: Samples, after: Samples) -> Samples:
    """The one passes over into the other in the first 10 ms; what ``after`` has more follows."""
    share = np.arange(1, _FADE_SAMPLES + 1, dtype=np.float32) / (_FADE_SAMPLES + 1)
    faded = after.copy()
    start = after[:_FADE_SAMPLES]
    faded[:_FADE_SAMPLES] = np.rint(before[:_FADE_SAMPLES] * (1 - share) + start * share)
    return faded
