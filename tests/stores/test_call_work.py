"""The work after calls: asked for once, done once, seen."""

import asyncio
from dataclasses import replace

import pytest

from stores.call_work import CallWork, CostRecord, StepRecord, StepState, WorkRecord, WorkState, Written
from stores.database import Database
from stores.errors import UnknownCall
from stores.sql import SqlStore
from tests.stores.contract import CALL, at

STEP = StepRecord("call-1", "call-1", "synthesis", StepState.BEGUN, at(61))
COST = CostRecord("call-1", at(70), 1.5, 100, 20, 50, 300, 0.006, 0.025, 0.0045, 0.001)


@pytest.fixture
async def works(database: Database) -> CallWork:
    """With one call that is over, and one that is up."""
    store = SqlStore(database)
    for call_id in ("call-1", "up"):
        await store.add_call(replace(CALL, call_id=call_id))
    await store.end_call("call-1", ended_at=at(60), reason="caller_hung_up")
    return CallWork(database)


async def test_a_call_wants_work_when_it_is_over(works: CallWork, database: Database) -> None:
    """The oldest end first, until somebody has asked for it."""
    store = SqlStore(database)
    assert await works.wanting() == ["call-1"]
    await store.end_call("up", ended_at=at(30), reason="caller_hung_up")
    assert await works.wanting() == ["up", "call-1"]
    assert await works.wanting(limit=1) == ["up"]
    assert await works.wanting(ended_since=at(31)) == ["call-1"]
    await works.asked("call-1", work_id="call-1", at=at(61))
    assert await works.wanting() == ["up"]


async def test_work_is_asked_for_once(works: CallWork) -> None:
    """By several replicas at once, too: the first one's word stands."""
    async with asyncio.TaskGroup() as tasks:
        for n in range(3):
            tasks.create_task(works.asked("call-1", work_id="call-1", at=at(61 + n)))
    assert len(await works.unfinished(asked_before=at(99))) == 1
    assert await works.unfinished(asked_before=at(61)) == []
    with pytest.raises(UnknownCall):
        await works.asked("ghost", work_id="ghost", at=at(1))


async def test_a_step_begins_and_ends_once(works: CallWork) -> None:
    """Work that runs again finds how far it was."""
    await works.asked("call-1", work_id="call-1", at=at(61))
    assert await works.begin_step(STEP) == STEP
    assert await works.begin_step(replace(STEP, began_at=at(80))) == STEP
    await works.end_step(STEP, state=StepState.DONE, detail="by_model", at=at(62))
    await works.end_step(STEP, state=StepState.FAILED, at=at(63))
    done = replace(STEP, state=StepState.DONE, detail="by_model", ended_at=at(62))
    assert await works.begin_step(STEP) == done
    assert await works.finish("call-1", work_id="call-1", at=at(64)) is WorkState.DONE
    work = await works.of_call("call-1")
    assert work == WorkRecord("call-1", "call-1", WorkState.DONE, at(61), at(64), (done,))
    assert await works.unfinished(asked_before=at(99)) == []
    assert await works.of_call("up") is None


async def test_work_may_be_over_before_it_is_noted_that_it_was_asked_for(works: CallWork) -> None:
    """It is quick, or who asked died in between: what it came to stands, and nobody waits for it any more."""
    await works.begin_step(STEP)
    await works.end_step(STEP, state=StepState.FAILED, at=at(62))
    assert await works.finish("call-1", work_id="call-1", at=at(63)) is WorkState.FAILED
    await works.asked("call-1", work_id="call-1", at=at(64))
    work = await works.of_call("call-1")
    assert work is not None
    assert (work.state, work.ended_at) == (WorkState.FAILED, at(63))
    assert await works.wanting() == []
    assert await works.ask_again("call-1")


async def test_a_message_is_kept_with_the_end_of_its_step(works: CallWork, database: Database) -> None:
    """Once, though the step ends twice."""
    await works.begin_step(STEP)
    for _ in range(2):
        await works.end_step(STEP, state=StepState.DONE, at=at(62), written=Written("assistant", "Thank you."))
    history = await SqlStore(database).history("call-1")
    assert history is not None
    assert [(each.text, each.action, each.persona) for each in history.messages] == [("Thank you.", "sms", "assistant")]


async def test_failed_work_is_seen_and_done_again(works: CallWork) -> None:
    """Under another name: what failed before does not count any more, what was done is not done again."""
    cost = replace(STEP, step="cost")
    await works.asked("call-1", work_id="call-1", at=at(61))
    for step, state in ((STEP, StepState.FAILED), (cost, StepState.DONE)):
        await works.begin_step(step)
        await works.end_step(step, state=state, detail="why", at=at(62))
    assert not await works.ask_again("call-1")
    assert await works.finish("call-1", work_id="call-1", at=at(64)) is WorkState.FAILED
    (failed,) = await works.failed()
    assert [(each.step, each.state.value, each.detail) for each in failed.steps] == [
        ("cost", "done", "why"),
        ("synthesis", "failed", "why"),
    ]
    assert await works.ask_again("call-1")
    assert not await works.ask_again("call-1")
    assert [each.work_id for each in await works.to_do_again()] == ["call-1/2"]
    for _ in range(2):
        await works.asked_again("call-1", at=at(90))
    assert await works.to_do_again() == []
    assert [each.work_id for each in await works.unfinished(asked_before=at(91))] == ["call-1/2"]
    again = replace(STEP, work_id="call-1/2")
    assert await works.begin_step(again) == again
    assert (await works.begin_step(replace(cost, work_id="call-1/2"))).state is StepState.DONE
    await works.end_step(again, state=StepState.FAILED, at=at(92))
    assert await works.finish("call-1", work_id="call-1/2", at=at(93)) is WorkState.FAILED
    assert await works.ask_again("call-1")
    assert [each.work_id for each in await works.to_do_again()] == ["call-1/3"]


async def test_a_cost_is_kept_once(works: CallWork) -> None:
    """Prices may change; what a call has cost does not."""
    assert await works.keep_cost(COST) == COST
    assert await works.keep_cost(replace(COST, telephone_usd=9.0)) == COST
    assert await works.costs(["call-1", "up"]) == {"call-1": COST}
    assert COST.usd == pytest.approx(0.0365)
