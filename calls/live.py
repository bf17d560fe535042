"""The calls that are up on this replica: admission, secrets, timers, drain.

The shell around ``calls.lifecycle``. Every step of a call is taken at once, in the
loop's thread, by whoever brings the event; only requests to the telephone service are
tasks, and all of them belong to one TaskGroup. One timer per call.
"""

import asyncio
import hmac
import secrets
import uuid
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from types import TracebackType
from typing import Protocol, Self, assert_never

from calls.callbacks import CallbackEvent, step_of
from calls.errors import CallControlError, CallGone
from calls.events import (
    AnswerAccepted,
    AnswerCall,
    AnswerLost,
    AnswerRefused,
    CallAbandoned,
    Command,
    DeadlinePassed,
    EndConversation,
    EndReason,
    Event,
    HangUpCall,
    HangUpRequested,
    IncomingCallReceived,
    MediaClosed,
    MediaOpened,
    RecordEnd,
    RecordStart,
)
from calls.incoming import IncomingCall
from calls.lifecycle import Deadlines, Lifecycle, State
from calls.ports import CallControl
from calls.recent import Recent
from calls.session import CallSession
from pipeline.records import Observer, StageFailed
from stores.records import CallRecord, Direction, FieldRecord


class CallLog(Protocol):
    """Keeps which calls there were. Both return at once, never block, never raise."""

    def call_started(self, call: CallRecord) -> None:
        """A call was accepted."""

    def call_ended(self, call_id: str, *, ended_at: datetime, reason: str) -> None:
        """A call that had started has ended."""


class Admission(Enum):
    """What becomes of an incoming call."""

    ACCEPTED = auto()
    """It is being answered."""
    DUPLICATE = auto()
    """This event has been taken before."""
    FULL = auto()
    """As many calls are up as may be."""
    CLOSED = auto()
    """This replica takes no calls: it drains, or does not run."""


@dataclass(frozen=True, slots=True)
class LiveCallsSettings:
    """How this replica takes calls."""

    public_url: str
    """http or https URL under which the telephone service reaches us, path prefix included."""
    max_calls: int = 100
    claim_fields: tuple[FieldRecord, ...] = ()
    """The schema of the claim, kept with each call."""
    deadlines: Deadlines = field(default_factory=Deadlines)
    request_timeout_s: float = 15.0
    """How long one request to the telephone service may take."""
    remember_s: float = 600.0
    """How long an event is known as a duplicate, and an ended call as one of ours."""
    remember_max: int = 10_000
    """How many of either are remembered; the oldest are forgotten first."""

    @property
    def media_url(self) -> str:
        """``public_url`` as the media socket's ws or wss."""
        return "ws" + self.public_url.removeprefix("http").rstrip("/")

    @property
    def callback_url(self) -> str:
        """``public_url`` without a slash at its end."""
        return self.public_url.rstrip("/")


class _LiveCall:
    """One call that is up."""

    def __init__(self, call_id: str, incoming: IncomingCall, lifecycle: Lifecycle, session: CallSession) -> None:
        self.call_id = call_id
        self.secret = secrets.token_urlsafe(32)
        self.incoming = incoming
        self.lifecycle = lifecycle
        self.session = session
        self.timer: asyncio.TimerHandle | None = None


