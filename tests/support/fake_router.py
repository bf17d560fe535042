"""A router in memory that does what its test says; of ``routing.ports.Router`` what a call needs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import cast

from calls.desk import Desk
from pipeline.records import Observer
from routing.errors import RouterUnavailable
from routing.happenings import JobHappening, OfferAccepted, OfferIssued
from routing.ports import Router
from routing.values import Job, Offer, Worker, WorkerState, WorkerView
from stores.router_history import ScoringRecord

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ANN = Worker("ann", "Ann", "+12025550111")


class FakeRouter:
    """Remembers what it was asked."""

    def __init__(self, *workers: Worker) -> None:
        self.workers = {each.worker_id: each for each in workers or (ANN,)}
        self.jobs: list[Job] = []
        self.asked: list[str] = []
        self.is_down = False
        self._told: asyncio.Queue[JobHappening | None] = asyncio.Queue()

    def tell(self, *happenings: JobHappening | None) -> None:
        """This happens; None: the job is over."""
        for each in happenings:
            self._told.put_nowait(each)

    async def create_job(self, job: Job) -> None:
        """Take it, unless the router is down."""
        if self.is_down:
            raise RouterUnavailable("down")
        self.jobs.append(job)

    async def cancel_job(self, job_id: str, *, note: str = "") -> None:
        """Note it."""
        self.asked.append(f"cancel {job_id}")

    async def complete_job(self, job_id: str, assignment_id: str) -> None:
        """Note it."""
        self.asked.append(f"complete {job_id} {assignment_id}")

    async def close_job(self, job_id: str, assignment_id: str) -> None:
        """Note it."""
        self.asked.append(f"close {job_id} {assignment_id}")

    async def worker(self, worker_id: str) -> WorkerView:
        """As it was made."""
        return WorkerView(self.workers[worker_id], WorkerState.ACTIVE)

    @contextlib.asynccontextmanager
    async def follow(self, job_id: str) -> AsyncIterator[AsyncIterator[JobHappening]]:
        """What the test tells."""

        async def told() -> AsyncIterator[JobHappening]:
            while (happening := await self._told.get()) is not None:
                yield happening

        yield told()


def desk_with(router: FakeRouter, observer: Observer, *, limit_s: float = 60.0) -> Desk:
    """A desk at which Ann scores best."""

    async def scorings(job_id: str) -> list[ScoringRecord]:
        reasons = {"ben": (0.4, "slow"), "ann": (0.83, "CSAT 2.8: 0.90")}
        return [
            ScoringRecord("s-1", each, job_id, "c", NOW, "formula", score, reason, {}, {})
            for each, (score, reason) in reasons.items()
            if each in router.workers
        ]

    return Desk(
        router=cast(Router, router),
        queue_id="antiphon",
        limit_s=limit_s,
        scorings=scorings,
        observer=observer,
        utc_now=lambda: NOW,
    )


def issued(worker_id: str = "ann", offer_id: str = "o-1") -> OfferIssued:
    """They were asked."""
    return OfferIssued(Offer(offer_id, "c-1", worker_id, 1, NOW, NOW + timedelta(seconds=30)), NOW)


def accepted(worker_id: str = "ann", offer_id: str = "o-1") -> OfferAccepted:
    """They have taken the job."""
    return OfferAccepted(offer_id, "c-1", worker_id, "a-1", NOW)
