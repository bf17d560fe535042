"""Which of the caller's sound a model that hears by itself is given: the turns, and nothing between them. Sans-IO.

Sound goes out while the caller speaks, so that the model is not behind when the turn is
over. What turns out not to be of the turn (a cough over our voice, a listener's "mhm") is
taken back before the turn is committed.

Positions are samples at the hearing rate, as all events have them; the sound has its own.
"""

from dataclasses import dataclass

from media.audio_ring import AudioRing
from media.frames import samples_in

_REMEMBERED_MS = 30_000
"""A longer turn is heard from its last half minute, if it has to be sent anew."""
_BEFORE_ONSET_MS = 200
"""The first consonant is softer than what counts as a voice."""
_LEAST_MS = 100
"""Services take no less for a turn."""


@dataclass(frozen=True, slots=True)
class TurnSound:
    """What is to be done before a turn is committed."""

    is_anew: bool
    """What was sent does not fit: it is to be forgotten first."""
    pcm: bytes
    """Still to be sent."""
    is_heard: bool
    """There is enough of it to be committed at all."""


class CallerSound:
    """The sound of one caller."""

    def __init__(self, *, sample_rate_hz: int, hearing_rate_hz: int) -> None:
        self._rate = sample_rate_hz
        self._hearing_rate = hearing_rate_hz
        self._ring = AudioRing(samples_in(_REMEMBERED_MS, sample_rate_hz))
        self._is_speaking = False
        self._sent_from: int | None = None
        self._sent_until = 0
        self._committed_until = 0

    def push(self, pcm: bytes) -> bytes:
        """Take the next sound; what of it is to be sent now."""
        self._ring.push(pcm)
        return self._unsent() if self._is_speaking else b""

    def speech_started(self, onset_sample: int) -> bytes:
        """The caller speaks, since then (it was pushed already), or goes on; what is to be sent now."""
        onset = self._position(onset_sample) - samples_in(_BEFORE_ONSET_MS, self._rate)
        if self._sent_from is None:
            self._sent_from = self._sent_until = max(onset, self._committed_until)
        elif not self._is_speaking:
            self._sent_until = max(onset, self._sent_until)
        self._is_speaking = True
        return self._unsent()

    def speech_stopped(self) -> None:
        """The caller is silent."""
        self._is_speaking = False

    def turn(self, began_sample: int | None) -> TurnSound:
        """The caller's turn, which began there, is over: it is committed now."""
        self._is_speaking = False
        sent_from, self._sent_from = self._sent_from, None
        if sent_from is None or began_sample is None:
            return TurnSound(is_anew=sent_from is not None, pcm=b"", is_heard=False)
        began = self._position(began_sample) - samples_in(_BEFORE_ONSET_MS, self._rate)
        began = max(began, self._committed_until)
        until, is_anew, pcm = self._sent_until, False, b""
        # What counts as the begin of a voice differs by some frames.
        if sent_from < began - samples_in(_BEFORE_ONSET_MS, self._rate):
            is_anew, pcm = True, self._ring.read(began, until).tobytes()
            sent_from = began
        self._committed_until = until
        return TurnSound(is_anew, pcm, is_heard=until - sent_from >= samples_in(_LEAST_MS, self._rate))

    def begin_anew(self) -> None:
        """Whoever has listened so far has forgotten all; what is being said now goes on."""
        self._committed_until = self._ring.end_sample
        self._sent_from = self._ring.end_sample if self._is_speaking else None
        self._sent_until = self._ring.end_sample

    def _unsent(self) -> bytes:
        pcm: bytes = self._ring.read(self._sent_until, self._ring.end_sample).tobytes()
        self._sent_until = self._ring.end_sample
        return pcm

    def _position(self, hearing_sample: int) -> int:
        return hearing_sample * self._rate // self._hearing_rate
