"""Calls people back: each attempt is placed by one replica, once, and what became of it is read from its call.

An attempt is a row that names the call which it is to place; whoever has written the row
places that call. So nothing has to be remembered: after a crash the row tells of a call that
was placed or was not, and what became of that call stands in the store like that of any other.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self
from zoneinfo import ZoneInfo

from calls.admission import CallBack, Placed
from calls.calling_back.decision import CallBackSettings, CallNow, Decision, GiveUp, Wait, decide, outcome_of
from calls.calling_back.hours import zones_of
from calls.calling_back.order import order_of
from calls.errors import CannotPlace
from calls.initiate import CallInitiate
from calls.session import CallSession
from stores.callbacks import Callbacks, DueReminder
from stores.records import AttemptOutcome, CallbackAttemptRecord
from stores.store import Store

OWNER = "assistant"
_LOOK_S = 5.0
_MOST_DUE = 1_000
_LOST_AFTER = timedelta(minutes=5)
"""How long a call that is to be placed may be missing in the store, before it was none."""

_log = logging.getLogger(__name__)


class Places(Protocol):
    """Those calls of this replica that are up, and how another one is placed."""

    @property
    def is_accepting(self) -> bool:
        """Whether a call could be placed now."""

    def session_with(self, number: str) -> CallSession | None:
        """The session of a call that is up with this number."""

    def place(self, number: str, initiate: CallInitiate, *, key: str = "", call_back: CallBack | None = None) -> Placed:
        """Call a number. Raises ``CannotPlace``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingMeans:
    """What calling back is done with."""

    callbacks: Callbacks
    store: Store
    live_calls: Places
    default: CallInitiate
    """What calls are about of which nothing else is known."""
    within: Callable[[str], timedelta]
    """How long calls with a number are gone on with; zero: not at all."""
    zone: ZoneInfo
    """Of numbers that tell none."""
    utc_now: Callable[[], datetime]
    settings: CallBackSettings = CallBackSettings()  # noqa: RUF009 (frozen)


class CallingBack:
    """Use as ``async with CallingBack(...)``, while calls can be placed. Several replicas may, on one store.

    Args:
        means: See there.
        sleep: Pauses between looks.
    """

    def __init__(self, means: CallingMeans, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._means = means
        self._sleep = sleep
        self._tasks = asyncio.TaskGroup()
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._looking = self._tasks.create_task(self._run(), name="call-backs")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._looking is not None:
            self._looking.cancel()
        await self._tasks.__aexit__(None, None, None)

    async def _run(self) -> None:
        """Root of a task: whatever fails, it looks again later."""
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - the root of a task: a failure here must not end the calls
                _log.warning("event=call_backs_failed error=%s", type(error).__name__)
            await self._sleep(_LOOK_S)

    async def look(self) -> None:
        """Do what is to be done now about every reminder that is due. Raises ``StoreError``."""
        due = await self._means.callbacks.due_reminders(self._means.utc_now(), owner=OWNER, limit=_MOST_DUE)
        for each in due:
            pending = [attempt for attempt in each.attempts if attempt.outcome is AttemptOutcome.PENDING]
            for attempt in pending:
                await self._settle(attempt)
            if not pending:
                await self._see_to(each)

    async def _settle(self, attempt: CallbackAttemptRecord) -> None:
        """Note what became of an attempt, when its call is over, or was never placed."""
        placed = await self._means.store.history(attempt.placed_call_id) if attempt.placed_call_id else None
        now = self._means.utc_now()
        if placed is None:
            if now - attempt.began_at > _LOST_AFTER:
                await self._end(attempt, AttemptOutcome.NOT_REACHED, now)
        elif placed.call.ended_at is not None:
            await self._end(attempt, outcome_of(placed), placed.call.ended_at)

    async def _see_to(self, due: DueReminder) -> None:
        decision = self._decide(due)
        if isinstance(decision, CallNow) and await self._means.callbacks.has_opted_out(due.call.phone_number):
            decision = self._decide(due, has_opted_out=True)
        match decision:
            case CallNow(attempt=attempt):
                await self._call(due, attempt)
            case GiveUp(reason=reason):
                _log.info("event=call_back_given_up call_id=%s reason=%s", due.call.call_id, reason.value)
                await self._give_up(due)
            case Wait():
                pass

    def _decide(self, due: DueReminder, *, has_opted_out: bool = False) -> Decision:
        means, number = self._means, due.call.phone_number
        return decide(
            due,
            means.utc_now(),
            means.settings,
            zones=zones_of(number, means.zone),
            within=means.within(number),
            has_opted_out=has_opted_out,
        )

    async def _call(self, due: DueReminder, number_of_attempt: int) -> None:
        means, number = self._means, due.call.phone_number
        if not means.live_calls.is_accepting or means.live_calls.session_with(number) is not None:
            return  # later, or by another replica
        earlier = await means.store.history(due.call.call_id)
        if earlier is None:
            return  # erased meanwhile
        placed_call_id = uuid.uuid4().hex
        attempt = self._attempt(due, number_of_attempt, placed_call_id)
        if (await means.callbacks.begin_attempt(attempt)).placed_call_id != placed_call_id:
            return  # another replica makes it
        order = order_of(due.reminder, due.call, means.default)
        try:
            means.live_calls.place(number, order, call_back=CallBack(placed_call_id, earlier))
        except CannotPlace:
            await self._end(attempt, AttemptOutcome.NOT_REACHED, means.utc_now())
            return
        _log.info("event=call_back_placed call_id=%s attempt=%d", placed_call_id, number_of_attempt)

    async def _give_up(self, due: DueReminder) -> None:
        attempt = self._attempt(due, len(due.attempts) + 1, "")
        await self._means.callbacks.begin_attempt(attempt)
        await self._end(attempt, AttemptOutcome.GIVEN_UP, self._means.utc_now())

    def _attempt(self, due: DueReminder, number: int, placed_call_id: str) -> CallbackAttemptRecord:
        return CallbackAttemptRecord(
            due.reminder.call_id,
            due.reminder.sequence,
            number,
            self._means.utc_now(),
            placed_call_id=placed_call_id,
        )

    async def _end(self, attempt: CallbackAttemptRecord, outcome: AttemptOutcome, ended_at: datetime) -> None:
        await self._means.callbacks.end_attempt(
            attempt, outcome=outcome, ended_at=ended_at, placed_call_id=attempt.placed_call_id
        )
