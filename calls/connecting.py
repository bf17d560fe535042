"""Requests that begin and end calls. Each is a task of its own, and reports its failure."""

import asyncio
from collections.abc import Callable

from calls.errors import CallControlError, CallGone
from calls.events import AnswerAccepted, AnswerLost, AnswerRefused, Event
from calls.incoming import IncomingCall
from calls.live_call import LiveCall
from calls.ports import AnsweredCall, CallControl, Recall, RejectReason
from calls.requests import Requests
from calls.settings import LiveCallsSettings
from stores.records import Direction


class Connecting:
    """Answers, places, rejects, hangs up, and finds out what went before. All methods return at once.

    Args:
        control: The telephone service.
        requests: Where the tasks belong.
        settings: See there.
        recall: Finds earlier calls; None: there are none.
    """

    def __init__(
        self, control: CallControl, requests: Requests, settings: LiveCallsSettings, recall: Recall | None
    ) -> None:
        self._control = control
        self._requests = requests
        self._settings = settings
        self._recall = recall

    def connect(self, call: LiveCall, *, reply: Callable[[Event], object]) -> None:
        """Answer the call, or place it: whatever happens, there is one reply."""
        self._requests.start(f"connect {call.call_id}", self._connect(call, reply))

    def reject(self, incoming: IncomingCall) -> None:
        """Let the caller hear that we are busy."""
        self._requests.start("reject", self._reject(incoming))

    def hang_up(self, call: LiveCall, connection_id: str) -> None:
        """End the call for everybody. When it fails, the lifecycle's deadline ends the call for us."""
        self._requests.start(f"hang up {call.call_id}", self._hang_up(call, connection_id))

    def restart_streaming(self, call: LiveCall, connection_id: str) -> None:
        """Have the call's audio connected to us again. When it fails, the lifecycle's deadline ends the call."""
        self._requests.start(f"restart {call.call_id}", self._restart_streaming(call, connection_id))

    def recall(self, call: LiveCall) -> None:
        """Find the earlier call that this one goes on with; ``session.recalled`` is set in any case."""
        self._requests.start(f"recall {call.call_id}", self._look_back(call))

    async def _connect(self, call: LiveCall, reply: Callable[[Event], object]) -> None:
        callback_url = f"{self._settings.callback_url}/acs/callback/{call.address}"
        media_url = f"{self._settings.media_url}/media/{call.address}"
        control = self._control_of(call)
        if call.origin.direction is Direction.INBOUND:
            request = control.answer(
                incoming_call_context=call.origin.incoming_call_context,
                callback_url=callback_url,
                media_url=media_url,
                operation_context=call.call_id,
            )
        else:
            request = control.place(
                to_number=call.session.caller_number,
                from_number=self._settings.phone_number,
                callback_url=callback_url,
                media_url=media_url,
                operation_context=call.call_id,
            )
        outcome: Event = AnswerLost()
        try:
            outcome = _reply_of(await self._requests.tried(call.call_id, request))
        finally:
            reply(outcome)

    def _control_of(self, call: LiveCall) -> CallControl:
        return call.origin.control or self._control

    async def _reject(self, incoming: IncomingCall) -> None:
        rejecting = self._control.reject(incoming_call_context=incoming.incoming_call_context, reason=RejectReason.BUSY)
        await self._requests.tried("", rejecting)

    async def _hang_up(self, call: LiveCall, connection_id: str) -> None:
        await self._requests.tried(call.call_id, self._control_of(call).hang_up(connection_id))

    async def _restart_streaming(self, call: LiveCall, connection_id: str) -> None:
        streaming = self._control_of(call).start_media_streaming(connection_id)
        await self._requests.tried(call.call_id, streaming)

    async def _look_back(self, call: LiveCall) -> None:
        session = call.session
        try:
            if self._recall is None or not session.caller_number:
                return
            async with asyncio.timeout(self._settings.recall_timeout_s):
                found = await self._requests.tried(call.call_id, self._recall(session.caller_number), stage="store")
            session.earlier = None if isinstance(found, Exception) else found
        except TimeoutError as error:
            self._requests.report(call.call_id, "store", error)
        finally:
            session.recalled.set()


def _reply_of(outcome: AnsweredCall | Exception) -> Event:
    """What the service's answer to our answer, or to our order to call, means."""
    if isinstance(outcome, AnsweredCall):
        return AnswerAccepted(outcome)
    if isinstance(outcome, CallGone):
        return AnswerRefused()
    if isinstance(outcome, CallControlError) and 400 <= outcome.status < 500:
        return AnswerRefused()
    return AnswerLost()
