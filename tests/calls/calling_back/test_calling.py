"""Reminders place calls: once each, by one replica, and what became of them is read from the store."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from calls.admission import CallBack, Placed
from calls.calling_back.calling import CallingBack, CallingMeans
from calls.errors import CannotPlace
from calls.initiate import CallInitiate
from calls.session import CallSession
from stores.callbacks import Callbacks
from stores.errors import StoreUnavailable
from stores.records import AttemptOutcome, CallbackAttemptRecord, CallRecord, Direction
from stores.sql import SqlStore
from tests.calls.after.calls import CALL
from tests.calls.calling_back.due import MONDAY, REMINDER

MINUTE = timedelta(minutes=1)


@dataclass
class Line:
    """Calls of one replica: placed, and noted."""

    placed: list[tuple[str, CallInitiate, CallBack]] = field(default_factory=list)
    is_accepting: bool = True
    is_closed: bool = False
    busy_with: str = ""

    def session_with(self, number: str) -> CallSession | None:
        is_up = number == self.busy_with
        return CallSession(call_id="up", caller_number=number, called_number="", deeds=None) if is_up else None  # type: ignore[arg-type]

    def place(self, number: str, initiate: CallInitiate, *, key: str = "", call_back: CallBack | None = None) -> Placed:
        if self.is_closed:
            raise CannotPlace(CannotPlace.Reason.CLOSED)
        assert call_back is not None
        self.placed.append((number, initiate, call_back))
        return Placed(call_back.call_id, is_new=True)


@dataclass
class Office:
    """A store with one reminder that is due, and replicas on it."""

    store: SqlStore
    line: Line = field(default_factory=Line)
    minutes: float = 1.0

    def replica(self, line: Line | None = None) -> CallingBack:
        """One that calls back."""
        means = CallingMeans(
            callbacks=self.callbacks,
            store=self.store,
            live_calls=line or self.line,
            default=CallInitiate(),
            within=lambda number: timedelta(hours=3),
            zone=ZoneInfo("Europe/Paris"),
            utc_now=lambda: MONDAY + self.minutes * MINUTE,
        )
        return CallingBack(means)

    @property
    def callbacks(self) -> Callbacks:
        return Callbacks(self.store.database)

    async def attempts(self) -> list[CallbackAttemptRecord]:
        """All of them."""
        history = await self.store.history(CALL.call_id)
        assert history is not None
        return list(history.callback_attempts)

    async def played(self, *, answered: bool) -> None:
        """The call that was placed last is in the store, and over."""
        call_id, at = self.line.placed[-1][2].call_id, MONDAY + self.minutes * MINUTE
        await self.store.add_call(CallRecord(call_id, Direction.OUTBOUND, CALL.phone_number, at))
        if answered:
            await self.store.append_message(call_id, said_at=at, persona="caller", text="Yes, it has come.")
        await self.store.end_call(call_id, ended_at=at + MINUTE, reason="caller_hung_up" if answered else "busy")


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    store = await SqlStore.open(sqlite_url)
    await store.add_call(replace(CALL, started_at=MONDAY - timedelta(days=1), ended_at=None))
    await store.append_message(CALL.call_id, said_at=MONDAY, persona="caller", text="My car is broken.")
    await store.append_reminder(replace(REMINDER, owner="Assistant"))
    await store.end_call(CALL.call_id, ended_at=MONDAY - timedelta(hours=20), reason="caller_hung_up")
    yield Office(store)
    await store.close()


async def test_a_reminder_places_a_call(office: Office) -> None:
    """To the customer, about it, going on with the call in which it was agreed; then it is waited for."""
    for _ in range(3):
        await office.replica().look()
    ((number, order, call_back),) = office.line.placed
    assert number == CALL.phone_number
    assert order.calls_back_about == "Tow truck"
    assert call_back.earlier.messages[0].text == "My car is broken."
    (attempt,) = await office.attempts()
    assert (attempt.outcome, attempt.placed_call_id) == (AttemptOutcome.PENDING, call_back.call_id)


async def test_somebody_who_was_reached_is_not_called_again(office: Office) -> None:
    """What became of the call is read from it, by whichever replica."""
    await office.replica().look()
    await office.played(answered=True)
    office.minutes = 90
    await office.replica(Line()).look()
    await office.replica().look()
    (attempt,) = await office.attempts()
    assert attempt.outcome is AttemptOutcome.REACHED
    assert len(office.line.placed) == 1


async def test_somebody_who_was_not_is_called_again_three_times_in_all(office: Office) -> None:
    """With an hour between; after the third the reminder is given up, and no more is done."""
    for minutes in (1, 2, 30, 70, 71, 140, 141, 170, 171, 300):
        office.minutes = minutes
        placed = len(office.line.placed)
        await office.replica().look()
        if len(office.line.placed) > placed:
            await office.played(answered=False)
    assert len(office.line.placed) == 3
    outcomes = [each.outcome for each in await office.attempts()]
    assert outcomes == [AttemptOutcome.NOT_REACHED] * 3 + [AttemptOutcome.GIVEN_UP]


async def test_one_replica_calls(office: Office) -> None:
    """Though several look at once."""
    lines = [Line() for _ in range(4)]
    async with asyncio.TaskGroup() as tasks:
        for line in lines:
            tasks.create_task(office.replica(line).look())
    assert sum(len(line.placed) for line in lines) == 1


async def test_a_call_that_a_crash_has_cost(office: Office) -> None:
    """It was to be placed, and is not in the store: it was none, and the next attempt follows."""
    await office.replica().look()
    office.minutes = 4
    await office.replica().look()
    assert (await office.attempts())[0].outcome is AttemptOutcome.PENDING
    office.minutes = 7
    await office.replica().look()
    assert (await office.attempts())[0].outcome is AttemptOutcome.NOT_REACHED
    office.minutes = 80
    await office.replica().look()
    assert len(office.line.placed) == 2


async def test_when_no_call_can_be_placed(office: Office) -> None:
    """A replica that is full, or a customer who is on the line: later. One that closes just now: tried in vain."""
    office.line.is_accepting = False
    await office.replica().look()
    office.line.is_accepting, office.line.busy_with = True, CALL.phone_number
    await office.replica().look()
    assert await office.attempts() == []
    office.line.busy_with, office.line.is_closed = "", True
    await office.replica().look()
    assert [each.outcome for each in await office.attempts()] == [AttemptOutcome.NOT_REACHED]


async def test_who_has_opted_out_is_not_called(office: Office) -> None:
    """The reminder is given up."""
    await office.callbacks.opt_out(CALL.phone_number, since=MONDAY)
    await office.replica().look()
    assert office.line.placed == []
    assert [each.outcome for each in await office.attempts()] == [AttemptOutcome.GIVEN_UP]


async def test_it_looks_again_and_again(office: Office) -> None:
    """A store that is away is no reason to end, nor is a bug."""
    pauses: list[float] = []

    class Flaky(Callbacks):
        async def has_opted_out(self, phone_number: str) -> bool:
            if len(pauses) < 2:
                raise (StoreUnavailable("away"), ZeroDivisionError())[len(pauses)]
            return await super().has_opted_out(phone_number)

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            await asyncio.Event().wait()

    means = replace(office.replica()._means, callbacks=Flaky(office.store.database))
    async with CallingBack(means, sleep=sleep):
        async with asyncio.timeout(60):
            while len(pauses) < 3:
                await asyncio.sleep(0.001)
    assert len(office.line.placed) == 1
    assert set(pauses) == {5.0}
