"""The calls that are up on this replica: admission, secrets, drain.

The shell around ``calls.lifecycle``. Every step of a call is taken at once, in the
loop's thread, by whoever brings the event; only requests to the telephone service are
tasks, and all of them belong to one TaskGroup. One timer per call.
"""

import secrets
import uuid
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self

from calls.admission import Admission, CallBack, Placed
from calls.call_secrets import CallSecrets
from calls.call_table import CallTable
from calls.callbacks import CallbackEvent, step_of
from calls.connecting import Connecting
from calls.deeds import Deeds, Means
from calls.desk import Desk
from calls.errors import CannotPlace
from calls.events import (
    CallAbandoned,
    EndReason,
    Event,
    HangUpRequested,
    IncomingCallReceived,
    MediaClosed,
    MediaOpened,
    OutboundCallOrdered,
)
from calls.incoming import IncomingCall
from calls.initiate import CallInitiate
from calls.lifecycle import State
from calls.live_call import LiveCall, Origin
from calls.ports import CallControl, CallLog, Helpline, Recall, SmsSender
from calls.recent import Recent
from calls.requests import Requests
from calls.session import CallSession
from calls.settings import LiveCallsSettings
from pipeline.records import Observer


class LiveCalls:
    """Use as ``async with LiveCalls(...) as live_calls``; leaving it ends every call.

    Args:
        control: The telephone service.
        log: Keeps the calls; it must cope with a store that fails.
        observer: Is told what failed.
        settings: See there.
        clock: Seconds that never go back, in step with the loop's timers.
        utc_now: The time of day, timezone-aware.
        recall: Finds the earlier call that an incoming one goes on with; None: none ever does.
        sms: Sends text messages; None: none can be sent.
        helpline: Reaches those who send help; None: nobody does.
        desk: Where one of several humans is found; None: there is the human of each call, or none.
    """

    def __init__(
        self,
        control: CallControl,
        log: CallLog,
        observer: Observer,
        settings: LiveCallsSettings,
        *,
        clock: Callable[[], float],
        utc_now: Callable[[], datetime],
        recall: Recall | None = None,
        sms: SmsSender | None = None,
        helpline: Helpline | None = None,
        desk: Desk | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._known = Recent[bool](max_entries=settings.remember_max, keep_s=settings.remember_s)
        self._ordered = Recent[tuple[str, str, CallInitiate]](
            max_entries=settings.remember_max, keep_s=settings.remember_s
        )
        self._secrets = CallSecrets(settings.address_key or secrets.token_bytes(32))
        self._requests = Requests(observer, timeout_s=settings.request_timeout_s, utc_now=utc_now)
        self._means = Means(
            control=control,
            sms=sms,
            log=log,
            requests=self._requests,
            settings=settings,
            utc_now=utc_now,
            helpline=helpline,
            desk=desk,
        )
        self._connecting = Connecting(control, self._requests, settings, recall)
        self._table = CallTable(self._connecting, self._means, observer, clock=clock)
        self._is_open = False

    async def __aenter__(self) -> Self:
        await self._requests.__aenter__()
        self._is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.close()
        finally:
            await self._requests.__aexit__(kind, error, trace)

    @property
    def live_count(self) -> int:
        """How many calls are ringing, up, or being hung up."""
        return len(self._table)

    @property
    def live_ids(self) -> Collection[str]:
        """The ids of those calls."""
        return self._table.ids

    @property
    def is_accepting(self) -> bool:
        """Whether a new call would be answered now."""
        return self._is_open and len(self._table) < self._settings.max_calls

    def incoming(self, incoming: IncomingCall) -> Admission:
        """Answer a ringing call, or turn it away, once, however often its event comes. Returns at once."""
        now = self._clock()
        keys = (f"event {incoming.event_id}", f"call {incoming.correlation_id}")
        if any(self._known.get(key, now=now) for key in keys):
            return Admission.DUPLICATE
        if not self._requests.is_open:
            return Admission.CLOSED
        for key in keys:
            self._known.put(key, True, now=now)
        if not self.is_accepting:
            self._connecting.reject(incoming)
            return Admission.REJECTED
        origin = Origin(incoming.incoming_call_context, now)
        call = self._add(origin, incoming.from_number, incoming.to_number, self._settings.initiate)
        self._connecting.recall(call)
        self._table.step(call, IncomingCallReceived())
        return Admission.ACCEPTED

    def connected(self, control: CallControl, initiate: CallInitiate) -> LiveCall:
        """Take a call that has come to us without the telephone service. Returns at once; its media is to be opened.

        Args:
            control: What ends it; asked for everything in the service's place.
            initiate: What the call is about.

        Raises:
            CannotPlace: Not now.
        """
        self.refuse_if_not_accepting()
        call = self._add(Origin(began_at=self._clock(), control=control), "", "", initiate)
        call.session.recalled.set()
        self._table.step(call, IncomingCallReceived())
        return call

    def place(self, number: str, initiate: CallInitiate, *, key: str = "", call_back: CallBack | None = None) -> Placed:
        """Call a number (E.164), once for each key. Returns at once; what becomes of it is kept with the call.

        Args:
            number: Whom to call.
            initiate: What the call is about.
            key: The same order again has the same key; empty: every order is a new one.
            call_back: What the call goes on with; None: nothing.

        Raises:
            CannotPlace: Not now, not from here, or the key was used for something else.
        """
        now = self._clock()
        if key and (before := self._ordered.get(key, now=now)) is not None:
            if before[1:] != (number, initiate):
                raise CannotPlace(CannotPlace.Reason.KEY_REUSED)
            return Placed(before[0], is_new=False)
        if not self._settings.phone_number:
            raise CannotPlace(CannotPlace.Reason.NO_NUMBER)
        self.refuse_if_not_accepting()
        call = self._add(Origin(began_at=now), number, number, initiate, call_back)
        call.session.recalled.set()
        if key:
            self._ordered.put(key, (call.call_id, number, initiate), now=now)
        self._table.step(call, OutboundCallOrdered())
        return Placed(call.call_id, is_new=True)

    def refuse_if_not_accepting(self) -> None:
        """Raise ``CannotPlace`` unless a call could be taken or placed now."""
        if not self._is_open:
            raise CannotPlace(CannotPlace.Reason.CLOSED)
        if not self.is_accepting:
            raise CannotPlace(CannotPlace.Reason.FULL)

    def _add(
        self, origin: Origin, number: str, called_number: str, initiate: CallInitiate, call_back: CallBack | None = None
    ) -> LiveCall:
        call_id = uuid.uuid4().hex if call_back is None else call_back.call_id
        means = self._means.of(origin.control)
        deeds = Deeds(means, partial(self._step_of, call_id))
        session = CallSession(
            call_id=call_id,
            caller_number=number,
            called_number=called_number,
            deeds=deeds,
            initiate=initiate,
            direction=origin.direction,
            finds_humans=means.desk is not None,
        )
        session.earlier = None if call_back is None else call_back.earlier
        call = LiveCall(session, deeds, origin, self._settings.deadlines, secret=self._secrets.of(call_id))
        self._table.add(call)
        return call

    def knows(self, call_id: str, secret: str) -> bool:
        """Whether a call that is up here, or ended here lately, has this secret."""
        is_here = self._table.get(call_id) is not None or self._table.has_ended(call_id)
        return self.is_address(call_id, secret) and is_here

    def is_address(self, call_id: str, secret: str) -> bool:
        """Whether a call of any replica has, or had, this address; in constant time."""
        return self._secrets.matches(call_id, secret)

    def session_of(self, call_id: str) -> CallSession | None:
        """The session of a call that is up here."""
        call = self._table.get(call_id)
        return None if call is None or call.lifecycle.state is State.ENDING else call.session

    def session_with(self, number: str) -> CallSession | None:
        """The session of the youngest call that is up with this number; None for a withheld one."""
        found = (call for call in reversed(self._table.calls) if number and call.session.caller_number == number)
        return next((call.session for call in found if call.lifecycle.state is not State.ENDING), None)

    def open_media(self, call_id: str, secret: str) -> CallSession | None:
        """Admit a media socket, before it is accepted; None: refuse it.

        Each session that is returned must be matched by one ``media_closed``. A second
        socket for the same call resumes it and gets the same session.
        """
        call = self._table.get(call_id)
        if not self.knows(call_id, secret) or call is None or call.lifecycle.state is State.ENDING:
            return None
        call.session.sockets_opened += 1
        self._table.step(call, MediaOpened())
        return call.session

    async def media_closed(self, call_id: str) -> None:
        """A media socket of this call has closed. For a call that has ended: no effect."""
        if call := self._table.get(call_id):
            self._table.step(call, MediaClosed())

    def callback(self, call_id: str, secret: str, events: Iterable[CallbackEvent]) -> bool:
        """Take what the service says about a call. Returns at once.

        Returns:
            Whether the call and its secret are known; otherwise nothing was done. Late
            events of a call that has ended are accepted and change nothing.
        """
        if not self.knows(call_id, secret):
            return False
        self.happened(call_id, events)
        return True

    def happened(self, call_id: str, events: Iterable[CallbackEvent]) -> None:
        """Take what the service says about a call, whose address was looked at before."""
        for event in events:
            call = self._table.get(call_id)
            if call is None:
                break
            call.deeds.happened(event)
            step = step_of(event)
            if step is not None:
                self._table.step(call, step)

    def hang_up(self, call_id: str, reason: EndReason = EndReason.ASSISTANT_HUNG_UP) -> bool:
        """End a call for everybody; returns at once, and whether there is such a call."""
        return self._step_of(call_id, HangUpRequested(reason))

    async def drain(self, deadline_s: float) -> int:
        """Take no more calls, wait for those that are up, hang up those that last too long.

        Args:
            deadline_s: How long they may last, in seconds.

        Returns:
            How many calls had to be cut.
        """
        self._is_open = False
        if await self._table.wait_until_idle(deadline_s):
            return 0
        return await self._cut_all()

    async def close(self) -> None:
        """End every call now, and every request: nothing of them is left. Idempotent."""
        self._is_open = False
        try:
            await self._cut_all()
            await self._requests.settled()
        finally:
            self._requests.is_open = False
            for call in self._table.calls:  # those of which the service has said nothing in time
                self._table.step(call, CallAbandoned())
            self._requests.cancel_all()

    async def _cut_all(self) -> int:
        cut = tuple(self._table.ids)
        for call_id in cut:
            self.hang_up(call_id, EndReason.DRAINED)
        await self._table.wait_until_idle(self._settings.request_timeout_s + self._settings.deadlines.disconnect_s)
        return len(cut)

    def _step_of(self, call_id: str, event: Event) -> bool:
        call = self._table.get(call_id)
        if call is None:
            return False
        self._table.step(call, event)
        return True
