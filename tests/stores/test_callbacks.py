"""Who is to be called back, and what was tried."""

import asyncio
from dataclasses import replace

import pytest

from stores.callbacks import Callbacks, DueReminder
from stores.database import Database
from stores.errors import UnknownCall
from stores.records import AttemptOutcome, CallbackAttemptRecord, ReminderRecord
from stores.sql import SqlStore
from tests.stores.contract import CALL, at

REMINDER = ReminderRecord("call-1", 0, at(5), "Call back", "About the photos.", at(3_600), "assistant")
ATTEMPT = CallbackAttemptRecord("call-1", 0, 1, at(3_700))


@pytest.fixture
async def callbacks(database: Database) -> Callbacks:
    """With one reminder of the assistant, due an hour after its call."""
    store = SqlStore(database)
    await store.add_call(CALL)
    await store.append_reminder(REMINDER)
    await store.end_call("call-1", ended_at=at(60), reason="caller_hung_up")
    return Callbacks(database)


async def titles(callbacks: Callbacks, seconds: float, owner: str = "assistant") -> list[str]:
    """What is due then."""
    return [due.reminder.title for due in await callbacks.due_reminders(at(seconds), owner=owner)]


async def test_what_is_due(callbacks: Callbacks) -> None:
    """From its moment on, to its owner, with the call in which it was agreed."""
    assert await titles(callbacks, 3_599) == []
    assert await titles(callbacks, 3_601, owner="customer") == []
    (due,) = await callbacks.due_reminders(at(3_601), owner="assistant")
    ended = replace(CALL, ended_at=at(60), end_reason="caller_hung_up")
    assert due == DueReminder(REMINDER, ended, ())


async def test_a_reminder_that_was_set_again(callbacks: Callbacks, database: Database) -> None:
    """The last of its title counts; others stand for themselves, the longest due first."""
    store = SqlStore(database)
    await store.append_reminder(replace(REMINDER, due_at=at(9_000)))
    await store.append_reminder(replace(REMINDER, title="Invoice", due_at=at(7_000)))
    assert await titles(callbacks, 3_601) == []
    assert await titles(callbacks, 10_000) == ["Invoice", "Call back"]
    assert len(await callbacks.due_reminders(at(10_000), owner="assistant", limit=1)) == 1


async def test_nobody_is_called_back_while_they_are_on_the_line(callbacks: Callbacks, database: Database) -> None:
    """What was agreed may change."""
    store = SqlStore(database)
    await store.add_call(replace(CALL, call_id="call-2"))
    await store.append_reminder(replace(REMINDER, call_id="call-2", title="Live"))
    assert await titles(callbacks, 9_000) == ["Call back"]


async def test_attempts_are_told_until_one_settles_it(callbacks: Callbacks) -> None:
    """Nobody was reached: still due. Somebody was: not any more."""
    assert await callbacks.begin_attempt(ATTEMPT) == ATTEMPT
    (due,) = await callbacks.due_reminders(at(9_000), owner="assistant")
    assert due.attempts == (ATTEMPT,)
    await callbacks.end_attempt(ATTEMPT, outcome=AttemptOutcome.NOT_REACHED, ended_at=at(3_800), placed_call_id="c-9")
    second = replace(ATTEMPT, attempt=2, began_at=at(5_000))
    await callbacks.begin_attempt(second)
    (due,) = await callbacks.due_reminders(at(9_000), owner="assistant")
    assert [each.outcome for each in due.attempts] == [AttemptOutcome.NOT_REACHED, AttemptOutcome.PENDING]
    assert due.attempts[0].placed_call_id == "c-9"
    await callbacks.end_attempt(second, outcome=AttemptOutcome.REACHED, ended_at=at(5_100))
    assert await titles(callbacks, 9_000) == []


async def test_an_attempt_is_begun_and_ended_once(callbacks: Callbacks, database: Database) -> None:
    """Work that runs twice finds what it did before."""
    async with asyncio.TaskGroup() as tasks:
        beginning = [tasks.create_task(callbacks.begin_attempt(replace(ATTEMPT, began_at=at(n)))) for n in range(3)]
    assert len({task.result().began_at for task in beginning}) == 1
    for outcome in (AttemptOutcome.GIVEN_UP, AttemptOutcome.REACHED):
        await callbacks.end_attempt(ATTEMPT, outcome=outcome, ended_at=at(9))
    assert (await callbacks.begin_attempt(ATTEMPT)).outcome is AttemptOutcome.GIVEN_UP
    history = await SqlStore(database).history("call-1")
    assert history is not None
    assert [each.outcome for each in history.callback_attempts] == [AttemptOutcome.GIVEN_UP]
    with pytest.raises(UnknownCall):
        await callbacks.begin_attempt(replace(ATTEMPT, call_id="ghost"))


async def test_a_number_that_does_not_want_to_be_called_back(database: Database) -> None:
    """From its word on, however often it says so, until it takes it back."""
    callbacks = Callbacks(database)
    assert not await callbacks.has_opted_out("+33612345678")
    for _ in range(2):
        await callbacks.opt_out("+33612345678", since=at(5))
    assert await callbacks.has_opted_out("+33612345678")
    assert not await callbacks.has_opted_out("+33612345679")
    await callbacks.opt_in("+33612345678", at=at(6))
    assert not await callbacks.has_opted_out("+33612345678")
