"""The calls that are up on this replica, and the steps that they take: one table, one timer for each call.

Every step is taken at once, in the loop's thread, by whoever brings the event.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import assert_never

from calls.connecting import Connecting
from calls.deeds import Means
from calls.events import (
    AnswerCall,
    Command,
    DeadlinePassed,
    EndConversation,
    Event,
    HangUpCall,
    PlaceCall,
    RecordEnd,
    RecordStart,
    RestartStreaming,
)
from calls.lifecycle import State
from calls.live_call import LiveCall
from calls.recent import Recent
from calls.recorded import record_start
from pipeline.records import Observer


class CallTable:
    """All calls that ring, are up, or are being hung up. A call leaves it when it has ended.

    Args:
        connecting: Asks for what the steps of a call want.
        means: Where calls are kept.
        observer: Is told that a call was answered.
        clock: Seconds that never go back, in step with the loop's timers.
    """

    def __init__(self, connecting: Connecting, means: Means, observer: Observer, *, clock: Callable[[], float]) -> None:
        self._connecting = connecting
        self._means = means
        self._observer = observer
        self._clock = clock
        self._calls: dict[str, LiveCall] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        settings = means.settings
        self._ended = Recent[bool](max_entries=settings.remember_max, keep_s=settings.remember_s)

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def ids(self) -> Collection[str]:
        """Of the calls, the oldest first; they change as calls come and go."""
        return self._calls.keys()

    @property
    def calls(self) -> tuple[LiveCall, ...]:
        """Those of now, the oldest first."""
        return tuple(self._calls.values())

    def add(self, call: LiveCall) -> None:
        """A new call: it has taken no step yet."""
        self._calls[call.call_id] = call
        self._idle.clear()

    def get(self, call_id: str) -> LiveCall | None:
        """The call, if it has not ended."""
        return self._calls.get(call_id)

    def has_ended(self, call_id: str) -> bool:
        """Whether it was here lately."""
        return self._ended.get(call_id, now=self._clock()) is not None

    async def wait_until_idle(self, limit_s: float) -> bool:
        """Wait until there is no call, so many seconds at most; whether there is none."""
        try:
            async with asyncio.timeout(limit_s):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    def step(self, call: LiveCall, event: Event, *, now: float | None = None) -> None:
        """Take a step, and do what follows from it.

        Raises:
            calls.errors.IllegalStep: The event cannot happen in the call's state.
        """
        call.note(event)
        for command in call.lifecycle.handle(event, now=self._clock() if now is None else now):
            self._execute(call, command)
        self._arm(call)
        if call.lifecycle.state is State.ENDED:
            self._forget(call)

    def _execute(self, call: LiveCall, command: Command) -> None:
        match command:
            case AnswerCall() | PlaceCall():
                self._connecting.connect(call, reply=lambda event: self.step(call, event))
            case HangUpCall(connection_id):
                self._connecting.hang_up(call, connection_id)
            case RestartStreaming(connection_id):
                self._connecting.restart_streaming(call, connection_id)
            case EndConversation(reason):
                call.deeds.end()
                call.session.end(reason)
            case RecordStart():
                record_start(call, self._means, self._observer, now=self._clock())
            case RecordEnd(reason):
                self._means.log.call_ended(call.call_id, ended_at=self._means.utc_now(), reason=reason.value)
            case _:
                assert_never(command)

    def _arm(self, call: LiveCall) -> None:
        call.disarm()
        due = call.lifecycle.next_deadline()
        if due is not None:
            delay_s = max(0.0, due - self._clock())
            call.timer = asyncio.get_running_loop().call_later(delay_s, self._pass_deadline, call, due)

    def _pass_deadline(self, call: LiveCall, due: float) -> None:
        call.timer = None
        # The loop may wake a little early: without max() the step would be taken for too early.
        self.step(call, DeadlinePassed(), now=max(due, self._clock()))

    def _forget(self, call: LiveCall) -> None:
        """Take a call off the table. Idempotent."""
        if self._calls.pop(call.call_id, None) is None:
            return
        call.disarm()
        self._ended.put(call.call_id, True, now=self._clock())
        if not self._calls:
            self._idle.set()
