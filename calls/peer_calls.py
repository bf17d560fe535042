"""Calls that come over WebRTC, as from a browser: calls like any other, without a telephone service.

Each is one task, from the answer to its offer until nothing of its connection is left.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from calls.callbacks import CallDisconnected
from calls.errors import CannotPlace
from calls.events import EndReason
from calls.holding import Converse, hold, names_of
from calls.initiate import CallInitiate
from calls.live import LiveCalls
from calls.live_call import LiveCall
from calls.peer_control import PeerControl
from calls.recent import Recent
from calls.session import CallSession
from media.webrtc_peer import PeerEnd, PeerSettings, WebRtcPeer

_LAST_WORDS_S = 0.5
"""Longest that what was queued may take to leave, when the assistant has hung up."""
_FAR_BUFFER_S = 0.2
"""What a browser still has to play then."""
_CLOSES_WITHIN_S = 5.0
_REMEMBERED_MAX = 1_000
"""Overflow rule: of calls that ended, the oldest is forgotten."""
_REMEMBERED_S = 600.0

_log = logging.getLogger(__name__)


class PeerCalls:
    """Use as ``async with PeerCalls(...) as peer_calls``; leaving it ends every call of these.

    Args:
        live_calls: Admits them, and ends them.
        converse: See ``calls.holding``.
        settings: Of the connections.
        most_at_once: How many offers may be in the making of their answer; more are refused, and may ask again.
        now: Seconds that never go back, in step with the loop's timers.
    """

    def __init__(
        self,
        live_calls: LiveCalls,
        converse: Converse,
        settings: PeerSettings,
        *,
        most_at_once: int = 32,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._live_calls = live_calls
        self._most_at_once = most_at_once
        self._converse = converse
        self._settings = settings
        self._now = now
        self._tasks = asyncio.TaskGroup()
        self._serving: dict[str, asyncio.Task[None]] = {}
        self._being_answered = 0
        self._ended = Recent[bool](max_entries=_REMEMBERED_MAX, keep_s=_REMEMBERED_S)

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for call_id in tuple(self._serving):
            self._live_calls.hang_up(call_id, EndReason.DRAINED)
        if self._serving:
            await asyncio.wait(self._serving.values(), timeout=_CLOSES_WITHIN_S)
        for task in tuple(self._serving.values()):
            task.cancel()
        # All tasks have been ended: the group need not wrap the body's own error.
        await self._tasks.__aexit__(None, None, None)

    async def take(self, sdp: str, initiate: CallInitiate) -> tuple[str, str]:
        """Take a call.

        Args:
            sdp: The offer, with all its candidates.
            initiate: What the call is about.

        Returns:
            The call's id, and the answer to the offer.

        Raises:
            BadOffer: The offer cannot be taken.
            CannotPlace: No call can be taken now.
        """
        self._live_calls.refuse_if_not_accepting()  # before anything is opened for it
        if self._being_answered >= self._most_at_once:
            raise CannotPlace(CannotPlace.Reason.FULL)
        peer = WebRtcPeer(self._settings, now=self._now)
        self._being_answered += 1
        try:
            answer = await peer.answer(sdp)
            call = self._live_calls.connected(PeerControl(peer), initiate)
            self._serving[call.call_id] = self._tasks.create_task(self._serve(call, peer), name=f"peer-{call.call_id}")
        except BaseException:
            await peer.close()
            raise
        finally:
            self._being_answered -= 1
        return call.call_id, answer

    def session(self, call_id: str) -> CallSession | None:
        """The session of such a call that is up here."""
        return self._live_calls.session_of(call_id) if call_id in self._serving else None

    def end(self, call_id: str) -> bool:
        """The other side hangs up. Returns at once, and whether there is, or was lately, such a call."""
        if call_id not in self._serving:
            return self._ended.get(call_id, now=self._now()) is not None
        self._caller_hung_up(call_id)
        return True

    def _caller_hung_up(self, call_id: str) -> None:
        self._live_calls.happened(call_id, [CallDisconnected("")])

    async def _serve(self, call: LiveCall, peer: WebRtcPeer) -> None:
        """Root of a task: whatever happens, the connection is closed and the call is over."""
        call_id, session = call.call_id, call.session
        try:
            if not await _comes_about(peer, session):
                session.request_hang_up(EndReason.NO_MEDIA)
            elif self._live_calls.open_media(call_id, call.secret) is not None:
                await self._hold(session, peer)
        except Exception as error:  # noqa: BLE001 - root of a call: its bug must not reach the others
            _log.error("event=conversation_failed call_id=%s error=%s", call_id, names_of(error))
            session.request_hang_up(EndReason.FAILED)
        finally:
            try:
                await peer.close()
            finally:
                self._caller_hung_up(call_id)  # unless it has ended for another reason
                self._ended.put(call_id, True, now=self._now())
                del self._serving[call_id]

    async def _hold(self, session: CallSession, peer: WebRtcPeer) -> None:
        async def carry() -> None:
            match await peer.run():
                case PeerEnd.HUNG_UP:
                    self._caller_hung_up(session.call_id)
                case PeerEnd.VANISHED:
                    session.request_hang_up(EndReason.LINE_LOST)
                case PeerEnd.CLOSED:
                    pass

        try:
            await hold(session, self._converse, peer.line, carry)
            if session.end_reason is EndReason.ASSISTANT_HUNG_UP:
                await peer.last_words(_LAST_WORDS_S, buffered_s=_FAR_BUFFER_S)
        finally:
            await self._live_calls.media_closed(session.call_id)


async def _comes_about(peer: WebRtcPeer, session: CallSession) -> bool:
    """Whether the connection comes about, before the call ends."""

    async def give_up_when_ended() -> None:
        await session.ended.wait()
        peer.give_up()

    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(give_up_when_ended(), name=f"connecting-{session.call_id}")
        has_come = await peer.connected()
        watching.cancel()
    return has_come and not session.ended.is_set()
