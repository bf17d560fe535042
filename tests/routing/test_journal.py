"""Whoever follows a job learns all of it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from routing.errors import RouterUnavailable
from routing.happenings import JobCancelled, JobQueued, OfferDeclined
from routing.journal import RouterJournal
from stores.bells import bell_of
from stores.database import Database
from tests.routing.bench import START, Told

QUEUED, OVER = JobQueued("job-1", START), JobCancelled("job-1", START)


@pytest.fixture
async def journal(database: Database) -> AsyncIterator[RouterJournal]:
    """Listening."""
    async with RouterJournal(database, bell_of(database)) as journal:
        yield journal


async def test_what_was_before_and_what_follows(journal: RouterJournal) -> None:
    """Each follower has all of it, once, though it is told twice; other jobs' happenings are others'."""
    await journal.append([QUEUED, JobQueued("job-2", START)], call_id="call-1")
    async with journal.follow("job-1") as following, journal.follow("job-1") as beside:
        told, other = Told(following), Told(beside)
        assert await told.until(JobQueued) == QUEUED
        declined = OfferDeclined("o-1", "job-1", "ann", START)
        await journal.append([QUEUED, declined, declined, OVER])
        await told.to_end()
        await other.to_end()
    assert told.all == other.all == [QUEUED, declined, OVER]
    assert {event.call_id for event in await journal.history.events("job-1")} == {"call-1"}


async def test_another_process_has_no_bell_of_ours(database: Database) -> None:
    """It is heard of all the same, when we look."""
    ours = RouterJournal(database, bell_of(database), poll_s=0.01)
    async with ours, ours.follow("job-1") as following, asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(Told(following).until(JobCancelled))
        async with RouterJournal(database, bell_of(database)) as theirs:
            await theirs.append([OVER])
    assert waiting.result() == OVER


async def test_a_store_that_is_closed(journal: RouterJournal, database: Database) -> None:
    """What was to be kept was not, and that is said."""
    await database.close()
    with pytest.raises(RouterUnavailable):
        await journal.append([QUEUED])
