"""Control of a call that no telephone service knows: it can be ended, and that is all."""

import asyncio
from typing import NoReturn

from calls.errors import CallControlError
from calls.ports import AnsweredCall, RejectReason, TransferTarget
from media.webrtc_peer import WebRtcPeer

_CLOSES_WITHIN_S = 2.0
"""Whoever serves the call closes its connection, when the last words have been heard."""


class PeerControl:
    """A WebRTC connection as a ``calls.ports.CallControl``: nothing leaves this process.

    What only a telephone service can do is refused with ``CallControlError``.
    """

    def __init__(self, peer: WebRtcPeer) -> None:
        self._peer = peer

    async def answer(
        self, *, incoming_call_context: str, callback_url: str, media_url: str, operation_context: str
    ) -> AnsweredCall:
        """The connection has been answered already."""
        return AnsweredCall(f"webrtc-{operation_context}", "", "")

    async def reject(self, *, incoming_call_context: str, reason: RejectReason) -> None:
        """Turn it away."""
        await self._peer.close()

    async def hang_up(self, call_connection_id: str) -> None:
        """Return when the connection is closed."""
        try:
            async with asyncio.timeout(_CLOSES_WITHIN_S):
                await self._peer.closed.wait()
        except TimeoutError:
            await self._peer.close()

    async def place(
        self, *, to_number: str, from_number: str, callback_url: str, media_url: str, operation_context: str
    ) -> AnsweredCall:
        """Refused."""
        _refuse("no number can be called")

    async def transfer(self, call_connection_id: str, target: TransferTarget, *, operation_context: str) -> None:
        """Refused."""
        _refuse("nobody can be reached")

    async def invite(
        self, call_connection_id: str, target: TransferTarget, *, from_number: str, operation_context: str
    ) -> None:
        """Refused."""
        _refuse("nobody can be reached")

    async def start_recording(self, call_connection_id: str, *, state_callback_url: str) -> str:
        """Refused: our own recording is kept all the same."""
        _refuse("there is no service that records")

    async def stop_recording(self, recording_id: str) -> None:
        """There is none."""

    async def play(self, call_connection_id: str, url: str, *, operation_context: str) -> None:
        """Refused."""
        _refuse("there is no service that plays")

    async def cancel_play(self, call_connection_id: str) -> None:
        """Nothing is played."""

    async def start_media_streaming(self, call_connection_id: str) -> None:
        """Its audio comes over the connection itself."""

    async def start_continuous_dtmf(self, call_connection_id: str, participant: str) -> None:
        """Keys come over the connection itself."""

    async def stop_continuous_dtmf(self, call_connection_id: str, participant: str) -> None:
        """Keys come over the connection itself."""

    async def ping(self) -> None:
        """There is nothing to reach."""

    async def close(self) -> None:
        """Nothing is shared with other calls."""


def _refuse(what: str) -> NoReturn:
    raise CallControlError(f"a call from a browser: {what}")
