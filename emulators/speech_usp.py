"""The frames of the Speech service's WebSocket protocol (USP), both ways. Sans-IO.

A text frame is header lines, a blank line and a body; a binary frame is two bytes
big-endian with the length of the header lines, the lines, and sound. What a client may
send is listed here: anything else is refused, so that a typo does not pass.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from emulators.errors import ProtocolViolation

TICKS_PER_MS = 10_000
"""Offsets and durations count 100 ns."""

RECOGNITION_PATHS: Final = frozenset(
    {"speech.config", "speech.context", "speech.agent", "audio", "audio.commit", "telemetry"}
)
SYNTHESIS_PATHS: Final = frozenset(
    {"speech.config", "synthesis.context", "ssml", "text.piece", "text.end", "telemetry", "speech.agent"}
)
_HEADERS: Final = frozenset(
    {
        *("x-timestamp", "path", "x-requestid", "x-streamid", "content-type", "authorization"),
        *("x-client-commit-token", "x-client-commit-channel-index"),
    }
)
_RIFF_HEADER_BYTES = 44


@dataclass(frozen=True, slots=True)
class ClientFrame:
    """What a client sent."""

    path: str
    """In small letters."""
    request_id: str
    """32 hexadecimal digits, one for each turn; empty in ``speech.config``."""
    headers: Mapping[str, str]
    """By their names in small letters."""
    body: str = ""
    sound: bytes = b""

    def json(self) -> dict[str, Any]:
        """The body.

        Raises:
            ProtocolViolation: It is no JSON object.
        """
        try:
            content = json.loads(self.body)
        except ValueError as error:
            raise ProtocolViolation(f"{self.path} holds no JSON: {error}") from error
        if not isinstance(content, dict):
            raise ProtocolViolation(f"{self.path} holds no JSON object")
        return content


def read_frame(message: str | bytes, allowed: frozenset[str]) -> ClientFrame:
    """Take one message of a client apart.

    Raises:
        ProtocolViolation: The service would not take it; the message says why.
    """
    if isinstance(message, str):
        head, separator, body = message.partition("\r\n\r\n")
        if not separator:
            raise ProtocolViolation("a text frame without a blank line after its headers")
        sound = b""
    else:
        head, sound = _split_binary(message)
        body = ""
    headers = _headers(head)
    path = headers.get("path", "").lower()
    if path not in allowed:
        raise ProtocolViolation(f"the path {path!r} is none of {sorted(allowed)}")
    if isinstance(message, bytes) != (path == "audio"):
        raise ProtocolViolation(f"{path} came in the wrong kind of frame")
    request_id = headers.get("x-requestid", "")
    if path not in ("speech.config", "telemetry") and not _is_hex(request_id):
        raise ProtocolViolation(f"{path} has no X-RequestId of 32 hexadecimal digits")
    return ClientFrame(path, request_id.lower(), headers, body, sound)


def _split_binary(message: bytes) -> tuple[str, bytes]:
    if len(message) < 2:
        raise ProtocolViolation("a binary frame without a header length")
    (length,) = struct.unpack(">H", message[:2])
    if len(message) < 2 + length:
        raise ProtocolViolation("a binary frame that is shorter than its header length")
    try:
        return message[2 : 2 + length].decode("ascii"), message[2 + length :]
    except UnicodeDecodeError as error:
        raise ProtocolViolation("the header of a binary frame is no ASCII") from error


def _headers(head: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in head.split("\r\n"):
        if not line:
            continue
        name, colon, value = line.partition(":")
        if not colon or name.strip().lower() not in _HEADERS:
            raise ProtocolViolation(f"the header line {name!r} is not known")
        headers[name.strip().lower()] = value.strip()
    return headers


def _is_hex(text: str) -> bool:
    return len(text) == 32 and all(char in "0123456789abcdef" for char in text.lower())


def text_frame(path: str, request_id: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> str:
    """A message of the service."""
    lines = {
        "X-RequestId": request_id,
        "Path": path,
        "Content-Type": "application/json; charset=utf-8",
        **(headers or {}),
    }
    return "".join(f"{name}:{value}\r\n" for name, value in lines.items()) + "\r\n" + json.dumps(body)


def sound_frame(request_id: str, stream_id: str, pcm: bytes) -> bytes:
    """A piece of synthesised sound."""
    head = f"X-RequestId:{request_id}\r\nX-StreamId:{stream_id}\r\nPath:audio\r\nContent-Type:audio/x-wav\r\n".encode()
    return struct.pack(">H", len(head)) + head + pcm


def sound_format(riff_header: bytes) -> int:
    """The sample rate, Hz, that the first message of a stream of sound tells.

    Raises:
        ProtocolViolation: It is not the header of 16-bit mono PCM.
    """
    if len(riff_header) != _RIFF_HEADER_BYTES or riff_header[:4] != b"RIFF" or riff_header[8:16] != b"WAVEfmt ":
        raise ProtocolViolation("the first audio message is not a RIFF header of 44 bytes")
    encoding, channels, rate, _, _, bits = struct.unpack("<HHIIHH", riff_header[20:36])
    if (encoding, channels, bits) != (1, 1, 16):
        raise ProtocolViolation(f"sound of format {encoding} with {channels} channels of {bits} bits is not pretended")
    return int(rate)
