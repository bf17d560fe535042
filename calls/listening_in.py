"""Listening in: who listens to which call of this replica, whispers to its assistant, or has taken it over.

A listener is a connection of its own, beside the call's: its end changes nothing in the
call, but for one thing. Whoever has taken a call over and is gone, however that came, has
given it back: the assistant goes on, and says so.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from calls.errors import CannotSupervise
from calls.events import EndReason
from calls.holding import names_of
from calls.live import LiveCalls
from calls.session import CallSession, Notice
from media.line import AudioReceived
from media.tap import Listener
from media.webrtc_names import without_names
from media.webrtc_peer import PeerSettings, WebRtcPeer
from pipeline.events import GivenBack, TakenOver, Whispered

_CONNECTS_WITHIN_S = 15.0
_CLOSES_WITHIN_S = 5.0
_GIVES_BACK_TIMES = 50
_GIVES_BACK_EVERY_S = 0.1

_log = logging.getLogger(__name__)

_Reason = CannotSupervise.Reason


@dataclass(frozen=True, slots=True)
class _Listening:
    """One listener, and what it listens to."""

    listener_id: str
    session: CallSession
    peer: WebRtcPeer
    heard: Listener


class ListeningIn:
    """Use as ``async with ListeningIn(...) as listening_in``; leaving it ends every listener.

    Args:
        live_calls: The calls that are up here.
        settings: Of the connections.
        most: How many may listen at once; more are refused.
        now: Seconds that never go back, in step with the loop's timers.
    """

    def __init__(
        self,
        live_calls: LiveCalls,
        settings: PeerSettings,
        *,
        most: int = 32,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._live_calls = live_calls
        self._settings = settings
        self._most = most
        self._now = now
        self._tasks = asyncio.TaskGroup()
        self._listeners: dict[str, _Listening] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._opening = 0
        self._speaking: dict[str, str] = {}
        """Who has taken a call over: the listener, by call."""
        self._is_open = False

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_open = False
        for listening in self._listeners.values():
            listening.heard.close()
        if self._running:
            await asyncio.wait(self._running.values(), timeout=_CLOSES_WITHIN_S)
        for task in tuple(self._running.values()):
            task.cancel()
        # All tasks have been ended: the group need not wrap the body's own error.
        await self._tasks.__aexit__(None, None, None)

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    async def listen(self, call_id: str, sdp: str, *, address: str = "") -> tuple[str, str]:
        """Let somebody listen to a call.

        Args:
            call_id: Of a call that is up here.
            sdp: The offer, with all its candidates. One that sends sound can take the call over.
            address: Where it came from.

        Returns:
            The listener's id, and the answer to the offer.

        Raises:
            BadOffer: The offer cannot be taken.
            CannotSupervise: The call is not up here, or too many listen.
        """
        if not self._is_open:
            raise CannotSupervise(_Reason.CLOSED)
        session = self._session(call_id)
        if len(self._listeners) + self._opening >= self._most:
            raise CannotSupervise(_Reason.FULL)
        peer = WebRtcPeer(self._settings, now=self._now)
        self._opening += 1
        try:
            answer = await peer.answer(without_names(sdp, address), must_send=False)
            if session.ended.is_set():
                raise CannotSupervise(_Reason.NOT_UP)
            if not self._is_open:
                raise CannotSupervise(_Reason.CLOSED)
        except BaseException:
            await peer.close()
            raise
        finally:
            self._opening -= 1
        listening = _Listening(uuid.uuid4().hex, session, peer, session.tap.listen())
        self._listeners[listening.listener_id] = listening
        name = f"listener-{call_id}-{listening.listener_id}"
        self._running[listening.listener_id] = self._tasks.create_task(self._serve(listening), name=name)
        return listening.listener_id, answer

    def end(self, call_id: str, listener_id: str) -> None:
        """Let somebody listen no more. Raises ``CannotSupervise``: there is no such listener."""
        self._listening(call_id, listener_id).heard.close()

    def whisper(self, call_id: str, text: str) -> None:
        """Tell the assistant of a call something that the caller does not hear.

        Raises:
            CannotSupervise: The call is not up here, or takes nothing more now.
        """
        _tell(self._session(call_id), Whispered(text))

    def take_over(self, call_id: str, listener_id: str) -> None:
        """Let a listener speak to the caller, in the place of the assistant. Twice changes nothing.

        Raises:
            CannotSupervise: The call is not up here, is with another telephone, or another has taken
                it over; this one does not listen to it, or sends no sound.
        """
        session = self._session(call_id)
        listening = self._listening(call_id, listener_id)
        if not listening.peer.is_speaking:
            raise CannotSupervise(_Reason.CANNOT_SPEAK)
        if (speaking := self._speaking.get(call_id)) == listener_id:
            return
        if speaking is not None:
            raise CannotSupervise(_Reason.TAKEN)
        if session.is_handed_over:
            raise CannotSupervise(_Reason.HANDED_OVER)
        _tell(session, TakenOver())
        self._speaking[call_id] = listener_id
        listening.heard.hears_ours = False

    def give_back(self, call_id: str) -> None:
        """Leave the caller to the assistant again.

        Raises:
            CannotSupervise: The call is not up here, or nobody has taken it over.
        """
        session = self._session(call_id)
        if call_id not in self._speaking:
            raise CannotSupervise(_Reason.NOT_TAKEN)
        _tell(session, GivenBack())
        self._silence(call_id)

    def is_taken_over(self, call_id: str) -> bool:
        """Whether a listener speaks to the caller of a call."""
        return call_id in self._speaking

    def _silence(self, call_id: str) -> None:
        listening = self._listeners.get(self._speaking.pop(call_id))
        if listening is not None:
            listening.heard.hears_ours = True

    def _session(self, call_id: str) -> CallSession:
        session = self._live_calls.session_of(call_id)
        if session is None:
            raise CannotSupervise(_Reason.NOT_UP)
        if not session.sockets_opened:
            raise CannotSupervise(_Reason.NOT_CONNECTED)
        return session

    def _listening(self, call_id: str, listener_id: str) -> _Listening:
        listening = self._listeners.get(listener_id)
        if listening is None or listening.session.call_id != call_id:
            raise CannotSupervise(_Reason.NOT_LISTENING)
        return listening

    # -- one listener ---------------------------------------------------------------------

    async def _serve(self, listening: _Listening) -> None:
        """Root of a task: whatever happens, the connection is closed, and the call is the assistant's again."""
        call_id, peer = listening.session.call_id, listening.peer
        try:
            async with asyncio.timeout(_CONNECTS_WITHIN_S):
                has_come = await peer.connected()
            if has_come:
                await self._carry(listening)
        except TimeoutError:
            pass
        except Exception as error:  # noqa: BLE001 - root of a listener: its bug must not reach the call
            _log.error("event=listener_failed call_id=%s error=%s", call_id, names_of(error))
        finally:
            listening.heard.close()
            del self._listeners[listening.listener_id]
            try:
                if self._may_speak(listening):
                    self._silence(call_id)
                    await self._give_back_for_sure(listening.session)
            finally:
                try:
                    await peer.close()
                finally:
                    del self._running[listening.listener_id]

    async def _carry(self, listening: _Listening) -> None:
        """Sound, both ways, until either side or the call is over."""

        async def until_ended() -> None:
            await listening.session.ended.wait()

        async def hear() -> None:
            async for pcm in listening.heard.sound():
                await listening.peer.line.send_audio(pcm)

        async def speak() -> None:
            async for event in listening.peer.line.events():
                if isinstance(event, AudioReceived) and self._may_speak(listening):
                    listening.session.tap.speak(event.pcm)

        async def stay() -> None:
            await listening.peer.run()

        names = {"until": until_ended, "hear": hear, "speak": speak, "stay": stay}
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(work(), name=f"listener-{name}-{listening.listener_id}")
                for name, work in names.items()
            ]
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in running:
                task.cancel()

    def _may_speak(self, listening: _Listening) -> bool:
        return self._speaking.get(listening.session.call_id) == listening.listener_id

    async def _give_back_for_sure(self, session: CallSession) -> None:
        """The caller is not left alone because a queue is full for a moment."""
        for _ in range(_GIVES_BACK_TIMES):
            if session.ended.is_set() or session.tell(GivenBack()):
                return
            await asyncio.sleep(_GIVES_BACK_EVERY_S)
        session.request_hang_up(EndReason.FAILED)  # whoever takes no notice for so long answers nobody any more


def _tell(session: CallSession, notice: Notice) -> None:
    if not session.tell(notice):
        raise CannotSupervise(_Reason.BUSY)
