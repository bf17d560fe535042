"""The router in process: on SQLite and on PostgreSQL, alone and among replicas."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from routing import embedded
from routing.embedded import EmbeddedRouter
from routing.errors import OfferGone
from routing.values import JobStatus, Labels, Scores, ScoringFunction, Worker
from stores.bells import bell_of
from stores.database import Database
from stores.router_history import RouterHistory
from tests.routing.bench import ANN, BOB, EVE, JOB, POLICY, QUEUE, Bench, ByHand, Clock, Told, first_offer
from tests.routing.contract_router import RouterContract


class Stuck:
    """A scorer that never answers."""

    async def score(self, job_labels: Labels, workers: Sequence[Worker]) -> Scores:
        """See there."""
        await asyncio.Event().wait()
        raise AssertionError("unreachable")


@pytest.fixture
def clock() -> Clock:
    """At ``START``."""
    return Clock()


@pytest.fixture
async def bench(database: Database, clock: Clock) -> AsyncIterator[Bench]:
    """One replica."""
    scorer = ByHand()
    async with EmbeddedRouter(database, bell_of(database), scorer, utc_now=clock) as router:

        async def pass_time(seconds: float) -> None:
            clock.now += timedelta(seconds=seconds)
            router.look()

        yield Bench(router, scorer, pass_time)


class TestEmbeddedRouter(RouterContract):
    """Satisfies the contract."""


async def test_two_replicas_are_one_router(database: Database, clock: Clock) -> None:
    """What one has begun the other goes on with; nothing is offered twice."""
    bell, scorer = bell_of(database), ByHand()
    async with (
        EmbeddedRouter(database, bell, scorer, utc_now=clock) as one,
        EmbeddedRouter(database, bell, scorer, utc_now=clock) as other,
    ):
        await one.set_up(POLICY, QUEUE, (ANN, BOB, EVE))
        jobs = [replace(JOB, job_id=f"job-{n}") for n in range(3)]
        async with asyncio.TaskGroup() as tasks:
            for job in jobs:
                tasks.create_task(one.create_job(job))
                tasks.create_task(other.create_job(job))
        for job in jobs:
            async with other.follow(job.job_id) as told:
                await Told(told).offer()
        loads = [(view.worker.worker_id, view.load) for view in await one.workers()]
        assert loads == [("ann", 1), ("bob", 1), ("eve", 1)]
        offer = (await one.job("job-0")).offers[0]
        async with asyncio.TaskGroup() as tasks:
            results = [tasks.create_task(_accepts(each, offer.worker_id, offer.offer_id)) for each in (one, other)]
        assert sorted(task.result() for task in results) == [False, True]


async def _accepts(router: EmbeddedRouter, worker_id: str, offer_id: str) -> bool:
    try:
        await router.accept(worker_id, offer_id)
    except OfferGone:
        return False
    return True


async def test_a_replica_that_dies_while_it_scores(database: Database, clock: Clock) -> None:
    """Another one scores when its time is over."""
    bell = bell_of(database)
    async with EmbeddedRouter(database, bell, Stuck(), utc_now=clock) as dying:
        await dying.set_up(POLICY, QUEUE, (ANN,))
        await dying.create_job(JOB)
    async with EmbeddedRouter(database, bell, ByHand(), utc_now=clock) as other:
        assert (await other.job("job-1")).offers == ()
        clock.now += timedelta(seconds=11)
        other.look()
        async with other.follow("job-1") as told:
            assert (await Told(told).offer()).worker_id == "ann"


async def test_a_restart_loses_nothing(database: Database, clock: Clock) -> None:
    """Offers that were open are; those whose time went by meanwhile expire."""
    bell, scorer = bell_of(database), ByHand()
    async with EmbeddedRouter(database, bell, scorer, utc_now=clock) as router:
        await router.set_up(POLICY, QUEUE, (ANN, BOB))
        offer = await first_offer(Bench(router, scorer, lambda _: asyncio.sleep(0)))
    async with EmbeddedRouter(database, bell, scorer, utc_now=clock) as router:
        assert (await router.job("job-1")).offers == (offer,)
    clock.now += timedelta(seconds=60)
    async with EmbeddedRouter(database, bell, scorer, utc_now=clock) as router, router.follow("job-1") as following:
        told = Told(following)
        assert (await told.offer()).worker_id == "ann"
        assert (await told.offer()).worker_id == "bob"


async def test_history_has_the_call(database: Database, clock: Clock, bench: Bench) -> None:
    """So that it is erased with it."""
    await bench.router.set_up(POLICY, QUEUE, (ANN,))
    offer = await first_offer(bench)
    await bench.router.accept("ann", offer.offer_id)
    events = await RouterHistory(database, bell_of(database)).events("job-1")
    assert [event.kind for event in events] == ["JobQueued", "OfferIssued", "OfferAccepted"]
    assert {event.call_id for event in events} == {"call-1"}
    assert (await bench.router.job("job-1")).status is JobStatus.ASSIGNED


async def test_a_scoring_function_is_nobodys_business_here(bench: Bench) -> None:
    """Who scores is known in process: a policy that names a function is set up once, and its key is not kept."""
    policy = replace(POLICY, scoring=ScoringFunction("https://scores.example", "secret"))
    assert await bench.router.set_up(policy, QUEUE, (ANN,))
    assert await bench.router.set_up(policy, QUEUE, (ANN,)) == ()
    assert (await first_offer(bench)).worker_id == "ann"


async def test_more_jobs_than_are_scored_at_once(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others wait their turn, and no longer: time stands still here."""
    monkeypatch.setattr(embedded, "MOST_SCORINGS", 1)
    async with EmbeddedRouter(database, bell_of(database), ByHand(), utc_now=clock) as router:
        await router.set_up(POLICY, QUEUE, (replace(ANN, capacity=4),))
        async with asyncio.TaskGroup() as tasks:
            for number in range(4):
                tasks.create_task(router.create_job(replace(JOB, job_id=f"job-{number}")))
        for number in range(4):
            async with router.follow(f"job-{number}") as told:
                assert (await Told(told).offer()).worker_id == "ann"
