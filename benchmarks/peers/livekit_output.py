"""What livekit-agents says, sent to ACS in real time: so that it can be stopped, and go on where it was stopped.

Run by the interpreter of ``.peers/livekit``.
"""
# mypy: disable-error-code="import-not-found, misc, no-any-unimported"

import asyncio
import json
import time
from binascii import b2a_base64
from collections.abc import Awaitable, Callable
from typing import Any

from livekit.agents.voice.io import AudioOutput, AudioOutputCapabilities

from benchmarks.load_services import RATE_HZ

_FRAME_BYTES = RATE_HZ // 50 * 2
_LEAD_S = 0.1
"""How far it sends ahead of what plays. It does not count: an order to stop drops it."""
_BYTES_A_SECOND = RATE_HZ * 2
_STOP = json.dumps({"Kind": "StopAudio", "AudioData": None, "StopAudio": {}})


class PacedOutput(AudioOutput):
    """The assistant's side of one call. ``play`` sends; all else says what, as livekit's rooms are told."""

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        super().__init__(label="acs", capabilities=AudioOutputCapabilities(pause=True), sample_rate=RATE_HZ)
        self._send = send
        self._woken = asyncio.Event()
        self._sound = bytearray()
        """The segment that is being said; it ends with the answer, which bounds it."""
        self._is_whole = False
        self._is_paused = False
        self._stop_wanted = False
        self._sent = 0
        """Bytes of the segment."""
        self._run_began_at = 0.0
        self._run_began_with = 0
        """Bytes of the segment that had been played when the present run of sound began."""

    async def play(self) -> None:
        """Send what is due, until cancelled."""
        while True:
            self._woken.clear()
            wait_s = await self._send_due()
            try:
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def capture_frame(self, frame: Any) -> None:
        """Take sound, as fast as it comes."""
        await super().capture_frame(frame)
        self._sound += bytes(frame.data)
        self._woken.set()

    def flush(self) -> None:
        """Take note that the segment is whole."""
        super().flush()
        self._is_whole = bool(self._sound)
        self._woken.set()

    def clear_buffer(self) -> None:
        """Fall silent for good."""
        self._fall_silent()
        if self._sound:
            self._finish(interrupted=True)

    def pause(self) -> None:
        """Fall silent, perhaps to go on."""
        super().pause()
        if not self._is_paused:
            self._fall_silent()
        self._is_paused = True

    def resume(self) -> None:
        """Go on with the first sample that was not heard."""
        super().resume()
        self._is_paused = False
        self._woken.set()

    async def _send_due(self) -> float | None:
        """Send; the seconds after which there is more to do, None if somebody will wake us."""
        if self._stop_wanted:
            self._stop_wanted = False
            await self._send(_STOP)
        while self._may_send() and (ahead_s := self._ahead_s()) < _LEAD_S:
            if ahead_s <= 0:
                self._run_began_at, self._run_began_with = time.monotonic(), self._sent
            if self._sent == 0:
                self.on_playback_started(created_at=time.time())
            pcm = bytes(self._sound[self._sent : self._sent + _FRAME_BYTES])
            self._sent += len(pcm)
            data = b2a_base64(pcm, newline=False).decode()
            await self._send(json.dumps({"Kind": "AudioData", "AudioData": {"Data": data}, "StopAudio": None}))
        if self._is_paused or self._stop_wanted:
            return None
        if self._may_send():
            return self._ahead_s() - _LEAD_S + 0.001
        if self._is_whole and (left_s := self._ahead_s()) > 0:
            return left_s
        if self._is_whole:
            self._finish(interrupted=False)
        return None

    def _may_send(self) -> bool:
        if self._is_paused or self._stop_wanted:
            return False
        unsent = len(self._sound) - self._sent
        return unsent >= _FRAME_BYTES or (self._is_whole and unsent > 0)

    def _played(self) -> int:
        if self._sent == self._run_began_with:
            return self._sent
        run = int((time.monotonic() - self._run_began_at) * _BYTES_A_SECOND) // 2 * 2
        return min(self._sent, self._run_began_with + run)

    def _ahead_s(self) -> float:
        return (self._sent - self._played()) / _BYTES_A_SECOND

    def _fall_silent(self) -> None:
        self._sent = self._run_began_with = self._played()
        self._stop_wanted = True
        self._woken.set()

    def _finish(self, *, interrupted: bool) -> None:
        played_s = self._played() / _BYTES_A_SECOND
        self._sound.clear()
        self._sent = self._run_began_with = 0
        self._is_whole = self._is_paused = False
        self.on_playback_finished(playback_position=played_s, interrupted=interrupted)
