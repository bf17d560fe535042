"""What the router in process knows is changed in one piece, by one at a time."""

import asyncio
from datetime import UTC, datetime

import pytest

from stores.bells import bell_of
from stores.database import Database
from stores.router_history import RouterEventRecord, RouterHistory
from stores.router_rows import RouterChanges, RouterRows, RouterTables

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
POLICY = {"policy_id": "best", "name": "", "offer_expires_s": 30.0, "concurrent_offers": 0}


def event(key: str) -> RouterEventRecord:
    """Of a job."""
    return RouterEventRecord(key, "job-1", "JobQueued", {}, NOW)


@pytest.fixture
def rows(database: Database) -> RouterTables:
    """Empty."""
    return RouterTables(database, bell_of(database))


async def test_deciders_take_turns(rows: RouterTables) -> None:
    """Each sees what the one before has decided."""

    def count(found: RouterRows) -> tuple[RouterChanges, int]:
        number = found.policies[0]["concurrent_offers"] + 1 if found.policies else 0
        return RouterChanges(RouterRows(policies=[POLICY | {"concurrent_offers": number}])), number

    async with asyncio.TaskGroup() as tasks:
        counting = [tasks.create_task(rows.change(count)) for _ in range(8)]
    assert sorted(task.result() for task in counting) == list(range(8))
    assert (await rows.read()).policies == [POLICY | {"concurrent_offers": 7}]


async def test_what_raises_changes_nothing(rows: RouterTables, database: Database) -> None:
    """Not even what was decided with it."""

    def decide(_: RouterRows) -> tuple[RouterChanges, None]:
        raise LookupError

    with pytest.raises(LookupError):
        await rows.change(decide)
    same = RouterChanges(RouterRows(policies=[POLICY, {"policy_id": None}]), [event("k")])
    with pytest.raises(Exception, match="refused"):
        await rows.change(lambda _: (same, None))
    assert (await rows.read()).policies == []
    assert await RouterHistory(database, bell_of(database)).events("job-1") == []


async def test_only_changes_are_heard(database: Database) -> None:
    """Looking wakes nobody."""
    bell = bell_of(database)
    heard: list[str] = []
    nudged = asyncio.Event()

    def hear(name: str) -> None:
        heard.append(name)
        nudged.set()

    async with bell.listening(hear):
        rows = RouterTables(database, bell)
        await rows.change(lambda _: (RouterChanges(), None))
        await rows.change(lambda _: (RouterChanges(events=[event("k")]), None))
        async with asyncio.timeout(60):
            while "router/job-1" not in heard:
                nudged.clear()
                await nudged.wait()
    assert [each for each in heard if each] == ["router/job-1"]


async def test_what_is_over_is_read_when_asked_for(rows: RouterTables) -> None:
    """Else it is history: the more there is of it, the less it may cost."""
    job = {"job_id": "job-1", "call_id": "", "queue_id": "q", "channel_id": "voice", "priority": 1, "labels": {}}
    job |= {"selectors": [], "status": "closed", "enqueued_at": NOW, "scores": {}, "scoring_round": 0}
    job |= {"scoring_until": None, "refusals": {}}
    held = {"assignment_id": "a", "call_id": "", "job_id": "job-1", "worker_id": "w", "cost": 1, "assigned_at": NOW}
    held |= {"completed_at": NOW, "closed_at": NOW}
    await rows.change(lambda _: (RouterChanges(RouterRows(jobs=[job], assignments=[held])), None))
    found = await rows.read()
    assert (found.jobs, found.assignments) == ([], [])
    asked = await rows.read(job_ids=["job-1"])
    assert (asked.jobs, asked.assignments) == ([job], [held])