class LiveCalls:
    """Use as ``async with LiveCalls(...) as live_calls``; leaving it ends every call.

    Args:
        control: The telephone service.
        log: Keeps the calls; it must cope with a store that fails.
        observer: Is told what failed.
        settings: See there.
        clock: Seconds that never go back, in step with the loop's timers.
        utc_now: The time of day, timezone-aware.
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
    ) -> None:
        self._control = control
        self._log = log
        self._observer = observer
        self._settings = settings
        self._clock = clock
        self._utc_now = utc_now
        self._calls: dict[str, _LiveCall] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._answered = Recent[bool](max_entries=settings.remember_max, keep_s=settings.remember_s)
        self._ended_secrets = Recent[str](max_entries=settings.remember_max, keep_s=settings.remember_s)
        self._tasks = asyncio.TaskGroup()
        self._requests: set[asyncio.Task[None]] = set()
        self._is_open = False

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.close()
        finally:
            # All tasks have ended: the group need not wrap the body's own error.
            await self._tasks.__aexit__(None, None, None)

    @property
    def live_count(self) -> int:
        """How many calls are ringing, up, or being hung up."""
        return len(self._calls)

    @property
    def is_accepting(self) -> bool:
        """Whether a new call would be answered now."""
        return self._is_open and len(self._calls) < self._settings.max_calls

    def incoming(self, incoming: IncomingCall) -> Admission:
        """Answer a ringing call, once, however often its event comes. Returns at once.

        A refused event is not remembered: when it is sent again, it is looked at again.
        """
        now = self._clock()
        keys = (f"event {incoming.event_id}", f"call {incoming.correlation_id}")
        if any(self._answered.get(key, now=now) for key in keys):
            return Admission.DUPLICATE
        if not self._is_open:
            return Admission.CLOSED
        if len(self._calls) >= self._settings.max_calls:
            return Admission.FULL
        for key in keys:
            self._answered.put(key, True, now=now)
        call_id = uuid.uuid4().hex
        session = CallSession(
            call_id=call_id,
            caller_number=incoming.from_number,
            called_number=incoming.to_number,
            hang_up=lambda reason: self._request_hang_up(call_id, reason),
        )
        call = _LiveCall(call_id, incoming, Lifecycle(self._settings.deadlines), session)
        self._calls[call_id] = call
        self._idle.clear()
        self._step(call, IncomingCallReceived())
        return Admission.ACCEPTED

    def knows(self, call_id: str, secret: str) -> bool:
        """Whether a call that is up, or ended lately, has this secret; in constant time."""
        call = self._calls.get(call_id)
        expected = call.secret if call else self._ended_secrets.get(call_id, now=self._clock())
        is_equal = hmac.compare_digest((expected or "no such call").encode(), secret.encode())
        return is_equal and expected is not None

    def open_media(self, call_id: str, secret: str) -> CallSession | None:
        """Admit a media socket, before it is accepted; None: refuse it.

        Each session that is returned must be matched by one ``media_closed``. A second
        socket for the same call resumes it and gets the same session.
        """
        call = self._calls.get(call_id)
        if not self.knows(call_id, secret) or call is None or call.lifecycle.state is State.ENDING:
            return None
        call.session.sockets_opened += 1
        self._step(call, MediaOpened())
        return call.session

    async def media_closed(self, call_id: str) -> None:
        """A media socket of this call has closed. For a call that has ended: no effect."""
        if call := self._calls.get(call_id):
            self._step(call, MediaClosed())

    def callback(self, call_id: str, secret: str, events: Iterable[CallbackEvent]) -> bool:
        """Take what the service says about a call. Returns at once.

        Returns:
            Whether the call and its secret are known; otherwise nothing was done. Late
            events of a call that has ended are accepted and change nothing.
        """
        if not self.knows(call_id, secret):
            return False
        for event in events:
            step = step_of(event)
            call = self._calls.get(call_id)
            if step is not None and call is not None:
                self._step(call, step)
        return True

    def hang_up(self, call_id: str, reason: EndReason = EndReason.ASSISTANT_HUNG_UP) -> bool:
        """End a call for everybody; returns at once, and whether there is such a call."""
        return self._request_hang_up(call_id, reason)

    async def drain(self, deadline_s: float) -> int:
        """Take no more calls, wait for those that are up, hang up those that last too long.

        Args:
            deadline_s: How long they may last, in seconds.

        Returns:
            How many calls had to be cut.
        """
        self._is_open = False
        if await self._wait_until_idle(deadline_s):
            return 0
        return await self._cut_all()

    async def close(self) -> None:
        """End every call now, and every request: nothing of them is left. Idempotent."""
        self._is_open = False
        try:
            await self._cut_all()
            if self._requests:
                await asyncio.wait(self._requests, timeout=self._settings.request_timeout_s)
        finally:
            for call in tuple(self._calls.values()):  # those of which the service has said nothing in time
                self._step(call, CallAbandoned())
            for request in tuple(self._requests):
                request.cancel()

    async def _cut_all(self) -> int:
        cut = tuple(self._calls)
        for call_id in cut:
            self._request_hang_up(call_id, EndReason.DRAINED)
        await self._wait_until_idle(self._settings.request_timeout_s + self._settings.deadlines.disconnect_s)
        return len(cut)

    async def _wait_until_idle(self, limit_s: float) -> bool:
        try:
            async with asyncio.timeout(limit_s):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    def _request_hang_up(self, call_id: str, reason: EndReason) -> bool:
        call = self._calls.get(call_id)
        if call is None:
            return False
        self._step(call, HangUpRequested(reason))
        return True

    def _step(self, call: _LiveCall, event: Event, *, now: float | None = None) -> None:
        for command in call.lifecycle.handle(event, now=self._clock() if now is None else now):
            self._execute(call, command)
        self._arm(call)
        if call.lifecycle.state is State.ENDED:
            self._forget(call)

    def _execute(self, call: _LiveCall, command: Command) -> None:
        match command:
            case AnswerCall():
                self._start_request(self._answer(call), name=f"answer {call.call_id}")
            case HangUpCall(connection_id):
                self._start_request(self._hang_up(call, connection_id), name=f"hang up {call.call_id}")
            case EndConversation(reason):
                call.session.end(reason)
            case RecordStart():
                self._log.call_started(
                    CallRecord(
                        call_id=call.call_id,
                        direction=Direction.INBOUND,
                        phone_number=call.incoming.from_number,
                        started_at=self._utc_now(),
                        claim_fields=self._settings.claim_fields,
                    )
                )
            case RecordEnd(reason):
                self._log.call_ended(call.call_id, ended_at=self._utc_now(), reason=reason.value)
            case _:
                assert_never(command)

    def _start_request(self, request: Coroutine[object, object, None], *, name: str) -> None:
        task = self._tasks.create_task(request, name=name)
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)

    async def _answer(self, call: _LiveCall) -> None:
        """Root of a task: whatever happens, the lifecycle gets its one reply."""
        address = f"{call.call_id}/{call.secret}"
        reply: Event = AnswerLost()
        try:
            async with asyncio.timeout(self._settings.request_timeout_s):
                answered = await self._control.answer(
                    incoming_call_context=call.incoming.incoming_call_context,
                    callback_url=f"{self._settings.callback_url}/acs/callback/{address}",
                    media_url=f"{self._settings.media_url}/media/{address}",
                    operation_context=call.call_id,
                )
            reply = AnswerAccepted(answered)
        except CallControlError as error:
            self._report(call, error)
            if isinstance(error, CallGone) or 400 <= error.status < 500:
                reply = AnswerRefused()
        except Exception as error:  # noqa: BLE001 - root of a task: one call's bug must not end the others
            self._report(call, error)
        finally:
            self._step(call, reply)

    async def _hang_up(self, call: _LiveCall, connection_id: str) -> None:
        """Root of a task. When it fails, the lifecycle's deadline ends the call for us."""
        try:
            async with asyncio.timeout(self._settings.request_timeout_s):
                await self._control.hang_up(connection_id)
        except Exception as error:  # noqa: BLE001 - root of a task: one call's bug must not end the others
            self._report(call, error)

    def _report(self, call: _LiveCall, error: Exception) -> None:
        self._observer.observe(
            StageFailed(call_id=call.call_id, at=self._utc_now(), stage="line", reason=type(error).__name__)
        )

    def _arm(self, call: _LiveCall) -> None:
        if call.timer is not None:
            call.timer.cancel()
            call.timer = None
        due = call.lifecycle.next_deadline()
        if due is not None:
            delay_s = max(0.0, due - self._clock())
            call.timer = asyncio.get_running_loop().call_later(delay_s, self._pass_deadline, call, due)

    def _pass_deadline(self, call: _LiveCall, due: float) -> None:
        call.timer = None
        # The loop may wake a little early: without max() the step would be taken for too early.
        self._step(call, DeadlinePassed(), now=max(due, self._clock()))

    def _forget(self, call: _LiveCall) -> None:
        """Take a call off the table. Idempotent."""
        if self._calls.pop(call.call_id, None) is None:
            return
        if call.timer is not None:
            call.timer.cancel()
            call.timer = None
        self._ended_secrets.put(call.call_id, call.secret, now=self._clock())
        if not self._calls:
            self._idle.set()
