"""What calls came to is kept once for each work that made it."""

from dataclasses import replace

import pytest

from stores.database import Database
from stores.errors import UnknownCall
from stores.outcomes import Outcomes
from stores.records import NextAction, NextActionRecord, Satisfaction, SynthesisRecord
from stores.sql import SqlStore
from tests.stores.contract import CALL, at

SYNTHESIS = SynthesisRecord(
    "call-1", at(60), "work-1", "A leak.", "**Water** came in.", Satisfaction.HIGH, "Ask for the floor.", True
)
ACTION = NextActionRecord("call-1", at(60), "work-1", NextAction.REQUIRES_EXPERTISE, "The wall is wet.")


async def test_the_last_synthesis_counts(database: Database) -> None:
    """Extracted first, and then by a model: both are kept, the call shows the later one."""
    store, outcomes = SqlStore(database), Outcomes(database)
    await store.add_call(CALL)
    assert await outcomes.add_synthesis(SYNTHESIS) == SYNTHESIS
    better = replace(SYNTHESIS, work_id="work-2", short="Water damage.", is_extractive=False)
    assert await outcomes.add_synthesis(better) == replace(better, sequence=1)
    history = await store.history("call-1")
    assert history is not None
    assert history.synthesis == replace(better, sequence=1)
    assert history.next_action is None


async def test_work_that_runs_twice_adds_nothing(database: Database) -> None:
    """What its first run has made stands, whatever the second one makes of it."""
    store, outcomes = SqlStore(database), Outcomes(database)
    await store.add_call(CALL)
    await outcomes.add_next_action(ACTION)
    again = replace(ACTION, action=NextAction.CASE_CLOSED, decided_at=at(99))
    assert await outcomes.add_next_action(again) == ACTION
    await outcomes.add_synthesis(SYNTHESIS)
    assert await outcomes.add_synthesis(replace(SYNTHESIS, short="Else.")) == SYNTHESIS
    history = await store.history("call-1")
    assert history is not None
    assert (history.next_action, history.synthesis) == (ACTION, SYNTHESIS)


async def test_a_call_that_is_not_known(database: Database) -> None:
    """It may have been erased while the work ran."""
    with pytest.raises(UnknownCall):
        await Outcomes(database).add_synthesis(SYNTHESIS)
    with pytest.raises(UnknownCall):
        await Outcomes(database).add_next_action(ACTION)
