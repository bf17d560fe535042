"""A cheap telephone: a hand-written WebSocket client, and a clock that paces many of them.

Frames are written as they were prepared, masks included, and what comes back is cut
into messages and stamped, nothing else: the load generator must not be what is measured.
"""

import asyncio
import base64
import json
import os
import time
from array import array
from collections.abc import Callable
from typing import cast

import numpy as np

from benchmarks.lateness import FRAME_S

SLOTS = 20
"""Calls are spread over the 20 ms of a frame in steps of 1 ms."""
_SLOT_S = FRAME_S / SLOTS
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10

OnMessage = Callable[[float, bytes], None]
"""Takes the monotonic second of arrival and the text of one message."""


def masked(payload: bytes, *, opcode: int = _TEXT, mask: bytes = b"\x5a\xc3\x0f\x96") -> bytes:
    """A whole WebSocket frame as a client sends it. The payload has at most 65535 bytes."""
    size = len(payload)
    head = bytes([0x80 | opcode, 0x80 | size]) if size < 126 else bytes([0x80 | opcode, 0xFE, size >> 8, size & 0xFF])
    key = np.resize(np.frombuffer(mask, dtype=np.uint8), size)
    return head + mask + (np.frombuffer(payload, dtype=np.uint8) ^ key).tobytes()


def metadata_frame(sample_rate_hz: int = 16_000) -> bytes:
    """The first message of a connection."""
    metadata = {
        "subscriptionId": "00000000-0000-0000-0000-000000000000",
        "encoding": "PCM",
        "sampleRate": sample_rate_hz,
        "channels": 1,
        "length": sample_rate_hz // 50 * 2,
    }
    return masked(json.dumps({"kind": "AudioMetadata", "audioMetadata": metadata}).encode())


def audio_json(pcm: bytes) -> str:
    """20 ms of the caller as ACS sends them; the moment is always the same, nobody reads it."""
    audio = {
        "timestamp": "2026-01-05T12:00:00.000Z",
        "participantRawID": "4:+12025550199",
        "data": base64.b64encode(pcm).decode(),
        "silent": False,
    }
    return json.dumps({"kind": "AudioData", "audioData": audio}, separators=(",", ":"))


class WirePhone(asyncio.Protocol):
    """One media socket. ``opened`` is set once frames can be sent."""

    def __init__(self, path: str, on_message: OnMessage) -> None:
        self._path = path
        self._on_message = on_message
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._is_open = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the WebSocket."""
        self._transport = transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def send(self, frame: bytes) -> None:
        """Write a frame that ``masked`` made. A closed socket takes it and forgets it."""
        if self._transport is not None:
            self._transport.write(frame)

    def close(self) -> None:
        """Hang up, normally."""
        self.send(masked(b"\x03\xe8", opcode=_CLOSE))

    def data_received(self, data: bytes) -> None:
        """Cut into messages; all that came together arrived together."""
        now = time.monotonic()
        data = self._rest + data if self._rest else data
        at = 0 if self._is_open else self._read_handshake(data)
        while self._is_open and (message := _message_at(data, at)) is not None:
            opcode, start, end = message
            if opcode == _TEXT:
                self._on_message(now, data[start:end])
            elif opcode == _PING:
                self.send(masked(data[start:end], opcode=_PONG))
            elif opcode == _CLOSE and self._transport is not None:
                self._transport.close()
            at = end
        self._rest = data[at:]

    def _read_handshake(self, data: bytes) -> int:
        head, found, _ = data.partition(b"\r\n\r\n")
        if not found:
            return 0
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            self.opened.set_exception(ConnectionError(head.split(b"\r\n", 1)[0].decode("latin-1")))
            return len(data)
        self._is_open = True
        if not self.opened.done():
            self.opened.set_result(None)
        return len(head) + 4

    def connection_lost(self, error: Exception | None) -> None:
        """Nothing more comes."""
        self._transport = None
        self.closed.set()
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed before it was open"))


def _message_at(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Opcode, start and end of the whole, unmasked frame that begins here; None while it is not whole."""
    there = len(data) - at
    if there < 2:
        return None
    size, start = data[at + 1], at + 2
    if size == 126:
        if there < 4:
            return None
        size, start = data[at + 2] << 8 | data[at + 3], at + 4
    elif size == 127:
        if there < 10:
            return None
        size, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
    return (data[at] & 0x0F, start, start + size) if start + size <= len(data) else None


async def dial(port: int, path: str, on_message: OnMessage) -> WirePhone:
    """Open a media socket on loopback.

    Raises:
        OSError, ConnectionError: The server does not take it.
    """
    loop = asyncio.get_running_loop()
    _, phone = await loop.create_connection(lambda: WirePhone(path, on_message), "127.0.0.1", port)
    await phone.opened
    return phone


class Pacer:
    """Calls back every 20 ms for each line, the lines spread evenly; on an absolute clock.

    ``late_ms`` says how late the ticks were: that is the load generator's own fault, and
    figures are to be trusted only while it is small.
    """

    def __init__(self) -> None:
        self._slots: tuple[list[Callable[[], None]], ...] = tuple([] for _ in range(SLOTS))
        self._next_slot = 0
        self.late_ms = array("d")

    def add(self, tick: Callable[[], None]) -> None:
        """Begin to call this every 20 ms."""
        self._slots[self._next_slot].append(tick)
        self._next_slot = (self._next_slot + 7) % SLOTS  # 7 and 20 share no factor: all slots come in turn

    def remove(self, tick: Callable[[], None]) -> None:
        """Call it no more."""
        for slot in self._slots:
            if tick in slot:
                slot.remove(tick)

    async def keep(self) -> None:
        """Keep the pace until cancelled; what was missed is made up at once."""
        started, count = time.monotonic(), 0
        while True:
            due = started + count * _SLOT_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.late_ms.append((time.monotonic() - due) * 1000)
            for tick in tuple(self._slots[count % SLOTS]):
                tick()
            count += 1
