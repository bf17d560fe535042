"""Human agents by a script, at the router in process."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from emulators.human_agents import Answer, Answered, HumanAgents
from routing.embedded import EmbeddedRouter
from routing.happenings import OfferAccepted
from routing.model_scorer import FormulaScorer
from routing.scoring import INDICATORS
from routing.values import Job, Policy, Queue, Worker
from stores.bells import bell_of
from stores.database import Database

ANN = Worker("ann", "Ann", "+12025550111", ("q",), {"CSAT": 3})
BEN = Worker("ben", "Ben", "+12025550112", ("q",), {"CSAT": 1})


async def test_each_does_what_the_script_says_and_then_accepts(tmp_path: Path) -> None:
    """Who is busy for a moment is asked again; who lets it ring does nothing."""
    database = await Database.open(f"sqlite:///{tmp_path / 'calls.db'}")
    scorer = FormulaScorer(INDICATORS)
    async with EmbeddedRouter(database, bell_of(database), scorer, utc_now=lambda: datetime.now(UTC)) as router:
        await router.set_up(Policy("p", offer_expires_s=0.5), Queue("q", "p"), (ANN, BEN))
        script = {"ann": [Answer.LATER], "ben": [Answer.IGNORE]}
        agents = HumanAgents(router, script, thinks_s=0.0, later_s=0.1)
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            working = tasks.create_task(agents.work())
            await router.create_job(Job("job-1", "q"))
            async with router.follow("job-1") as told:
                accepted = await anext(each async for each in told if isinstance(each, OfferAccepted))
            while agents.answered[-1].answer is not Answer.ACCEPT:
                await asyncio.sleep(0.01)
            working.cancel()
    await database.close()
    assert accepted.worker_id == "ann"
    expected = [Answered("ann", Answer.LATER), Answered("ben", Answer.IGNORE), Answered("ann", Answer.ACCEPT)]
    assert agents.answered == expected
