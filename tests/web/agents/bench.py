"""A router in process with three workers and one call, and what the page reads of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from routing.embedded import EmbeddedRouter
from routing.recording import RecordedScorer
from routing.values import Job, Offer
from stores.bells import bell_of
from stores.router_history import RouterHistory
from stores.sql import SqlStore
from tests.routing.bench import ANN, BOB, EVE, JOB, POLICY, QUEUE, Bench, ByHand, Clock, first_offer
from tests.web.sample_call import CALL, CHANGES, MESSAGES
from web.agents.board import AgentSources, Boards


@dataclass
class AgentBench:
    """What is up."""

    store: SqlStore
    router: EmbeddedRouter
    sources: AgentSources
    clock: Clock
    boards: Boards = field(init=False)

    def __post_init__(self) -> None:
        """They begin empty."""
        self.boards = Boards(self.sources)

    async def offered(self, job: Job = JOB) -> Offer:
        """A new job is offered to somebody."""
        return await first_offer(Bench(self.router, ByHand(), _no_time), job)


@asynccontextmanager
async def agent_bench(folder: Path) -> AsyncIterator[AgentBench]:
    """Ann, Bob and Eve are signed in; ``CALL`` is the call of ``JOB``."""
    store = await SqlStore.open(f"sqlite:///{folder}/calls.db")
    bell, clock = bell_of(store.database), Clock()
    history = RouterHistory(store.database, bell)
    scorer = RecordedScorer(ByHand(), history, utc_now=clock)
    try:
        await store.add_call(CALL)
        for message in MESSAGES:
            await store.append_message(
                CALL.call_id, said_at=message.said_at, persona=message.persona, text=message.text
            )
        for change in CHANGES:
            await store.append_claim_change(
                CALL.call_id,
                changed_at=change.changed_at,
                changed_by=change.changed_by,
                field=change.field,
                new_value=change.new_value,
            )
        async with EmbeddedRouter(store.database, bell, scorer, utc_now=clock) as router:
            await router.set_up(POLICY, QUEUE, (replace(ANN, labels={"CSAT": 2.9, "Night": True}), BOB, EVE))
            sources = AgentSources(router, QUEUE.queue_id, history.scorings, store.history, clock)
            yield AgentBench(store, router, sources, clock)
    finally:
        await store.close()


async def _no_time(seconds: float) -> None:
    raise AssertionError("nothing here waits")
