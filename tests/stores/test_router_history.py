"""What has happened at a router, and how workers were scored."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from stores.bells import bell_of
from stores.database import Database
from stores.erasure import Erasure
from stores.router_history import RouterEventRecord, RouterHistory, ScoringRecord
from stores.sql import SqlStore
from tests.stores.contract import CALL, at

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
EVENT = RouterEventRecord("queued/1", "job-1", "JobQueued", {"job_id": "job-1"}, NOW, "call-1")
SCORING = ScoringRecord("s-1", "ann", "job-1", "", NOW, "formula", 0.5, "CSAT 2.5 of 3", {"Lang": "en"}, {"CSAT": 2.5})


@pytest.fixture
def history(database: Database) -> RouterHistory:
    """Empty."""
    return RouterHistory(database, bell_of(database))


async def test_an_event_is_kept_once(history: RouterHistory) -> None:
    """However often it is told, and by however many at once; later ones have the call of earlier ones."""
    later = replace(EVENT, key="offer/1", kind="OfferIssued", call_id="")
    async with asyncio.TaskGroup() as tasks:
        for _ in range(3):
            tasks.create_task(history.append([EVENT]))
    assert await history.append([EVENT, later, replace(EVENT, key="k", job_id="job-2")]) == 2
    kept = await history.events("job-1")
    assert [(each.key, each.call_id) for each in kept] == [("queued/1", "call-1"), ("offer/1", "call-1")]
    assert replace(kept[0], event_id=0) == EVENT
    assert await history.events("job-1", after=kept[0].event_id) == kept[1:]


async def test_scorings_are_kept_in_order(history: RouterHistory) -> None:
    """The first scoring first, in it the best first; the call is that of the job."""
    await history.append([EVENT])
    await history.keep_scoring([SCORING, replace(SCORING, worker_id="bob", score=0.9)])
    again = replace(SCORING, scoring_id="s-0", scored_at=NOW + timedelta(seconds=5), score=1.0)
    await history.keep_scoring([again, replace(again, worker_id="eve", job_id="")])
    kept = await history.scorings("job-1")
    assert [(each.scoring_id, each.worker_id) for each in kept] == [("s-1", "bob"), ("s-1", "ann"), ("s-0", "ann")]
    assert kept[1] == replace(SCORING, call_id="call-1")


async def test_all_of_it_is_erased_with_its_call(history: RouterHistory, database: Database) -> None:
    """Nothing is left of what the call was about."""
    store = SqlStore(database)
    await store.add_call(replace(CALL, call_id="call-1"))
    await store.end_call("call-1", ended_at=at(60), reason="caller_hung_up")
    await history.append([EVENT])
    await history.keep_scoring([SCORING])
    deleted = await Erasure(database).delete(["call-1"])
    assert deleted.rows["router_events"] == deleted.rows["router_scorings"] == 1
    assert await history.events("job-1") == []
    assert await history.scorings("job-1") == []
