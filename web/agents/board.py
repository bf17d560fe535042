"""What the page of human agents is made of: the queue, its workers, and what one of them has at hand."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.errors import UnknownJob
from routing.ports import Router
from routing.values import Assignment, JobStatus, JobView, Offer, QueueView, WorkerView
from stores.records import CallHistory
from stores.router_history import ScoringRecord

MOST_JOBS = 50
"""So many of those that wait are read with their scores; the queue tells how many there are."""


@dataclass(frozen=True, slots=True)
class AgentSources:
    """What the page reads, and acts on."""

    router: Router
    queue_id: str
    """Whose jobs and workers are shown."""
    scorings: Callable[[str], Awaitable[Sequence[ScoringRecord]]]
    """How workers were scored for a job: see ``stores.router_history.RouterHistory.scorings``."""
    history: Callable[[str], Awaitable[CallHistory | None]]
    """A call, by its id; None: it is not known here."""
    utc_now: Callable[[], datetime]
    """Timezone-aware."""
    keep_s: float = 1.0
    """However many pages ask, the router is asked about its queue once in so long."""


@dataclass(frozen=True, slots=True)
class ScoredJob:
    """A job, and how workers were scored for it."""

    view: JobView
    scores: tuple[ScoringRecord, ...] = ()
    """Of the latest scoring, the best first; empty: none is recorded in this database."""

    @property
    def call_id(self) -> str:
        """Of the call that it is about; empty: it is about none."""
        return self.view.job.call_id


@dataclass(frozen=True, slots=True)
class Board:
    """The queue at one moment."""

    now: datetime
    queue: QueueView
    workers: tuple[WorkerView, ...]
    jobs: tuple[ScoredJob, ...]
    """Those that wait, the longest first; at most ``MOST_JOBS``."""


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A job that a worker has taken."""

    assignment: Assignment
    job: ScoredJob
    history: CallHistory | None
    """Of its call; None: there is none, or it is not known here."""

    @property
    def is_completed(self) -> bool:
        """The caller is served; it takes capacity still."""
        return self.job.view.status is JobStatus.COMPLETED


@dataclass(frozen=True, slots=True)
class Desk:
    """What one worker has at hand."""

    worker: WorkerView
    offers: tuple[tuple[Offer, ScoredJob], ...]
    """The oldest first."""
    held: tuple[HeldJob, ...]


class Boards:
    """Reads them. Every method may raise ``routing.errors.RouterUnavailable`` or ``stores.errors.StoreError``.

    Args:
        sources: See there.
    """

    def __init__(self, sources: AgentSources) -> None:
        self._sources = sources
        self._latest: Board | None = None
        self._turn = asyncio.Lock()

    def forget(self) -> None:
        """Something was changed by us: who asks from now on sees it."""
        self._latest = None
        # A reading that is under way may have begun before the change: those who come wait for another one.
        self._turn = asyncio.Lock()

    async def board(self) -> Board:
        """The queue now, or as it was less than ``keep_s`` ago.

        Raises:
            InvalidSetup: There is no such queue.
        """
        turn = self._turn
        async with turn:
            known, keep = self._latest, timedelta(seconds=self._sources.keep_s)
            if known is not None and timedelta() <= self._sources.utc_now() - known.now < keep:
                return known
            board = await self._read()
            if turn is self._turn:
                self._latest = board
            return board

    async def desk(self, worker_id: str, board: Board) -> Desk:
        """What a worker has at hand.

        Raises:
            UnknownWorker: There is no such worker.
        """
        known = {each.worker.worker_id: each for each in board.workers}
        worker = known.get(worker_id) or await self._sources.router.worker(worker_id)
        waiting = {each.view.job.job_id: each for each in board.jobs}
        offers: list[tuple[Offer, ScoredJob]] = []
        for offer in worker.offers:
            job = waiting.get(offer.job_id) or await self._job(offer.job_id)
            if job is not None:
                offers.append((offer, job))
        held: list[HeldJob] = []
        for assignment in worker.assignments:
            job = await self._job(assignment.job_id)
            if job is not None:
                history = await self._sources.history(job.call_id) if job.call_id else None
                held.append(HeldJob(assignment, job, history))
        return Desk(worker, tuple(offers), tuple(held))

    async def call(self, call_id: str) -> CallHistory | None:
        """A call; None: it is not known here."""
        return await self._sources.history(call_id)

    async def _read(self) -> Board:
        router, queue_id = self._sources.router, self._sources.queue_id
        now, queue = self._sources.utc_now(), await self._sources.router.queue(queue_id)
        waiting = (await router.waiting_jobs(queue_id))[:MOST_JOBS]
        jobs = [await self._scored(each) for each in waiting]
        return Board(now, queue, await router.workers(queue_id), tuple(jobs))

    async def _job(self, job_id: str) -> ScoredJob | None:
        """None: it is over since, and forgotten."""
        try:
            return await self._scored(await self._sources.router.job(job_id))
        except UnknownJob:
            return None

    async def _scored(self, view: JobView) -> ScoredJob:
        scorings = await self._sources.scorings(view.job.job_id)
        last = scorings[-1].scoring_id if scorings else ""
        return ScoredJob(view, tuple(each for each in scorings if each.scoring_id == last))
