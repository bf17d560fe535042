"""A router under test, and whoever follows its jobs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from routing.happenings import JobHappening, OfferIssued
from routing.ports import Router
from routing.values import Job, JobStatus, Labels, Offer, Policy, Queue, Score, Scores, Worker

START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PATIENCE_S = 60.0
"""Nothing here takes as long: only what never happens does."""
POLICY = Policy("best", "Best worker", offer_expires_s=30.0)
QUEUE = Queue("claims", "best", "Claims")
ANN = Worker("ann", "Ann", "+12025550111", ("claims",), {"CSAT": 2.9, "Lang": "en"})
BOB = Worker("bob", "Bob", "+12025550112", ("claims",), {"CSAT": 2.1, "Lang": "en"})
EVE = Worker("eve", "Eve", "+12025550113", ("claims",), {"CSAT": 1.2, "Lang": "fr"})
JOB = Job("job-1", "claims", call_id="call-1", labels={"Lang": "en", "Satisfaction": 2})


@dataclass
class ByHand:
    """A scorer whose scores the test sets."""

    scores: dict[str, float] = field(default_factory=lambda: {"ann": 0.9, "bob": 0.5, "eve": 0.1})
    asked: list[tuple[Labels, tuple[str, ...]]] = field(default_factory=list)

    async def score(self, job_labels: Labels, workers: Sequence[Worker]) -> Scores:
        """Those that were set, 0 for others."""
        self.asked.append((job_labels, tuple(each.worker_id for each in workers)))
        return Scores(tuple(Score(each.worker_id, self.scores.get(each.worker_id, 0.0)) for each in workers), "hand")


class Clock:
    """A time of day that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Bench:
    """A router under test."""

    router: Router
    scorer: ByHand
    pass_time: Callable[[float], Awaitable[None]]
    """Seconds go by for the router."""
    policy: Policy = POLICY
    """As this router needs it, to score by ``scorer``."""


class Told:
    """What a follower of a job has been told."""

    def __init__(self, told: AsyncIterator[JobHappening]) -> None:
        self._told = told
        self.all: list[JobHappening] = []

    async def until(self, kind: type[JobHappening]) -> JobHappening:
        """The next of a kind."""
        async with asyncio.timeout(PATIENCE_S):
            async for happening in self._told:
                self.all.append(happening)
                if isinstance(happening, kind):
                    return happening
        raise AssertionError(f"no {kind.__name__}: it ended after {self.all}")

    async def offer(self) -> Offer:
        """The next offer."""
        issued = await self.until(OfferIssued)
        assert isinstance(issued, OfferIssued)
        return issued.offer

    async def to_end(self) -> None:
        """All that is left."""
        async with asyncio.timeout(PATIENCE_S):
            self.all += [happening async for happening in self._told]

    def ids(self, kind: type[JobHappening]) -> list[str]:
        """Who has been told of what so far: the workers of all happenings of a kind."""
        return [getattr(each, "worker_id", "") for each in self.all if isinstance(each, kind)]


async def set_up(bench: Bench, *workers: Worker, concurrent_offers: int = 1) -> None:
    """With these workers."""
    policy = replace(bench.policy, concurrent_offers=concurrent_offers)
    await bench.router.set_up(policy, QUEUE, workers)


async def first_offer(bench: Bench, job: Job = JOB) -> Offer:
    """The first offer of a new job."""
    await bench.router.create_job(job)
    async with bench.router.follow(job.job_id) as told:
        return await Told(told).offer()


async def waits(bench: Bench, job_id: str) -> bool:
    """Whether a job waits without any offer."""
    view = await bench.router.job(job_id)
    return view.status is JobStatus.QUEUED and not view.offers
