"""The ACS media-streaming codec: JSON text messages to line events and back. Sans-IO.

Inbound messages are read in any casing: the service sends camelCase today, its
SDKs and samples also PascalCase. Outbound messages have the documented casing.
Source: Azure Communication Services, "Audio streaming", bidirectional streaming.
"""

import binascii
from collections import Counter
from typing import Any

import msgspec

from media.frames import LINE_RATES_HZ, frame_bytes
from media.line import AudioReceived, DigitReceived, LineEvent, LineOpened, MessageRejected, Rejection

STOP_AUDIO = '{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}'
"""Discards what the service has buffered and not yet played."""

MAX_MESSAGE_CHARACTERS = 256 * 1024
"""Two seconds at 24 kHz would be 128 K characters; the service sends 20 ms, 1.5 K."""

_DIGIT_NAMES = {"asterisk": "*", "star": "*", "pound": "#", "hash": "#"}
_DIGITS = frozenset("0123456789*#ABCD")
_AUDIO_HEAD = '{"Kind":"AudioData","AudioData":{"Data":"'
_AUDIO_TAIL = '"},"StopAudio":null}'


class _AudioData(msgspec.Struct, rename="camel"):
    data: bytes | None = None
    silent: bool = False
    participant_raw_i_d: str | None = msgspec.field(default=None, name="participantRawID")


class _Message(msgspec.Struct, rename="camel"):
    """The common case, decoded with its base64 in one step (0.6 µs)."""

    kind: str = ""
    audio_data: _AudioData | None = None


def encode_audio(pcm: bytes) -> str:
    """A message that plays this PCM after everything that was sent before."""
    return _AUDIO_HEAD + binascii.b2a_base64(pcm, newline=False).decode("ascii") + _AUDIO_TAIL


