"""What is deleted leaves nothing, in no table."""

from dataclasses import replace

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import tables
from stores.bells import bell_of
from stores.call_work import CallWork, CostRecord, StepRecord, StepState
from stores.callbacks import Callbacks
from stores.database import Database
from stores.erasure import Deleted, Erasure
from stores.outcomes import Outcomes
from stores.records import (
    AttemptOutcome,
    CallbackAttemptRecord,
    CitationRecord,
    RecordingRecord,
    ReminderRecord,
    ToolCallRecord,
    UsageRecord,
)
from stores.router_history import RouterEventRecord, RouterHistory, ScoringRecord
from stores.router_rows import RouterChanges, RouterRows, RouterTables
from stores.sql import SqlStore
from tests.stores.contract import CALL, TURN, at
from tests.stores.test_outcomes import ACTION, SYNTHESIS

NUMBER = "+33699999999"


async def fill(database: Database, call_id: str, number: str, ended_at: float | None) -> None:
    """A call that leaves a row in every table that knows calls; each row tells its call."""
    store = SqlStore(database)
    await store.add_call(replace(CALL, call_id=call_id, phone_number=number))
    cited = [CitationRecord(call_id, "x")]
    await store.append_message(call_id, said_at=at(1), persona="caller", text=f"I am {number}", citations=cited)
    await store.append_claim_change(call_id, changed_at=at(1), changed_by="x", field="phone", new_value=number)
    await store.append_turn(replace(TURN, call_id=call_id))
    await store.append_reminder(ReminderRecord(call_id, 0, at(1), "t", "d", at(2), "assistant"))
    await store.append_tool_call(ToolCallRecord(call_id, 0, at(1), 1, "t", number, ""))
    await store.append_usage(UsageRecord(call_id, 0, at(1), "m", 1, 1))
    await store.add_recording(RecordingRecord(call_id, f"rec-{call_id}", at(1), f"{call_id}.wav"))
    await Outcomes(database).add_synthesis(replace(SYNTHESIS, call_id=call_id, long=number))
    await Outcomes(database).add_next_action(replace(ACTION, call_id=call_id))
    await Callbacks(database).begin_attempt(CallbackAttemptRecord(call_id, 0, 1, at(9)))
    works = CallWork(database)
    await works.asked(call_id, work_id=call_id, at=at(9))
    await works.begin_step(StepRecord(call_id, call_id, "sms_report", StepState.BEGUN, at(9)))
    await works.keep_cost(CostRecord(call_id, at(9), 1.0, 1, 1, 0, 1, 0.0, 0.0, 0.0, 0.0))
    event = {"call_id": call_id, "kind": "sms", "payload": {"text": number}, "outcome": "", "settled_by": ""}
    values = tables.call_events.insert().values(**event, published_at=at(1))
    await database.write(lambda connection: connection.execute(values))
    await fill_router(database, f"job-{call_id}", call_id, "closed", 1)
    if ended_at is not None:
        await store.end_call(call_id, ended_at=at(ended_at), reason="caller_hung_up")


async def fill_router(database: Database, job_id: str, call_id: str, status: str, last_at: float) -> None:
    """A job with a row in every table of a router, all of the first minute but its last event."""
    job = RouterRows(
        jobs=[
            {
                "job_id": job_id,
                "call_id": call_id,
                "queue_id": "q",
                "channel_id": "voice",
                "priority": 1,
                "labels": {},
                "selectors": [],
                "status": status,
                "enqueued_at": at(1),
                "scores": {},
                "scoring_round": 1,
                "scoring_until": None,
                "refusals": {},
            }
        ],
        offers=[
            {
                "offer_id": f"o-{job_id}",
                "call_id": call_id,
                "job_id": job_id,
                "worker_id": "ann",
                "cost": 1,
                "offered_at": at(2),
                "expires_at": at(3),
                "is_open": False,
            }
        ],
        assignments=[
            {
                "assignment_id": f"a-{job_id}",
                "call_id": call_id,
                "job_id": job_id,
                "worker_id": "ann",
                "cost": 1,
                "assigned_at": at(3),
                "completed_at": None,
                "closed_at": at(4),
            }
        ],
    )
    happened = [
        RouterEventRecord(f"{job_id}-{moment}", job_id, "JobQueued", {}, at(moment), call_id)
        for moment in sorted({1, last_at})
    ]
    bell = bell_of(database)
    await RouterTables(database, bell).change(lambda _: (RouterChanges(job, happened), None))
    scored = ScoringRecord(f"s-{job_id}", "ann", job_id, call_id, at(1), "formula", 0.5, "", {}, {})
    await RouterHistory(database, bell).keep_scoring([scored])


async def everything(database: Database) -> dict[str, str]:
    """Every row of every table that the database itself knows, by table."""

    async def work(connection: AsyncConnection) -> dict[str, str]:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        return {
            name: "\n".join(str(tuple(row)) for row in await connection.execute(text(f"SELECT * FROM {name}")))
            for name in names
        }

    return await database.read(work)


