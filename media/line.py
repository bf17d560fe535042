"""A line: one two-way audio connection, and what comes over it.

Every kind of connection (a telephone's WebSocket, a microphone, two files) is a
``Line``; a conversation knows no other.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Rejection(StrEnum):
    """Why a message was not understood. The call goes on; each is counted."""

    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    BINARY = "binary"
    TOO_LONG = "too_long"
    MISSING_KIND = "missing_kind"
    UNKNOWN_KIND = "unknown_kind"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    BAD_BASE64 = "bad_base64"
    ODD_SIZE = "odd_size"
    EMPTY = "empty"
    WRONG_RATE = "wrong_rate"
    WRONG_ENCODING = "wrong_encoding"
    WRONG_CHANNELS = "wrong_channels"
    BAD_DIGIT = "bad_digit"
    OTHER_PARTICIPANT = "other_participant"

    @property
    def explanation(self) -> str:
        """A sentence for whoever reads the log."""
        return _EXPLANATIONS[self.value]


_EXPLANATIONS = {
    "not_json": "the message is not JSON",
    "not_an_object": "the message is JSON, but no object",
    "binary": "a binary message came where only text is sent",
    "too_long": "the message is longer than two seconds of sound",
    "missing_kind": "the message does not say what kind it is",
    "unknown_kind": "the message is of a kind that is not known",
    "missing_field": "the message lacks what its kind must hold",
    "wrong_type": "a field holds another type than it should",
    "bad_base64": "the sound is not valid base64",
    "odd_size": "the sound is no whole number of 16-bit samples",
    "empty": "the message holds no sound",
    "wrong_rate": "the sample rate is not 16 or 24 kHz, or changed in mid-call",
    "wrong_encoding": "the encoding is not PCM",
    "wrong_channels": "the sound is not mono",
    "bad_digit": "no key of a telephone",
    "other_participant": "sound of a participant who is not the caller",
}


@dataclass(frozen=True, slots=True)
class LineOpened:
    """The stream has been described; again after a re-connection."""

    sample_rate_hz: int


@dataclass(frozen=True, slots=True)
class AudioReceived:
    """Sound of the caller: any whole number of samples, at the line's rate."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class DigitReceived:
    """A key of the telephone: one of ``0123456789*#ABCD``."""

    digit: str


@dataclass(frozen=True, slots=True)
class MessageRejected:
    """A message that was not understood.

    ``detail`` explains it to a developer and never holds sound, words or numbers.
    """

    reason: Rejection
    detail: str


@dataclass(frozen=True, slots=True)
class LineInterrupted:
    """The connection was lost; another may come, or the line closes."""


@dataclass(frozen=True, slots=True)
class LineRestored:
    """Another connection carries the line."""


LineEvent = LineOpened | AudioReceived | DigitReceived | MessageRejected | LineInterrupted | LineRestored


class Line(Protocol):
    """One two-way audio connection."""

    @property
    def sample_rate_hz(self) -> int:
        """The rate of the line, both ways; final once ``LineOpened`` has come."""

    def events(self) -> AsyncIterator[LineEvent]:
        """What comes in, in order, until the other side closes. Never raises for content."""

    async def send_audio(self, pcm: bytes) -> None:
        """Send sound to be played after everything sent before.

        Raises:
            media.errors.LineClosed: Nobody is there any more.
        """

    async def stop_audio(self) -> None:
        """Discard what was sent and has not been played.

        Raises:
            media.errors.LineClosed: Nobody is there any more.
        """

    async def close(self) -> None:
        """Close the connection. Idempotent."""


@runtime_checkable
class EchoingLine(Protocol):
    """What a ``Line`` may know besides: where its echo is. Samples of what comes in, from ``LineOpened`` on.

    It need not be right, only steady: an error that stays the same is found once.
    """

    @property
    def played_sample(self) -> int:
        """Where the echo is of what begins to play now, at the earliest."""

    @property
    def sent_sample(self) -> int:
        """Where the echo will be of what is sent next, at the earliest."""
