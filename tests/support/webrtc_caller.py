"""A caller in a browser, without the browser: speaks, keeps what it hears, presses keys, hangs up or vanishes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from fractions import Fraction

import aiohttp
import numpy as np
from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame
from numpy.typing import NDArray

from media.resample import resample
from media.thirds import ToTriple
from media.webrtc_ice import close_peer, reach_this_machine, ways_of
from pipeline.ports import TextToSpeech

RATE_HZ = 48_000


class Mouth(MediaStreamTrack):
    """What a caller says: silence, but for what is told to it. 16 kHz mono PCM in; paced as a microphone."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._pcm = b""
        self._at = 0
        self._start: float | None = None
        self._said = asyncio.Event()
        self._said.set()
        self._to_48_khz = ToTriple()
        self.is_dumb = False
        """Nothing is sent any more."""

    def say(self, pcm: bytes) -> None:
        """Say this after what is being said."""
        self._pcm += pcm
        self._said.clear()

    async def said(self) -> None:
        """Return when all has been said."""
        await self._said.wait()

    async def recv(self) -> AudioFrame:
        """20 ms at 16 kHz, when they are due."""
        if self.readyState != "live" or self.is_dumb:
            raise MediaStreamError
        now = asyncio.get_running_loop().time()
        self._start = self._start if self._start is not None else now
        await asyncio.sleep(max(0.0, self._start + self._at / 16_000 - now))
        taken, self._pcm = self._pcm[:640], self._pcm[640:]
        if not self._pcm:
            self._said.set()
        # At 48 kHz: aiortc would hold back a frame at another rate.
        frame = AudioFrame(format="s16", layout="mono", samples=960)
        frame.planes[0].update(self._to_48_khz.feed(taken.ljust(640, b"\0")))
        frame.sample_rate, frame.time_base, frame.pts = RATE_HZ, Fraction(1, RATE_HZ), self._at * 3
        self._at += 320
        return frame


class WebRtcCaller:
    """One caller. Use ``calling`` to have one for a while.

    Attributes:
        call_id: The server's name of the call, once it was taken.
        heard: What came back, 48 kHz mono, frame by frame, with the loop's time of each.
        ended: Set when the server has closed the connection.
    """

    def __init__(self) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.mouth = Mouth()
        self.heard: list[tuple[float, NDArray[np.int16]]] = []
        self.ended = asyncio.Event()
        self.is_up = asyncio.Event()
        self.call_id = ""
        self._keys: RTCDataChannel = self.connection.createDataChannel("keys")
        self._has_keys = asyncio.Event()
        self._keys.on("open", self._has_keys.set)
        self._incoming: MediaStreamTrack | None = None
        self.connection.on("track", self._track_came)
        self.connection.on("connectionstatechange", self._state_changed)
        self._offer_sound()

    def _offer_sound(self) -> None:
        self.connection.addTrack(self.mouth)

    async def offer(self) -> str:
        """A complete offer."""
        reach_this_machine(self.connection)
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return str(self.connection.localDescription.sdp)

    async def accept(self, sdp: str) -> None:
        """Take the answer."""
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def press(self, digits: str) -> None:
        """Press keys, over the data channel."""
        await self._has_keys.wait()
        for digit in digits:
            self._keys.send(digit)

    async def hang_up(self) -> None:
        """Say goodbye, as a browser does whose page is left."""
        await close_peer(self.connection)

    def vanish(self) -> None:
        """Be gone from one moment to the next: nothing is sent any more, not even what was begun."""
        for way in ways_of(self.connection):
            for protocol in way._protocols:
                protocol.transport.abort()

    async def listen(self) -> None:
        """Keep what is heard, until the connection ends."""
        await self.is_up.wait()
        while self._incoming is not None:
            try:
                frame = await self._incoming.recv()
            except MediaStreamError:
                break
            if isinstance(frame, AudioFrame):
                channels = np.asarray(frame.to_ndarray(), dtype=np.int16).reshape(-1, len(frame.layout.channels))
                sound = channels[:, 0]
                self.heard.append((asyncio.get_running_loop().time(), sound))
        self.ended.set()

    async def hears(self, *, above: int = 500, limit_s: float = 60.0, after: int = 0) -> int:
        """Wait until sound is heard that is louder than this; the number of its frame.

        Args:
            above: Of 32,768, the largest sample.
            limit_s: Longest wait.
            after: The number of the first frame to look at.
        """
        async with asyncio.timeout(limit_s):
            at = after
            while True:
                while at < len(self.heard):
                    if int(np.abs(self.heard[at][1].astype(int)).max()) > above:
                        return at
                    at += 1
                await asyncio.sleep(0.01)

    @property
    def heard_pcm(self) -> bytes:
        """All that was heard, 48 kHz mono."""
        return b"".join(sound.tobytes() for _, sound in self.heard)

    def _track_came(self, track: MediaStreamTrack) -> None:
        self._incoming = track

    def _state_changed(self) -> None:
        if self.connection.connectionState == "connected":
            self.is_up.set()
        if self.connection.connectionState in ("closed", "failed"):
            self.is_up.set()
            self.ended.set()


async def spoken(voice: TextToSpeech, text: str) -> bytes:
    """A sentence as a recording: 16 kHz mono PCM."""
    pcm = b"".join([piece.pcm async for piece in voice.synthesize(text)])
    return resample(pcm, from_hz=voice.sample_rate_hz, to_hz=16_000)


@contextlib.asynccontextmanager
async def calling(
    url: str,
    headers: dict[str, str],
    *,
    assistant: str = "",
    language: str = "",
    caller: WebRtcCaller | None = None,
) -> AsyncIterator[WebRtcCaller]:
    """Call the server at this address; the connection is up. Leaving it hangs up."""
    caller = caller or WebRtcCaller()
    try:
        async with asyncio.TaskGroup() as tasks:
            await begin(caller, url, headers, assistant=assistant, language=language)
            listening = tasks.create_task(caller.listen(), name="caller listens")
            async with asyncio.timeout(60):
                await caller.is_up.wait()
            yield caller
            await caller.hang_up()
            listening.cancel()
    finally:
        await caller.hang_up()


async def begin(caller: WebRtcCaller, url: str, headers: dict[str, str], *, assistant: str, language: str) -> None:
    """Offer, and take the answer."""
    body = {"sdp": await caller.offer(), "type": "offer", "assistant": assistant, "language": language}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.post(f"{url}/talk/calls", json=body) as response,
    ):
        answer = await response.json()
        assert response.status == 201, answer
    caller.call_id = answer["call_id"]
    await caller.accept(answer["sdp"])
