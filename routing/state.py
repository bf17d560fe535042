"""All that a router knows at one moment, and who could be asked for a job. Sans-IO."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from routing.values import (
    Assignment,
    Job,
    JobStatus,
    JobView,
    Offer,
    Policy,
    Queue,
    QueueView,
    Worker,
    WorkerState,
    WorkerView,
)


@dataclass(frozen=True, slots=True)
class TrackedJob:
    """A job, and what is known of the search for its worker."""

    job: Job
    status: JobStatus
    enqueued_at: datetime
    scores: Mapping[str, float] = field(default_factory=dict)
    """By worker id."""
    scoring_round: int = 0
    """Counts the scorings that were asked for: a late answer to an earlier one is worth nothing."""
    scoring_until: datetime | None = None
    """Somebody scores, and has as long as this; None: nobody does."""
    refusals: Mapping[str, datetime | None] = field(default_factory=dict)
    """Who has declined, and when they may be asked again; None: after they registered anew."""


@dataclass(frozen=True, slots=True)
class TrackedWorker:
    """A worker, and since when they have had nothing to do."""

    worker: Worker
    idle_since: datetime


@dataclass(slots=True)
class RouterState:
    """By id. The values are frozen: what has changed is another object."""

    policies: dict[str, Policy] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    workers: dict[str, TrackedWorker] = field(default_factory=dict)
    jobs: dict[str, TrackedJob] = field(default_factory=dict)
    """Those that are not over, and perhaps some that are."""
    offers: dict[str, Offer] = field(default_factory=dict)
    """Those that are open."""
    assignments: dict[str, Assignment] = field(default_factory=dict)
    """At least those that take capacity."""

    def queued(self) -> Iterator[TrackedJob]:
        """The jobs that wait."""
        return (job for job in self.jobs.values() if job.status is JobStatus.QUEUED)

    def offers_of(self, *, job_id: str = "", worker_id: str = "") -> tuple[Offer, ...]:
        """Open offers of a job, or to a worker, the oldest first."""
        found = (each for each in self.offers.values() if job_id in ("", each.job_id))
        theirs = (each for each in found if worker_id in ("", each.worker_id))
        return tuple(sorted(theirs, key=lambda each: (each.offered_at, each.offer_id)))

    def assignments_of(self, *, job_id: str = "", worker_id: str = "") -> tuple[Assignment, ...]:
        """Of a job, or those of a worker that take capacity; the oldest first."""
        found = (each for each in self.assignments.values() if job_id in ("", each.job_id))
        theirs = (each for each in found if not worker_id or (each.worker_id == worker_id and each.closed_at is None))
        return tuple(sorted(theirs, key=lambda each: (each.assigned_at, each.assignment_id)))

    def candidates(self, tracked: TrackedJob) -> tuple[Worker, ...]:
        """Those who could be asked now, by id."""
        job = tracked.job
        asked = {offer.worker_id for offer in self.offers_of(job_id=job.job_id)}
        workers = (self.workers[worker_id].worker for worker_id in sorted(self.workers))
        return tuple(
            worker
            for worker in workers
            if worker.is_available
            and worker.worker_id not in asked
            and worker.worker_id not in tracked.refusals
            and job.queue_id in worker.queue_ids
            and all(selector.is_met_by(worker.all_labels) for selector in job.selectors)
            and self._has_capacity(worker, job.channel_id)
        )

    def job_view(self, job_id: str) -> JobView:
        """A job as others see it. It is known."""
        tracked = self.jobs[job_id]
        offers, assignments = self.offers_of(job_id=job_id), self.assignments_of(job_id=job_id)
        return JobView(tracked.job, tracked.status, tracked.enqueued_at, offers, assignments)

    def worker_view(self, worker_id: str) -> WorkerView:
        """A worker as others see them. They are known."""
        worker = self.workers[worker_id].worker
        offers, assignments = self.offers_of(worker_id=worker_id), self.assignments_of(worker_id=worker_id)
        away = WorkerState.DRAINING if assignments else WorkerState.INACTIVE
        return WorkerView(worker, WorkerState.ACTIVE if worker.is_available else away, offers, assignments)

    def queue_view(self, queue_id: str, now: datetime) -> QueueView:
        """A queue as others see it. It is known."""
        since = [each.enqueued_at for each in self.queued() if each.job.queue_id == queue_id]
        longest_wait_s = max((now - min(since)).total_seconds(), 0.0) if since else 0.0
        return QueueView(self.queues[queue_id], len(since), longest_wait_s)

    def _has_capacity(self, worker: Worker, channel_id: str) -> bool:
        channel = worker.channel(channel_id)
        if channel is None:
            return False
        taken: tuple[Offer | Assignment, ...] = (
            *self.offers_of(worker_id=worker.worker_id),
            *self.assignments_of(worker_id=worker.worker_id),
        )
        here = sum(self.jobs[each.job_id].job.channel_id == channel_id for each in taken)
        load = sum(each.cost for each in taken)
        return load + channel.cost <= worker.capacity and (channel.most_jobs is None or here < channel.most_jobs)