class AcsCodec:
    """Decodes the messages of one connection.

    In unmixed streaming every speaker has a stream of their own; the first who is
    heard is the caller, and others are counted and left out.
    """

    def __init__(self, *, sample_rate_hz: int = 16_000) -> None:
        self.sample_rate_hz = sample_rate_hz
        self.frames_in = 0
        self.rejected: Counter[Rejection] = Counter()
        self._caller: str | None = None
        self._decoder = msgspec.json.Decoder(_Message)

    def receive_text(self, message: str) -> LineEvent:
        """Decode one text message. Never raises for what it contains."""
        if len(message) > MAX_MESSAGE_CHARACTERS:
            return self._reject(Rejection.TOO_LONG, f"{len(message)} characters")
        try:
            decoded = self._decoder.decode(message)
        except (msgspec.DecodeError, UnicodeError):
            return self._receive_any(message)
        if decoded.kind == "AudioData" and (audio := decoded.audio_data) is not None:
            return self._audio(audio.data, audio.silent, audio.participant_raw_i_d)
        return self._receive_any(message)

    def receive_bytes(self, message: bytes) -> LineEvent:
        """ACS never sends binary messages: count it."""
        return self._reject(Rejection.BINARY, f"{len(message)} bytes")

    def _receive_any(self, message: str) -> LineEvent:
        """The slow way: any casing, and an exact reason for whatever is wrong."""
        try:
            decoded = msgspec.json.decode(message)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            return self._reject(Rejection.NOT_JSON, type(error).__name__)
        if not isinstance(decoded, dict):
            return self._reject(Rejection.NOT_AN_OBJECT, type(decoded).__name__)
        fields = _lower_keys(decoded)
        kind = fields.get("kind")
        if not isinstance(kind, str) or not kind:
            return self._reject(Rejection.MISSING_KIND, "no kind")
        match kind.lower():
            case "audiodata":
                return self._any_audio(fields.get("audiodata"))
            case "audiometadata":
                return self._metadata(fields.get("audiometadata"))
            case "dtmfdata":
                return self._digit(fields.get("dtmfdata"))
            case _:
                return self._reject(Rejection.UNKNOWN_KIND, kind[:40])

    def _any_audio(self, body: object) -> LineEvent:
        if not isinstance(body, dict):
            return self._reject(Rejection.MISSING_FIELD, "audioData")
        fields = _lower_keys(body)
        data, is_silent, participant = fields.get("data"), fields.get("silent", False), fields.get("participantrawid")
        if not isinstance(is_silent, bool):
            return self._reject(Rejection.WRONG_TYPE, "audioData.silent is not a boolean")
        if participant is not None and not isinstance(participant, str):
            return self._reject(Rejection.WRONG_TYPE, "audioData.participantRawID is not a string")
        if data is None:
            return self._audio(None, is_silent, participant)
        if not isinstance(data, str):
            return self._reject(Rejection.WRONG_TYPE, "audioData.data is not a string")
        try:
            pcm = binascii.a2b_base64(data, strict_mode=True)
        except (binascii.Error, ValueError):
            return self._reject(Rejection.BAD_BASE64, f"{len(data)} characters")
        return self._audio(pcm, is_silent, participant)

    def _audio(self, pcm: bytes | None, is_silent: bool, participant: str | None) -> LineEvent:
        if pcm is None:
            if not is_silent:
                return self._reject(Rejection.MISSING_FIELD, "audioData.data")
            # Silence still takes its time: dropping it would shift every sample after it.
            pcm = bytes(frame_bytes(self.sample_rate_hz))
        if not pcm:
            return self._reject(Rejection.EMPTY, "no samples")
        if len(pcm) % 2:
            return self._reject(Rejection.ODD_SIZE, f"{len(pcm)} bytes are no whole number of samples")
        if participant is not None and participant != self._caller:
            if self._caller is not None:
                return self._reject(Rejection.OTHER_PARTICIPANT, "unmixed audio of another participant")
            self._caller = participant
        self.frames_in += 1
        return AudioReceived(pcm)

    def _metadata(self, body: object) -> LineEvent:
        if not isinstance(body, dict):
            return self._reject(Rejection.MISSING_FIELD, "audioMetadata")
        fields = _lower_keys(body)
        encoding, rate, channels = fields.get("encoding", "PCM"), fields.get("samplerate"), fields.get("channels", 1)
        if not isinstance(encoding, str) or encoding.upper() != "PCM":
            return self._reject(Rejection.WRONG_ENCODING, f"{str(encoding)[:20]} instead of PCM")
        if channels not in (1, "1", "mono"):
            return self._reject(Rejection.WRONG_CHANNELS, f"{str(channels)[:20]} instead of 1")
        if isinstance(rate, bool) or not isinstance(rate, int):
            return self._reject(Rejection.MISSING_FIELD, "audioMetadata.sampleRate")
        if rate not in LINE_RATES_HZ:
            return self._reject(Rejection.WRONG_RATE, f"{rate} Hz; {self.sample_rate_hz} Hz is kept")
        if self.frames_in and rate != self.sample_rate_hz:
            return self._reject(Rejection.WRONG_RATE, f"{rate} Hz in the middle of a call")
        self.sample_rate_hz = rate
        return LineOpened(rate)

    def _digit(self, body: object) -> LineEvent:
        if not isinstance(body, dict):
            return self._reject(Rejection.MISSING_FIELD, "dtmfData")
        data = _lower_keys(body).get("data")
        if not isinstance(data, str):
            return self._reject(Rejection.MISSING_FIELD, "dtmfData.data")
        digit = _DIGIT_NAMES.get(data.lower(), data.upper())
        if digit not in _DIGITS:
            return self._reject(Rejection.BAD_DIGIT, "no key of a telephone")
        return DigitReceived(digit)

    def _reject(self, reason: Rejection, detail: str) -> MessageRejected:
        self.rejected[reason] += 1
        return MessageRejected(reason, detail)


def _lower_keys(fields: dict[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in fields.items()}
