"""Who is offered which job: a state machine without I/O, with the semantics of Azure's Job Router.

The steps of a job. Every other pair raises ``IllegalJobStep``; the same step once more changes nothing:

    queued     accepted → assigned, cancelled → cancelled
    assigned   completed → completed, unassigned → queued, cancelled → cancelled
    completed  closed → closed

An offer is open until it is

    accepted   its job is assigned, other offers of that job are revoked
    declined   its worker is asked again for this job when its pause is over, or after they registered anew
    expired    its worker is taken off: whoever lets it ring may not be there
    revoked    its job was taken or cancelled, or its worker was taken off or has other labels now

A worker is asked if they are available, listen on the queue, have what the job asks for, and have capacity
left: open offers take some, and so do jobs until they are closed. The best score is asked first; of equals,
who has been idle the longest. Scores are kept until the worker's labels change: who is next is known at once.

Whoever drives this does what the commands say, feeds back scores, and calls ``advance`` when
``next_deadline`` has passed. A scoring that is not fed back within ``SCORING_S`` is asked for again.
Sans-IO. Source of the semantics: Microsoft's documentation of Job Router.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from routing.errors import IllegalJobStep, InvalidSetup, OfferGone, UnknownJob, UnknownWorker
from routing.happenings import (
    Happening,
    JobCancelled,
    JobClosed,
    JobCompleted,
    JobQueued,
    JobUnassigned,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferIssued,
    OfferRevoked,
    WorkerDeregistered,
    WorkerRegistered,
)
from routing.job_steps import OVER, Step, status_after
from routing.state import RouterState, TrackedJob, TrackedWorker
from routing.values import Assignment, Job, JobStatus, Label, Offer, Policy, Queue, Score, Worker

SCORING_S = 10.0
"""Longer than any scorer takes: whoever was to score is gone then."""


@dataclass(frozen=True, slots=True)
class ScoreWorkers:
    """Score these for the job, and feed the scores back with the round."""

    job: Job
    scoring_round: int
    workers: tuple[Worker, ...]


@dataclass(frozen=True, slots=True)
class Publish:
    """Tell what has happened."""

    happening: Happening


Command = ScoreWorkers | Publish


class RouterMachine:
    """One router.

    Args:
        state: What it begins with; it changes as the machine is used.
        new_id: Makes ids of offers and assignments that nobody has had before.
    """

    def __init__(self, state: RouterState, *, new_id: Callable[[], str]) -> None:
        self.state = state
        self._new_id = new_id
        self._commands: list[Command] = []

    def next_deadline(self) -> datetime | None:
        """When ``advance`` must be called at the latest; None: not before something else happens."""
        times = [offer.expires_at for offer in self.state.offers.values()]
        for job in self.state.queued():
            times += [time for time in (job.scoring_until, *job.refusals.values()) if time is not None]
        return min(times, default=None)

    def advance(self, now: datetime) -> tuple[Command, ...]:
        """Do what time brings."""
        return self._done(now)

    def put_policy(self, policy: Policy, now: datetime) -> tuple[Command, ...]:
        """Create or change a policy. Offers that are open stay as they are."""
        self.state.policies[policy.policy_id] = policy
        return self._done(now)

    def put_queue(self, queue: Queue, now: datetime) -> tuple[Command, ...]:
        """Create or change a queue. Raises ``InvalidSetup`` when there is no such policy."""
        if queue.policy_id not in self.state.policies:
            raise InvalidSetup(f"queue {queue.queue_id}: there is no policy {queue.policy_id}")
        self.state.queues[queue.queue_id] = queue
        return self._done(now)

    def put_worker(self, worker: Worker, now: datetime) -> tuple[Command, ...]:
        """Create or change a worker. Raises ``InvalidSetup`` when they listen on a queue that is not there."""
        for queue_id in worker.queue_ids:
            if queue_id not in self.state.queues:
                raise InvalidSetup(f"worker {worker.worker_id}: there is no queue {queue_id}")
        known = self.state.workers.get(worker.worker_id)
        was = known.worker if known else None
        if was == worker:
            return self._done(now)
        self.state.workers[worker.worker_id] = TrackedWorker(worker, known.idle_since if known else now)
        if was is not None and dict(was.labels) != dict(worker.labels):
            self._forget_scores(worker.worker_id)
            self._revoke(now, lambda offer: offer.worker_id == worker.worker_id)
        if was is None or was.is_available != worker.is_available:
            if worker.is_available:
                self._registered(worker.worker_id, now)
            elif was is not None:
                self._deregistered(worker.worker_id, now)
        return self._done(now)

    def update_labels(self, worker_id: str, labels: Mapping[str, Label | None], now: datetime) -> tuple[Command, ...]:
        """Change some labels; None removes one. Raises ``UnknownWorker``."""
        worker = self._worker(worker_id)
        merged = {**worker.labels, **labels}
        kept = {name: value for name, value in merged.items() if value is not None}
        return self.put_worker(replace(worker, labels=kept), now)

    def set_available(self, worker_id: str, is_available: bool, now: datetime) -> tuple[Command, ...]:
        """Register a worker for offers, or take them off. Raises ``UnknownWorker``."""
        return self.put_worker(replace(self._worker(worker_id), is_available=is_available), now)

    def create_job(self, job: Job, now: datetime) -> tuple[Command, ...]:
        """Put a job into its queue; nothing if it is known. Raises ``InvalidSetup`` when there is no such queue."""
        if job.queue_id not in self.state.queues:
            raise InvalidSetup(f"job {job.job_id}: there is no queue {job.queue_id}")
        if job.job_id not in self.state.jobs:
            self.state.jobs[job.job_id] = TrackedJob(job, JobStatus.QUEUED, now)
            self._tell(JobQueued(job.job_id, now))
        return self._done(now)

    def cancel_job(self, job_id: str, now: datetime, *, note: str = "") -> tuple[Command, ...]:
        """Look for nobody any more. Raises ``UnknownJob``, ``IllegalJobStep``."""
        if not self._step(job_id, Step.CANCELLED):
            return self._done(now)
        for each in list(self.state.assignments.values()):
            if each.job_id == job_id and each.closed_at is None:
                self._release(each, now)
        self._revoke(now, lambda offer: offer.job_id == job_id)
        self._tell(JobCancelled(job_id, now, note))
        return self._done(now)

    def scored(self, job_id: str, scoring_round: int, scores: Sequence[Score], now: datetime) -> tuple[Command, ...]:
        """Take the answer to ``ScoreWorkers``; one that nobody waits for any more changes nothing."""
        job = self.state.jobs.get(job_id)
        if job is None or job.status is not JobStatus.QUEUED or job.scoring_round != scoring_round:
            return self._done(now)
        known = {**job.scores, **{each.worker_id: each.score for each in scores}}
        self.state.jobs[job_id] = replace(job, scores=known, scoring_until=None)
        return self._done(now)

    def accept(self, worker_id: str, offer_id: str, now: datetime) -> tuple[Assignment, tuple[Command, ...]]:
        """Take a job, for a worker. Raises ``OfferGone``."""
        offer = self._open_offer(worker_id, offer_id, now)
        self._step(offer.job_id, Step.ACCEPTED)
        del self.state.offers[offer_id]
        assignment = Assignment(self._new_id(), offer.job_id, worker_id, offer.cost, now)
        self.state.assignments[assignment.assignment_id] = assignment
        self._tell(OfferAccepted(offer_id, offer.job_id, worker_id, assignment.assignment_id, now))
        self._revoke(now, lambda other: other.job_id == offer.job_id)
        return assignment, self._done(now)

    def decline(
        self, worker_id: str, offer_id: str, now: datetime, *, retry_after: timedelta | None = None
    ) -> tuple[Command, ...]:
        """Leave a job to the next, for a worker. Raises ``OfferGone``."""
        offer = self._open_offer(worker_id, offer_id, now)
        del self.state.offers[offer_id]
        job = self.state.jobs[offer.job_id]
        until = None if retry_after is None else now + retry_after
        self.state.jobs[offer.job_id] = replace(job, refusals={**job.refusals, worker_id: until})
        self._tell(OfferDeclined(offer_id, offer.job_id, worker_id, now))
        return self._done(now)

    def complete_job(self, job_id: str, assignment_id: str, now: datetime) -> tuple[Command, ...]:
        """The worker is done with the caller. Raises ``UnknownJob``, ``IllegalJobStep``."""
        assignment = self._assignment(job_id, assignment_id)
        if self._step(job_id, Step.COMPLETED):
            self.state.assignments[assignment_id] = replace(assignment, completed_at=now)
            self._tell(JobCompleted(job_id, assignment_id, assignment.worker_id, now))
        return self._done(now)

    def close_job(self, job_id: str, assignment_id: str, now: datetime) -> tuple[Command, ...]:
        """The worker is free for the next. Raises ``UnknownJob``, ``IllegalJobStep``."""
        assignment = self._assignment(job_id, assignment_id)
        if self._step(job_id, Step.CLOSED):
            self._release(assignment, now)
            self._tell(JobClosed(job_id, assignment_id, assignment.worker_id, now))
        return self._done(now)

    def unassign_job(self, job_id: str, assignment_id: str, now: datetime) -> tuple[Command, ...]:
        """Give a job back. Raises ``UnknownJob``, ``IllegalJobStep``."""
        assignment = self._assignment(job_id, assignment_id)
        if self._step(job_id, Step.UNASSIGNED):
            self._release(assignment, now)
            self._tell(JobUnassigned(job_id, assignment_id, assignment.worker_id, now))
            self._tell(JobQueued(job_id, now, assignment_id))
        return self._done(now)

    def _done(self, now: datetime) -> tuple[Command, ...]:
        """Do what is due, match whatever waits, and hand out the commands."""
        self._expire(now)
        self._match(now)
        commands, self._commands = tuple(self._commands), []
        return commands

    def _expire(self, now: datetime) -> None:
        for offer in [each for each in self.state.offers.values() if each.expires_at <= now]:
            if self.state.offers.pop(offer.offer_id, None) is None:
                continue  # revoked with its worker, who let another one ring as long
            self._tell(OfferExpired(offer.offer_id, offer.job_id, offer.worker_id, now))
            tracked = self.state.workers[offer.worker_id]
            if tracked.worker.is_available:
                away = replace(tracked.worker, is_available=False)
                self.state.workers[offer.worker_id] = replace(tracked, worker=away)
                self._deregistered(offer.worker_id, now)
        for job in list(self.state.queued()):
            still = {worker: time for worker, time in job.refusals.items() if time is None or time > now}
            is_late = job.scoring_until is not None and job.scoring_until <= now
            if is_late or len(still) < len(job.refusals):
                until = None if is_late else job.scoring_until
                self.state.jobs[job.job.job_id] = replace(job, refusals=still, scoring_until=until)

    def _match(self, now: datetime) -> None:
        waiting = sorted(self.state.queued(), key=lambda each: (-each.job.priority, each.enqueued_at, each.job.job_id))
        for each in waiting:
            job_id = each.job.job_id
            policy = self.state.policies[self.state.queues[each.job.queue_id].policy_id]
            while len(self.state.offers_of(job_id=job_id)) < policy.concurrent_offers:
                job = self.state.jobs[job_id]
                candidates = self.state.candidates(job)
                if any(worker.worker_id not in job.scores for worker in candidates):
                    if job.scoring_until is None:
                        self._ask_for_scores(job, candidates, now)
                    break
                if not candidates:
                    break
                self._offer(job, policy, min(candidates, key=lambda worker: self._rank(job, worker)), now)

    def _rank(self, job: TrackedJob, worker: Worker) -> tuple[float, datetime, str]:
        return -job.scores[worker.worker_id], self.state.workers[worker.worker_id].idle_since, worker.worker_id

    def _ask_for_scores(self, job: TrackedJob, workers: tuple[Worker, ...], now: datetime) -> None:
        number = job.scoring_round + 1
        until = now + timedelta(seconds=SCORING_S)
        self.state.jobs[job.job.job_id] = replace(job, scoring_round=number, scoring_until=until)
        self._commands.append(ScoreWorkers(job.job, number, workers))

    def _offer(self, job: TrackedJob, policy: Policy, worker: Worker, now: datetime) -> None:
        channel = worker.channel(job.job.channel_id)
        assert channel is not None  # it is a candidate
        expires_at = now + timedelta(seconds=policy.offer_expires_s)
        offer = Offer(self._new_id(), job.job.job_id, worker.worker_id, channel.cost, now, expires_at)
        self.state.offers[offer.offer_id] = offer
        self._tell(OfferIssued(offer, now))

    def _revoke(self, now: datetime, is_meant: Callable[[Offer], bool]) -> None:
        for offer in [each for each in self.state.offers.values() if is_meant(each)]:
            del self.state.offers[offer.offer_id]
            self._tell(OfferRevoked(offer.offer_id, offer.job_id, offer.worker_id, now))

    def _registered(self, worker_id: str, now: datetime) -> None:
        for job in list(self.state.queued()):
            if worker_id in job.refusals:
                others = {each: time for each, time in job.refusals.items() if each != worker_id}
                self.state.jobs[job.job.job_id] = replace(job, refusals=others)
        self.state.workers[worker_id] = replace(self.state.workers[worker_id], idle_since=now)
        self._tell(WorkerRegistered(worker_id, now))

    def _deregistered(self, worker_id: str, now: datetime) -> None:
        self._revoke(now, lambda offer: offer.worker_id == worker_id)
        self._tell(WorkerDeregistered(worker_id, now))

    def _forget_scores(self, worker_id: str) -> None:
        """What was thought of them, or is being thought, was of other labels."""
        for job in list(self.state.queued()):
            others = {each: score for each, score in job.scores.items() if each != worker_id}
            number = job.scoring_round + (job.scoring_until is not None)
            changed = replace(job, scores=others, scoring_round=number, scoring_until=None)
            self.state.jobs[job.job.job_id] = changed

    def _release(self, assignment: Assignment, now: datetime) -> None:
        self.state.assignments[assignment.assignment_id] = replace(assignment, closed_at=now)
        tracked = self.state.workers.get(assignment.worker_id)
        if tracked is not None:
            self.state.workers[assignment.worker_id] = replace(tracked, idle_since=now)

    def _step(self, job_id: str, step: Step) -> bool:
        """Take a step; whether it was not taken before. Raises ``UnknownJob``, ``IllegalJobStep``."""
        if job_id not in self.state.jobs:
            raise UnknownJob(job_id)
        job = self.state.jobs[job_id]
        following = status_after(job.status, step, job_id=job_id)
        if following is not None:
            self.state.jobs[job_id] = replace(job, status=following, scoring_until=None)
        return following is not None

    def _assignment(self, job_id: str, assignment_id: str) -> Assignment:
        """One that stands, or the last of a job that is over."""
        if job_id not in self.state.jobs:
            raise UnknownJob(job_id)
        found = self.state.assignments.get(assignment_id)
        is_over = self.state.jobs[job_id].status in OVER
        if found is None or found.job_id != job_id or (found.closed_at is not None and not is_over):
            raise IllegalJobStep(f"job {job_id} has no assignment {assignment_id}")
        return found

    def _worker(self, worker_id: str) -> Worker:
        if worker_id not in self.state.workers:
            raise UnknownWorker(worker_id)
        return self.state.workers[worker_id].worker

    def _open_offer(self, worker_id: str, offer_id: str, now: datetime) -> Offer:
        offer = self.state.offers.get(offer_id)
        if offer is None or offer.worker_id != worker_id or offer.expires_at <= now:
            raise OfferGone(offer_id)
        return offer

    def _tell(self, happening: Happening) -> None:
        self._commands.append(Publish(happening))