@pytest.fixture
async def erasure(database: Database) -> Erasure:
    """Two calls of one number that are over, one that is up, and one of somebody else."""
    await fill(database, "old", NUMBER, 60)
    await fill(database, "new", NUMBER, 7_200)
    await fill(database, "up", NUMBER, None)
    await fill(database, "other", "+33600000000", 90)
    return Erasure(database)


async def test_every_table_that_knows_calls_is_filled(erasure: Erasure, database: Database) -> None:
    """So that the other tests here look at all of them: a new table must be filled above."""
    found = await everything(database)
    assert {name for name, rows in found.items() if "old" in rows} == {
        table.name for table in tables.metadata.sorted_tables if "call_id" in table.c
    }


async def test_a_customer_is_erased(erasure: Erasure, database: Database) -> None:
    """Neither the number nor a call of it is found anywhere; a call that is up stays, and so does everybody else."""
    assert set(await erasure.of_number(NUMBER)) == {"old", "new"}
    assert await erasure.of_number(NUMBER, is_live=True) == ["up"]
    before = await everything(database)
    deleted = await erasure.delete(["old", "new", "up", "ghost"])
    assert set(deleted.call_ids) == {"old", "new"}
    assert deleted.rows == dict.fromkeys((name for name, rows in before.items() if "old" in rows), 2)
    for name, rows in (await everything(database)).items():
        kept = [row for row in before[name].splitlines() if "old" not in row and "new" not in row]
        assert sorted(rows.splitlines()) == sorted(kept), name
    await SqlStore(database).end_call("up", ended_at=at(99), reason="caller_hung_up")
    await erasure.delete(await erasure.of_number(NUMBER))
    left = "\n".join((await everything(database)).values())
    assert NUMBER not in left
    assert "other" in left


async def test_calls_that_ended_before_a_moment(erasure: Erasure) -> None:
    """The oldest first, at most so many; those that are up are never old."""
    assert await erasure.ended_before(at(60)) == []
    assert await erasure.ended_before(at(61)) == ["old"]
    assert await erasure.ended_before(at(10_000)) == ["old", "other", "new"]
    assert await erasure.ended_before(at(10_000), limit=1) == ["old"]


async def test_what_pointed_to_a_call_points_nowhere(erasure: Erasure, database: Database) -> None:
    """A later call that went on with it, and the attempt that had placed it, stay."""
    store, callbacks = SqlStore(database), Callbacks(database)
    await store.link_call("other", resumes_call_id="old")
    attempt = CallbackAttemptRecord("other", 0, 1, at(9))
    await callbacks.end_attempt(attempt, outcome=AttemptOutcome.REACHED, ended_at=at(10), placed_call_id="old")
    await erasure.delete(["old"])
    history = await store.history("other")
    assert history is not None
    assert history.call.resumes_call_id == ""
    assert [each.placed_call_id for each in history.callback_attempts] == [""]


async def test_nothing_to_delete(erasure: Erasure) -> None:
    """Nothing is deleted, and sums of nothing are nothing."""
    assert await erasure.delete([]) == Deleted()
    assert Deleted(("a",), {"calls": 1}) + Deleted(("b",), {"calls": 1, "turns": 2}) == Deleted(
        ("a", "b"), {"calls": 2, "turns": 2}
    )


async def test_what_a_router_keeps_of_no_call_is_deleted_when_it_is_old(erasure: Erasure, database: Database) -> None:
    """In every table of its own. What is of a call, still waits, or has just happened, stays."""
    for job_id, call_id, status, last_at in (
        ("over", "", "closed", 50),
        ("stranger", "call-of-another-system", "cancelled", 50),
        ("waiting", "", "queued", 50),
        ("wrapping-up", "", "completed", 50),
        ("just-over", "", "closed", 500),
        ("of-a-call", "new", "closed", 50),
    ):
        await fill_router(database, job_id, call_id, status, last_at)
    signed_in = [RouterEventRecord(f"ann-{moment}", "", "WorkerRegistered", {}, at(moment)) for moment in (50, 500)]
    await RouterHistory(database, bell_of(database)).append(signed_in)
    before = await everything(database)
    deleted = await erasure.router_rows_before(at(100))
    assert deleted.call_ids == ()
    assert deleted.rows == {
        "router_jobs": 2,
        "router_offers": 2,
        "router_assignments": 2,
        "router_scorings": 2,
        "router_events": 5,
    }
    after = await everything(database)
    for name in deleted.rows:
        assert "over'" not in after[name].replace("just-over'", ""), name
        assert "stranger" not in after[name], name
        for stays in ("waiting", "wrapping-up", "just-over", "of-a-call"):
            assert stays in after[name], name
    assert "ann-50'" not in after["router_events"]
    assert "ann-500'" in after["router_events"]
    assert {name for name in before if before[name] != after[name]} == set(deleted.rows)
    assert (await erasure.router_rows_before(at(100))).rows == {}
    assert len((await erasure.router_rows_before(at(1_000))).rows) == 5
