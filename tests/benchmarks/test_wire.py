"""The cheap telephone, against a real server; and its pace."""

import asyncio
import json

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from benchmarks.wire import SLOTS, Pacer, WirePhone, audio_json, dial, masked, metadata_frame
from media.acs import AcsCodec
from media.line import AudioReceived, LineOpened
from tests.support.serving import serving


def port_of(address: str) -> int:
    """The port of ``host:port``."""
    return int(address.rpartition(":")[2])


@pytest.mark.parametrize("size", [1, 125, 126, 1_000, 65_535])
async def test_frames_are_understood_and_answers_cut(size: int) -> None:
    """A masked frame of any size reaches the server whole, and what comes back is cut into its messages."""

    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        text = await socket.receive_text()
        await socket.send_text(text)
        await socket.send_text("second")
        await socket.send_text("x" * 70_000)
        await socket.close()

    heard: list[str] = []
    async with serving(Starlette(routes=[WebSocketRoute("/", echo)])) as address, asyncio.timeout(10):
        phone = await dial(port_of(address), "/", lambda at, text: heard.append(text.decode()))
        phone.send(masked(b"y" * size))
        await phone.closed.wait()
    assert heard == ["y" * size, "second", "x" * 70_000]


async def test_hanging_up_is_a_normal_close() -> None:
    """The server sees code 1000."""
    codes: list[int] = []

    async def listen(socket: WebSocket) -> None:
        await socket.accept()
        try:
            await socket.receive_text()
        except WebSocketDisconnect as gone:
            codes.append(gone.code)

    async with serving(Starlette(routes=[WebSocketRoute("/", listen)])) as address, asyncio.timeout(10):
        phone = await dial(port_of(address), "/", lambda at, text: None)
        phone.close()
        await phone.closed.wait()
    assert codes == [1000]


async def test_a_refused_socket_is_an_error() -> None:
    """A path that the server does not know is told at once."""
    async with serving(Starlette()) as address, asyncio.timeout(10):
        with pytest.raises(ConnectionError, match="40"):
            await dial(port_of(address), "/nothing", lambda at, text: None)


class Written:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data

    def close(self) -> None:
        self.data += b"closed"


async def test_messages_in_pieces_and_pings() -> None:
    """Messages are cut however they come in; a ping is answered."""
    heard: list[bytes] = []
    phone = WirePhone("/", lambda at, text: heard.append(text))
    wire = Written()
    phone.connection_made(wire)  # type: ignore[arg-type]
    stream = (
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + b"\x81\x02ab" + b"\x81\x7e\x00\xc8" + b"c" * 200 + b"\x89\x01p"
    )
    for at in range(len(stream)):
        phone.data_received(stream[at : at + 1])
    assert heard == [b"ab", b"c" * 200]
    assert wire.data.endswith(masked(b"p", opcode=10))
    assert phone.opened.done()


async def test_messages_are_what_the_codec_expects() -> None:
    """Audio and metadata are read without complaint."""
    codec = AcsCodec()
    metadata = json.loads(bytes(a ^ b for a, b in zip(metadata_frame()[8:], b"\x5a\xc3\x0f\x96" * 100, strict=False)))
    assert codec.receive_text(json.dumps(metadata)) == LineOpened(16_000)
    assert codec.receive_text(audio_json(b"\x01\x02" * 320)) == AudioReceived(b"\x01\x02" * 320)


async def test_pacer_ticks_every_line_as_often() -> None:
    """Each line is called once per round of slots; a removed one no more."""
    pacer = Pacer()
    done = asyncio.Event()
    ticks = [0, 0, 0]

    def tick(line: int) -> None:
        ticks[line] += 1
        if ticks[0] == 5:
            done.set()

    lines = [lambda line=line: tick(line) for line in range(3)]
    for each in lines:
        pacer.add(each)
    pacer.remove(lines[2])
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(10):
        pacing = tasks.create_task(pacer.keep())
        await done.wait()
        pacing.cancel()
    assert ticks[0] == 5
    assert ticks[1] in (4, 5)
    assert ticks[2] == 0
    assert len(pacer.late_ms) >= 4 * SLOTS
