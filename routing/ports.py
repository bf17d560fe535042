"""What a router does, wherever it runs; and whoever scores workers."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol

from routing.happenings import JobHappening
from routing.values import (
    Assignment,
    Change,
    Job,
    JobView,
    Label,
    Labels,
    Policy,
    Queue,
    QueueView,
    Scores,
    Worker,
    WorkerView,
)


class Router(Protocol):
    """Brings jobs and workers together. Every method may raise ``routing.errors.RouterUnavailable``."""

    async def set_up(
        self, policy: Policy, queue: Queue, workers: Sequence[Worker], *, is_dry_run: bool = False
    ) -> tuple[Change, ...]:
        """Create what is not there, and change what differs; what is not named is left alone.

        Whether a worker who is there already is available is left alone, too: they sign in and out themselves.
        A change of a worker's labels revokes their open offers.

        Args:
            policy: How offers are made.
            queue: Where jobs wait; of this policy.
            workers: They listen on the queues that they name.
            is_dry_run: Only say what would be changed.

        Returns:
            What was changed; the same again changes nothing.

        Raises:
            InvalidSetup: The queue or a worker names what is not there.
        """

    async def create_job(self, job: Job) -> None:
        """Put a job into its queue; offers follow. The same id again changes nothing.

        Raises:
            InvalidSetup: There is no such queue.
        """

    async def cancel_job(self, job_id: str, *, note: str = "") -> None:
        """Look for nobody any more; open offers are revoked. A second time changes nothing.

        Raises:
            UnknownJob: There is no such job.
            IllegalJobStep: It is completed or closed.
        """

    async def job(self, job_id: str) -> JobView:
        """A job as it stands. Raises ``UnknownJob``."""

    async def waiting_jobs(self, queue_id: str) -> tuple[JobView, ...]:
        """The jobs of a queue that nobody has taken, the one that has waited longest first; empty without a queue."""

    async def worker(self, worker_id: str) -> WorkerView:
        """A worker as they stand. Raises ``UnknownWorker``."""

    async def workers(self, queue_id: str = "") -> tuple[WorkerView, ...]:
        """The workers of a queue, or all of them, by id."""

    async def queue(self, queue_id: str) -> QueueView:
        """A queue as it stands. Raises ``InvalidSetup`` when there is none."""

    async def accept(self, worker_id: str, offer_id: str) -> Assignment:
        """Take a job, for a worker; its other offers are revoked.

        Raises:
            OfferGone: The offer is not open, or not theirs.
        """

    async def decline(self, worker_id: str, offer_id: str, *, retry_after: timedelta | None = None) -> None:
        """Leave a job to the next, for a worker. They are not asked again for it before ``retry_after``.

        None: not before they were registered anew. Raises ``OfferGone``.
        """

    async def complete_job(self, job_id: str, assignment_id: str) -> None:
        """The worker is done with the caller, but not free yet. Raises ``UnknownJob``, ``IllegalJobStep``."""

    async def close_job(self, job_id: str, assignment_id: str) -> None:
        """The worker is free for the next. Raises ``UnknownJob``, ``IllegalJobStep``."""

    async def unassign_job(self, job_id: str, assignment_id: str) -> None:
        """Give a job back: it waits for a worker again. Raises ``UnknownJob``, ``IllegalJobStep``."""

    async def update_labels(self, worker_id: str, labels: Mapping[str, Label | None]) -> None:
        """Change some labels of a worker; None removes one. What changes revokes their open offers.

        So that nobody's telephone stops ringing: do it while they have none. Raises ``UnknownWorker``.
        """

    async def set_available(self, worker_id: str, is_available: bool) -> None:
        """Register a worker for offers, or take them off; then open offers are revoked. Raises ``UnknownWorker``."""

    def follow(self, job_id: str) -> AbstractAsyncContextManager[AsyncIterator[JobHappening]]:
        """What happens to a job, from its beginning on, however late this is asked.

        The iterator ends by itself when the job is cancelled or closed.
        """


class Scorer(Protocol):
    """Says how well workers suit a job."""

    async def score(self, job_labels: Labels, workers: Sequence[Worker]) -> Scores:
        """Score some workers for a job, in time: callers wait. Does not fail.

        Args:
            job_labels: What the job is about.
            workers: At least one.

        Returns:
            A score for each of them, in this order.
        """
