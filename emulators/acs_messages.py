"""The messages of the ACS media socket, from the service's side.

Outgoing messages are camelCase, as the service sends them. Incoming ones are read
as the service reads them: property names in any casing, extra properties of the
Microsoft SDKs allowed. Everything else is a ``ProtocolViolation``, so that a
typing error in a server cannot pass for silence.

Sources: Microsoft's "Audio streaming overview", and what the Python, .NET and
JavaScript SDKs and samples send.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from emulators.audible import BYTES_PER_SAMPLE
from emulators.errors import ProtocolViolation

_AUDIO_PROPERTIES = frozenset({"data", "timestamp", "participant", "participantrawid", "issilent", "silent"})
_MESSAGE_PROPERTIES = frozenset({"kind", "audiodata", "stopaudio"})


@dataclass(frozen=True, slots=True)
class ReceivedAudio:
    """Sound for the caller: 16-bit little-endian mono PCM at the stream's rate."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class ReceivedStop:
    """Forget the sound that has not been played."""


def audio_metadata(*, subscription_id: str, sample_rate_hz: int, frame_bytes: int) -> bytes:
    """The first message of a connection."""
    return msgspec.json.encode(
        {
            "kind": "AudioMetadata",
            "audioMetadata": {
                "subscriptionId": subscription_id,
                "encoding": "PCM",
                "sampleRate": sample_rate_hz,
                "channels": 1,
                "length": frame_bytes,
            },
        }
    )


def dtmf_data(digit: str) -> bytes:
    """One pressed key, as the character on it."""
    return msgspec.json.encode({"kind": "DtmfData", "dtmfData": {"data": digit}})


class AudioMessages:
    """Writes AudioData messages for one participant.

    The parts that never change are encoded once: a call sends fifty a second.
    """

    def __init__(self, *, participant_raw_id: str, silence: bytes) -> None:
        raw_id = msgspec.json.encode(participant_raw_id)
        self._silence = silence
        self._head = b'{"kind":"AudioData","audioData":{"timestamp":"'
        self._middle = b'","participantRawID":' + raw_id + b',"data":"'
        self._silent_tail = base64.b64encode(silence) + b'","silent":true}}'

    def encode(self, pcm: bytes, at: datetime) -> bytes:
        """Write one frame.

        Args:
            pcm: 20 ms. Digital silence is marked as such; its data are sent all the same.
            at: UTC.
        """
        stamp = at.strftime("%Y-%m-%dT%H:%M:%S.").encode() + b"%03dZ" % (at.microsecond // 1000)
        if pcm is self._silence or pcm == self._silence:
            return self._head + stamp + self._middle + self._silent_tail
        return self._head + stamp + self._middle + base64.b64encode(pcm) + b'","silent":false}}'


def read_server_message(message: str | bytes) -> ReceivedAudio | ReceivedStop:
    """Read what a server sent on the media socket.

    Raises:
        ProtocolViolation: It is none of the documented messages; says why, without the data.
    """
    if isinstance(message, bytes):
        raise ProtocolViolation("a binary message: the protocol knows text only")
    try:
        decoded = msgspec.json.decode(message)
    except msgspec.DecodeError as error:
        raise ProtocolViolation(f"not JSON: {error}") from error
    properties = _case_folded(decoded, _MESSAGE_PROPERTIES, "message")
    kind = properties.get("kind")
    if kind == "AudioData":
        return ReceivedAudio(_audio_of(properties))
    if kind == "StopAudio":
        _check_stop(properties)
        return ReceivedStop()
    raise ProtocolViolation(f"unknown kind {kind!r}: only AudioData and StopAudio are known")


def _audio_of(properties: dict[str, Any]) -> bytes:
    if properties.get("stopaudio") not in (None, {}):
        raise ProtocolViolation("AudioData with a stopAudio that is not empty")
    audio = _case_folded(properties.get("audiodata"), _AUDIO_PROPERTIES, "audioData")
    data = audio.get("data")
    if not isinstance(data, str):
        raise ProtocolViolation("audioData.data is not a string")
    try:
        pcm = binascii.a2b_base64(data, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise ProtocolViolation(f"audioData.data is not base64: {error}") from error
    if not pcm:
        raise ProtocolViolation("audioData.data is empty")
    if len(pcm) % BYTES_PER_SAMPLE:
        raise ProtocolViolation("audioData.data is not a whole number of 16-bit samples")
    return pcm


def _check_stop(properties: dict[str, Any]) -> None:
    if properties.get("audiodata") is not None:
        raise ProtocolViolation("StopAudio with audioData")
    if properties.get("stopaudio") != {}:
        raise ProtocolViolation("StopAudio without an empty stopAudio object")


def _case_folded(value: object, known: frozenset[str], where: str) -> dict[str, Any]:
    """Lower-case the names of an object, refusing unknown and repeated ones."""
    if not isinstance(value, dict):
        raise ProtocolViolation(f"{where} is not an object")
    folded: dict[str, Any] = {}
    for name, item in value.items():
        lower = name.lower()
        if lower not in known:
            raise ProtocolViolation(f"unknown property {name!r} in {where}")
        if lower in folded:
            raise ProtocolViolation(f"property {name!r} twice in {where}")
        folded[lower] = item
    return folded
