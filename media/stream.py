"""The line of a telephone call: the ACS codec on a Starlette WebSocket."""

from collections.abc import AsyncIterator

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from media.acs import STOP_AUDIO, AcsCodec, encode_audio
from media.errors import LineClosed
from media.line import LineEvent


class AcsLine:
    """An accepted ACS media WebSocket as a ``media.line.Line``."""

    def __init__(self, websocket: WebSocket, *, sample_rate_hz: int = 16_000) -> None:
        self._websocket = websocket
        self._codec = AcsCodec(sample_rate_hz=sample_rate_hz)

    @property
    def sample_rate_hz(self) -> int:
        """The rate that the service announced, or the configured one before that."""
        return self._codec.sample_rate_hz

    async def events(self) -> AsyncIterator[LineEvent]:
        """Decode what comes in until the other side closes or is lost."""
        receive, codec = self._websocket.receive, self._codec
        while True:
            try:
                message = await receive()
            except (WebSocketDisconnect, RuntimeError):
                return  # RuntimeError: received after the disconnect was seen by a sender
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            yield codec.receive_text(text) if text is not None else codec.receive_bytes(message.get("bytes") or b"")

    async def send_audio(self, pcm: bytes) -> None:
        """Send sound; waits while the socket's buffer is full."""
        await self._send(encode_audio(pcm))

    async def stop_audio(self) -> None:
        """Order the service to drop what it has not played."""
        await self._send(STOP_AUDIO)

    async def _send(self, message: str) -> None:
        try:
            await self._websocket.send_text(message)
        except (WebSocketDisconnect, RuntimeError, OSError) as error:
            raise LineClosed("the media socket is closed") from error

    async def close(self) -> None:
        """Close normally (1000)."""
        if self._websocket.application_state is WebSocketState.CONNECTED:
            try:
                await self._websocket.close(1000)
            except (WebSocketDisconnect, RuntimeError, OSError):
                return
