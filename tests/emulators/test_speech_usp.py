import json
import struct

import pytest

from emulators.errors import ProtocolViolation
from emulators.speech_usp import RECOGNITION_PATHS, SYNTHESIS_PATHS, read_frame, sound_format, sound_frame, text_frame

ID = "0123456789ABCDEF0123456789abcdef"


def text(*lines: str, body: str = "{}") -> str:
    return "\r\n".join(lines) + "\r\n\r\n" + body


def binary(head: str, sound: bytes = b"") -> bytes:
    return struct.pack(">H", len(head)) + head.encode() + sound


def riff(encoding: int = 1, channels: int = 1, rate: int = 16_000, bits: int = 16) -> bytes:
    form = struct.pack("<HHIIHH", encoding, channels, rate, rate * 2, 2, bits)
    return b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + form + b"data\0\0\0\0"


def test_a_text_frame_is_taken_apart() -> None:
    """Names of headers and paths are read in any case; the body is as it came."""
    frame = read_frame(text("X-Timestamp:now", "PATH:Speech.Context", f"X-RequestId:{ID}"), RECOGNITION_PATHS)
    assert (frame.path, frame.request_id, frame.json()) == ("speech.context", ID.lower(), {})


def test_a_binary_frame_is_taken_apart() -> None:
    """Two bytes of length, headers, sound."""
    frame = read_frame(binary(f"Path:audio\r\nX-RequestId:{ID}\r\nX-StreamId:1\r\n", b"\1\2"), RECOGNITION_PATHS)
    assert (frame.path, frame.sound, frame.headers["x-streamid"]) == ("audio", b"\1\2", "1")


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("Path:speech.config", "blank line"),
        (text("Path:speech.wrong", f"X-RequestId:{ID}"), "path"),
        (text(f"X-RequestId:{ID}"), "path"),
        (text("Path:ssml", f"X-RequestId:{ID}"), "path"),
        (text("Path:audio", f"X-RequestId:{ID}"), "kind of frame"),
        (binary(f"Path:speech.context\r\nX-RequestId:{ID}\r\n"), "kind of frame"),
        (text("Path:speech.context"), "X-RequestId"),
        (text("Path:speech.context", "X-RequestId:12"), "X-RequestId"),
        (text("Path:speech.context", f"X-RequestId:{ID}", "X-Typo:1"), "X-Typo"),
        (text("Path:speech.context", f"X-RequestId:{ID}", "nothing"), "nothing"),
        (b"\0", "length"),
        (b"\0\x50Path", "shorter"),
        (binary("Path:audio\r\n").replace(b"audio", b"aud\xff\xff"), "ASCII"),
    ],
)
def test_what_the_service_would_not_take_is_refused(message: str | bytes, reason: str) -> None:
    """Each with its reason."""
    with pytest.raises(ProtocolViolation, match=reason):
        read_frame(message, RECOGNITION_PATHS)


@pytest.mark.parametrize("body", ["", "[]", "{"])
def test_a_body_that_is_no_object_is_refused(body: str) -> None:
    """Where JSON is wanted."""
    frame = read_frame(text("Path:synthesis.context", f"X-RequestId:{ID}", body=body), SYNTHESIS_PATHS)
    with pytest.raises(ProtocolViolation, match="JSON"):
        frame.json()


def test_what_the_service_sends() -> None:
    """Headers, a blank line, JSON; or a length, headers, sound."""
    head, _, body = text_frame("turn.end", ID, {"a": 1}).partition("\r\n\r\n")
    assert head.split("\r\n")[:2] == [f"X-RequestId:{ID}", "Path:turn.end"]
    assert json.loads(body) == {"a": 1}
    frame = sound_frame(ID, "S", b"\1\2\3\4")
    (length,) = struct.unpack(">H", frame[:2])
    assert b"X-StreamId:S\r\n" in frame[: 2 + length]
    assert frame[2 + length :] == b"\1\2\3\4"


def test_the_rate_is_read_from_the_first_sound() -> None:
    """Of 16-bit mono PCM; nothing else is pretended."""
    assert sound_format(riff(rate=24_000)) == 24_000
    for wrong in (riff(encoding=7), riff(channels=2), riff(bits=8), riff()[:-1], b"RIFX" + riff()[4:]):
        with pytest.raises(ProtocolViolation):
            sound_format(wrong)
