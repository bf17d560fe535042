"""What a placed call was like, from the caller's side of the line."""

import wave
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from emulators.turn_timing import TurnTiming


class CallEnd(StrEnum):
    """How a call ended."""

    SERVER = "server_hung_up"
    CALLER = "caller_hung_up"
    TRANSFERRED = "transferred"
    """The server handed the caller over to somebody else."""
    REMOVED = "removed"
    """The server took the caller out of the call."""
    NOT_TAKEN = "not_taken"
    """A call that the server placed: declined, busy or not answered, as the script wanted."""
    REFUSED = "refused"
    """The server rejected or redirected the call."""
    LOST = "line_lost"
    """The server closed the media socket and did not hang up."""
    NOT_ANSWERED = "not_answered"
    NO_MEDIA = "no_media"
    """It was answered without a media stream that can be opened."""


_GOOD_ENDS = (CallEnd.SERVER, CallEnd.CALLER, CallEnd.TRANSFERRED, CallEnd.REMOVED)


@dataclass(frozen=True, slots=True)
class CallEvent:
    """Something that happened, so long after the telephone began to ring.

    Names: ringing, delivered, answered, media_opened, caller_speaks, pressed,
    stop_audio, protocol_error, callback (detail: its name), server_hangs_up, ended
    (detail: how); refused (detail: how); transferring, transferred, transfer_failed,
    inviting, joined, not_joined, left (detail: whose raw id); tones (detail: the keys
    that the server pressed); media_closed, media_dropped,
    frames_held.
    """

    at_ms: float
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LineCounts:
    """Figures of the media socket."""

    frames_sent: int = 0
    odd_messages_sent: int = 0
    """Of those that ``CallOptions.odd_messages`` asked for."""
    frames_dropped: int = 0
    """Not sent, since the server did not read."""
    frames_received: int = 0
    stop_audio: int = 0
    discarded_ms: float = 0.0
    """Sound that StopAudio took back."""
    underruns: int = 0
    """Holes in the assistant's voice: the server sent too late."""
    max_ahead_ms: float = 0.0
    """How far the server was ahead of the caller's ear, at most."""
    worst_lateness_ms: float = 0.0
    """How late the emulator's own clock was: above 20 ms the figures are not to be trusted."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """One call, over."""

    scenario: str
    call_connection_id: str
    correlation_id: str
    started_at: datetime
    """When the telephone began to ring; UTC."""
    ended: CallEnd
    sample_rate_hz: int
    stereo: bytes
    """16-bit little-endian PCM, interleaved: caller left, assistant right; empty without media."""
    turns: tuple[TurnTiming, ...]
    protocol_errors: tuple[str, ...]
    """What the server did that ACS would not have taken: media messages, requests, webhooks."""
    notes: tuple[str, ...]
    """What went otherwise than the scenario supposes; not errors by themselves."""
    events: tuple[CallEvent, ...]
    line: LineCounts
    unfinished: tuple[str, ...] = ()
    """What the scenario had yet to say or do, or to happen, when the call ended: a script runs to its end."""

    @property
    def server_hung_up(self) -> bool:
        """Whether the server ended the call."""
        return self.ended is CallEnd.SERVER

    @property
    def is_ok(self) -> bool:
        """Whether the call was answered, carried and ended without a fault of the server, the script to its end."""
        return not self.protocol_errors and not self.unfinished and self.ended in _GOOD_ENDS

    @property
    def duration_ms(self) -> float:
        """Length of the recording."""
        return len(self.stereo) / 4 * 1000 / self.sample_rate_hz

    @property
    def answer_latencies_ms(self) -> tuple[float, ...]:
        """Mouth to ear, of every turn that was answered."""
        return tuple(turn.answer_latency_ms for turn in self.turns if turn.answer_latency_ms is not None)

    def write_wav(self, path: Path) -> None:
        """Write the stereo recording."""
        with wave.open(str(path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(self.sample_rate_hz)
            file.writeframes(self.stereo)
