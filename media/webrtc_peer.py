"""One WebRTC connection: answered, listened to, and closed without anything being left of it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.exceptions import InternalError, InvalidAccessError, InvalidStateError, OperationError
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame

from media.errors import BadOffer
from media.webrtc_ice import close_peer, is_there, reach_this_machine
from media.webrtc_line import WebRtcLine
from media.webrtc_offer import OPUS, check_offer
from media.webrtc_receiver import receive_at_once
from media.webrtc_track import PacedTrack

KEYS = "keys"
"""The label of the data channel that carries keys of the telephone."""

_ASKED_EVERY_S = 1.0
"""Who only listens. ICE itself asks every five seconds, and gives up after six answers that did not come."""
_REFUSALS = (ValueError, LookupError, TypeError, AttributeError, AssertionError)
_REFUSALS_OF_AIORTC = (InternalError, InvalidAccessError, InvalidStateError, OperationError)


@dataclass(frozen=True, slots=True)
class IceServer:
    """A STUN or TURN server."""

    urls: tuple[str, ...]
    """``stun:host:port``, ``turn:host:port?transport=udp``, …"""
    username: str = ""
    credential: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """How connections are made and given up."""

    ice_servers: tuple[IceServer, ...] = ()
    """Of each kind aiortc uses the first one."""
    vanished_after_ms: int = 3_000
    """Without sound for so long the other side is gone: browsers send it also when they are muted."""
    answer_timeout_s: float = 10.0
    """Longest that gathering candidates and answering may take."""


class PeerEnd(Enum):
    """Why nothing comes any more."""

    HUNG_UP = auto()
    """The other side has said goodbye."""
    VANISHED = auto()
    """It says nothing any more."""
    CLOSED = auto()
    """We have closed the line."""


class WebRtcPeer:
    """The other side of a call. Every one that was made must be closed.

    Args:
        settings: See there.
        now: Seconds that never go back, in step with the loop's timers.
    """

    def __init__(self, settings: PeerSettings, *, now: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._track = PacedTrack(now=now)
        self.line = WebRtcLine(self._track, on_closed=self._hear_no_more)
        # None would be taken for a public STUN server.
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[_rtc(each) for each in settings.ice_servers]))
        self._connection.on("track", self._track_offered)
        self._connection.on("datachannel", self._channel_opened)
        self._connection.on("connectionstatechange", self._state_changed)
        self._incoming: MediaStreamTrack | None = None
        self._patience: asyncio.Timeout | None = None
        self._settled = asyncio.Event()
        """Set when it is known whether the connection comes about."""
        self._is_over = asyncio.Event()
        """Set when nothing comes any more, of one that only listens."""
        self.closed = asyncio.Event()

    @property
    def is_speaking(self) -> bool:
        """Whether the other side sends sound at all."""
        return self._incoming is not None

    async def answer(self, sdp: str, *, must_send: bool = True) -> str:
        """The answer to an offer, with our candidates.

        Args:
            sdp: The offer.
            must_send: Whether the other side must send sound; else it may only listen.

        Raises:
            BadOffer: It cannot be taken, or not in time; the peer is to be closed.
        """
        check_offer(sdp, must_send=must_send)
        try:
            async with asyncio.timeout(self._settings.answer_timeout_s):
                transceiver = self._connection.addTransceiver(self._track)
                known = RTCRtpReceiver.getCapabilities("audio")
                codecs = [] if known is None else known.codecs
                transceiver.setCodecPreferences([each for each in codecs if each.mimeType == OPUS])
                await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
                receive_at_once(transceiver.receiver)
                await self._connection.addIceCandidate(None)  # all of them are in the offer
                reach_this_machine(self._connection)
                await self._connection.setLocalDescription(await self._connection.createAnswer())
        except TimeoutError as error:
            raise BadOffer("the offer could not be answered in time") from error
        except (*_REFUSALS, *_REFUSALS_OF_AIORTC) as error:
            raise BadOffer("the offer cannot be taken") from error
        return str(self._connection.localDescription.sdp)

    async def connected(self) -> bool:
        """Wait until sound can go both ways; False: it never will, or ``give_up`` was called."""
        await self._settled.wait()
        return self._connection.connectionState == "connected"

    def give_up(self) -> None:
        """Do not wait for the connection any longer."""
        self._settled.set()

    async def run(self) -> PeerEnd:
        """Bring the line what the other side says, until it is gone or the line is closed."""
        track = self._incoming
        if track is None:
            return await self._stays()
        while track is not None and not self.line.is_closed:
            try:
                async with asyncio.timeout(self._settings.vanished_after_ms / 1000) as self._patience:
                    frame = await track.recv()
            except TimeoutError:
                break
            except MediaStreamError:
                return PeerEnd.CLOSED if self.line.is_closed else PeerEnd.HUNG_UP
            finally:
                self._patience = None
            if isinstance(frame, AudioFrame):
                self.line.hear(frame)
        return PeerEnd.CLOSED if self.line.is_closed else PeerEnd.VANISHED

    async def _stays(self) -> PeerEnd:
        """Wait for the end of one who only listens. They say nothing, so they are asked whether they are there."""

        async def answers() -> None:
            while True:
                await asyncio.sleep(_ASKED_EVERY_S)
                if not await is_there(self._connection):
                    return

        async def ends() -> None:
            await self._is_over.wait()

        async with asyncio.TaskGroup() as tasks:
            asking = tasks.create_task(answers(), name="webrtc-asks")
            waiting = tasks.create_task(ends(), name="webrtc-waits")
            await asyncio.wait((asking, waiting), return_when=asyncio.FIRST_COMPLETED)
            asking.cancel()
            waiting.cancel()
        if self.line.is_closed:
            return PeerEnd.CLOSED
        return PeerEnd.HUNG_UP if self._is_over.is_set() else PeerEnd.VANISHED

    async def last_words(self, limit_s: float, *, buffered_s: float) -> None:
        """Return when the other side has heard what was sent, or after ``limit_s``.

        Args:
            limit_s: Longest wait for our own queue.
            buffered_s: What is played after it has left.
        """
        try:
            async with asyncio.timeout(limit_s):
                await self._track.drained()
        except TimeoutError:
            return
        await asyncio.sleep(buffered_s)

    async def close(self) -> None:
        """Close the connection; nothing of it is left. Idempotent."""
        await self.line.close()
        self.give_up()
        try:
            await close_peer(self._connection)
        finally:
            self._track.stop()
            self.closed.set()

    # -- what aiortc tells ------------------------------------------------------------------

    def _track_offered(self, track: MediaStreamTrack) -> None:
        self._incoming = self._incoming or track

    def _channel_opened(self, channel: RTCDataChannel) -> None:
        if channel.label == KEYS:
            channel.on("message", self.line.key)

    def _state_changed(self) -> None:
        if self._connection.connectionState in ("connected", "failed", "closed"):
            self._settled.set()
        if self._connection.connectionState in ("failed", "closed"):
            self._is_over.set()

    def _hear_no_more(self) -> None:
        self._is_over.set()
        if self._patience is not None:
            self._patience.reschedule(asyncio.get_running_loop().time())


def _rtc(server: IceServer) -> RTCIceServer:
    return RTCIceServer(list(server.urls), server.username or None, server.credential or None)
