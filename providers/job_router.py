"""Azure's Job Router by its SDK; satisfies ``routing.ports.Router``.

What happens is told by Event Grid (see ``take``), and found out by looking at the jobs that are followed: an
event that is late or lost delays, and loses nothing. Both are kept in one journal in the store, so that every
replica learns of it, whichever one Event Grid has told.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from azure.communication.jobrouter import models as sdk
from azure.communication.jobrouter.aio import JobRouterAdministrationClient, JobRouterClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.core.pipeline.policies import HttpLoggingPolicy

from calls.envelopes import Envelope
from calls.errors import MalformedEvent
from providers.acs import checked_endpoint, checked_key
from providers.job_router_events import LookedAt, read_router_event
from providers.job_router_values import (
    job_view,
    policy_of,
    queue_of,
    sdk_job,
    sdk_policy,
    sdk_queue,
    sdk_worker,
    worker_view,
)
from routing import setting_up
from routing.errors import IllegalJobStep, InvalidSetup, OfferGone, RouterUnavailable, UnknownJob, UnknownWorker
from routing.happenings import JobHappening, JobQueued
from routing.journal import RouterJournal
from routing.values import (
    Assignment,
    Change,
    Job,
    JobStatus,
    JobView,
    Label,
    Policy,
    Queue,
    QueueView,
    Worker,
    WorkerView,
)

POLL_S = 2.0
"""How often a job is looked at that is followed."""
_GONE = frozenset({400, 404, 409})
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobRouterSettings:
    """Which resource, and how it is asked."""

    endpoint: str
    access_key: str
    """Base64: the service takes no identity of Azure."""
    poll_s: float = POLL_S
    retries: int = 2


class AzureJobRouter:
    """The router of one resource. Jobs are looked at while it is entered.

    Args:
        settings: See there.
        journal: Keeps what happens; listens.
        utc_now: The time of day, timezone-aware.

    Raises:
        CallControlError: The endpoint or the key cannot be one.
    """

    def __init__(self, settings: JobRouterSettings, journal: RouterJournal, *, utc_now: Callable[[], datetime]) -> None:
        self._journal = journal
        self._utc_now = utc_now
        self._poll_s = settings.poll_s
        endpoint, credential = checked_endpoint(settings.endpoint), AzureKeyCredential(checked_key(settings.access_key))
        options: dict[str, Any] = {
            "retry_total": settings.retries,
            "retry_backoff_factor": 0.1,
            "connection_timeout": 5.0,
            "read_timeout": 10.0,
            # As in providers.acs: what is sent stays out of the log.
            "http_logging_policy": HttpLoggingPolicy(logger=logging.Logger("azure", level=logging.CRITICAL)),
        }
        self._client: Any = JobRouterClient(endpoint, credential, **options)
        self._administration: Any = JobRouterAdministrationClient(endpoint, credential, **options)
        self._stack = AsyncExitStack()
        self._tasks: asyncio.TaskGroup | None = None
        # Bounded by those who follow.
        self._looking: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Begin."""
        await self._stack.enter_async_context(self._client)
        await self._stack.enter_async_context(self._administration)
        self._tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        self._stack.callback(self._stop)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close connections."""
        await self._stack.aclose()

    async def take(self, envelopes: Sequence[Envelope]) -> None:
        """Take what Event Grid delivers; each perhaps more than once.

        Raises:
            RouterUnavailable: It was not kept: it is to be delivered again.
        """
        for envelope in envelopes:
            try:
                event = read_router_event(envelope, now=self._utc_now())
            except MalformedEvent as error:
                _log.warning("event=router_event_refused kind=%s reason=%s", envelope.kind, error)
                continue
            if event.happenings:
                await self._journal.append(event.happenings, call_id=event.call_id)

    async def set_up(
        self, policy: Policy, queue: Queue, workers: Sequence[Worker], *, is_dry_run: bool = False
    ) -> tuple[Change, ...]:
        """See ``Router``. A key of the scoring function is written each time: the service does not show it."""
        setting_up.check(policy, queue, workers)
        key = policy.scoring.key if policy.scoring else ""
        old_policy = await self._found(self._administration.get_distribution_policy(policy.policy_id))
        old_queue = await self._found(self._administration.get_queue(queue.queue_id))
        for queue_id in sorted({each for worker in workers for each in worker.queue_ids} - {queue.queue_id}):
            if await self._found(self._administration.get_queue(queue_id)) is None:
                raise InvalidSetup(f"there is no queue {queue_id}")
        known: dict[str, Worker] = {}
        for each in workers:
            found = await self._found(self._client.get_worker(each.worker_id))
            if found is not None:
                known[each.worker_id] = worker_view(found).worker
        changes = setting_up.changes(
            None if old_policy is None else policy_of(old_policy, key=key),
            None if old_queue is None else queue_of(old_queue),
            known,
            policy=policy,
            queue=queue,
            workers=workers,
        )
        if not is_dry_run:
            await self._set_up(policy, queue, setting_up.wanted_workers(known, workers), known, changes)
        return changes

    async def _set_up(
        self,
        policy: Policy,
        queue: Queue,
        workers: Sequence[Worker],
        known: Mapping[str, Worker],
        changes: Sequence[Change],
    ) -> None:
        wanted = {(each.kind, each.name) for each in changes}
        if ("policy", policy.policy_id) in wanted or (policy.scoring is not None and policy.scoring.key):
            await self._asked(self._administration.upsert_distribution_policy(policy.policy_id, sdk_policy(policy)))
        if ("queue", queue.queue_id) in wanted:
            await self._asked(self._administration.upsert_queue(queue.queue_id, sdk_queue(queue)))
        for each in workers:
            if ("worker", each.worker_id) in wanted:
                sent = sdk_worker(each, known.get(each.worker_id))
                await self._asked(self._client.upsert_worker(each.worker_id, sent))

    async def create_job(self, job: Job) -> None:
        """See ``Router``."""
        if await self._found(self._client.get_job(job.job_id)) is not None:
            return
        if await self._found(self._administration.get_queue(job.queue_id)) is None:
            raise InvalidSetup(f"job {job.job_id}: there is no queue {job.queue_id}")
        await self._asked(self._client.upsert_job(job.job_id, sdk_job(job)))
        # Ours to tell first, with its call: events may come in any order.
        await self._journal.append([JobQueued(job.job_id, self._utc_now())], call_id=job.call_id)

    async def cancel_job(self, job_id: str, *, note: str = "") -> None:
        """See ``Router``."""
        options = sdk.CancelJobOptions(note=note) if note else None
        await self._step(job_id, self._client.cancel_job(job_id, options), JobStatus.CANCELLED)

    async def job(self, job_id: str) -> JobView:
        """See ``Router``."""
        found = await self._found(self._client.get_job(job_id))
        if found is None:
            raise UnknownJob(job_id)
        return job_view(found, await self.workers(found.queue_id or ""))

    async def waiting_jobs(self, queue_id: str) -> tuple[JobView, ...]:
        """See ``Router``."""

        async def listed() -> list[Any]:
            return [each async for each in self._client.list_jobs(queue_id=queue_id, status="queued")]

        found, workers = await self._asked(listed()), await self.workers(queue_id)
        views = [job_view(each, workers) for each in found]
        return tuple(sorted(views, key=lambda each: (each.enqueued_at, each.job.job_id)))

    async def worker(self, worker_id: str) -> WorkerView:
        """See ``Router``."""
        found = await self._found(self._client.get_worker(worker_id))
        if found is None:
            raise UnknownWorker(worker_id)
        return worker_view(found)

    async def workers(self, queue_id: str = "") -> tuple[WorkerView, ...]:
        """See ``Router``."""

        async def listed() -> list[Any]:
            return [each async for each in self._client.list_workers(**({"queue_id": queue_id} if queue_id else {}))]

        views = [worker_view(each) for each in await self._asked(listed())]
        return tuple(sorted(views, key=lambda each: each.worker.worker_id))

    async def queue(self, queue_id: str) -> QueueView:
        """See ``Router``."""
        found = await self._found(self._administration.get_queue(queue_id))
        if found is None:
            raise InvalidSetup(f"there is no queue {queue_id}")
        counted = await self._asked(self._client.get_queue_statistics(queue_id))
        return QueueView(queue_of(found), counted.length, 60.0 * (counted.longest_job_wait_time_minutes or 0.0))

    async def accept(self, worker_id: str, offer_id: str) -> Assignment:
        """See ``Router``."""
        taken = await self._offer(offer_id, self._client.accept_job_offer(worker_id, offer_id))
        for each in (await self.worker(worker_id)).assignments:
            if each.assignment_id == taken.assignment_id:
                return each
        return Assignment(taken.assignment_id, taken.job_id, taken.worker_id, 1, self._utc_now())

    async def decline(self, worker_id: str, offer_id: str, *, retry_after: timedelta | None = None) -> None:
        """See ``Router``."""
        options = (
            None if retry_after is None else sdk.DeclineJobOfferOptions(retry_offer_at=self._utc_now() + retry_after)
        )
        await self._offer(offer_id, self._client.decline_job_offer(worker_id, offer_id, options))

    async def complete_job(self, job_id: str, assignment_id: str) -> None:
        """See ``Router``."""
        await self._step(job_id, self._client.complete_job(job_id, assignment_id), JobStatus.COMPLETED)

    async def close_job(self, job_id: str, assignment_id: str) -> None:
        """See ``Router``."""
        await self._step(job_id, self._client.close_job(job_id, assignment_id), JobStatus.CLOSED)

    async def unassign_job(self, job_id: str, assignment_id: str) -> None:
        """See ``Router``."""
        await self._step(job_id, self._client.unassign_job(job_id, assignment_id), None)

    async def update_labels(self, worker_id: str, labels: Mapping[str, Label | None]) -> None:
        """See ``Router``."""
        known = (await self.worker(worker_id)).worker.labels
        changed = {name: value for name, value in labels.items() if known.get(name) != value}
        if changed:
            await self._asked(self._client.upsert_worker(worker_id, sdk.RouterWorker(labels=changed)))

    async def set_available(self, worker_id: str, is_available: bool) -> None:
        """See ``Router``."""
        await self.worker(worker_id)
        sent = sdk.RouterWorker(available_for_offers=is_available)
        await self._asked(self._client.upsert_worker(worker_id, sent))

    @contextlib.asynccontextmanager
    async def follow(self, job_id: str) -> AsyncIterator[AsyncIterator[JobHappening]]:
        """See ``Router``."""
        if self._tasks is None:
            raise RouterUnavailable("the router is closed")
        looking = self._tasks.create_task(self._look(job_id), name=f"looking at {job_id}")
        self._looking.add(looking)
        looking.add_done_callback(self._looking.discard)
        try:
            async with self._journal.follow(job_id) as told:
                yield told
        finally:
            looking.cancel()

    async def _look(self, job_id: str) -> None:
        """Root of a task."""
        job = LookedAt()
        while True:
            try:
                view = await self.job(job_id)
                workers = {each.worker.worker_id: each for each in await self.workers(view.job.queue_id)}
                if told := job.seen(view, workers, self._utc_now()):
                    await self._journal.append(told, call_id=view.job.call_id)
            except UnknownJob:
                pass  # it is about to be made
            except RouterUnavailable:
                _log.warning("event=router_not_seen job_id=%s", job_id)
            await asyncio.sleep(self._poll_s)

    async def _step(self, job_id: str, asking: Awaitable[object], goal: JobStatus | None) -> None:
        """Take a step of a job; one that was taken before is taken."""
        try:
            await asking
        except HttpResponseError as error:
            if error.status_code not in _GONE:
                raise _unavailable(error) from error
            status = (await self.job(job_id)).status
            if status is not goal:
                raise IllegalJobStep(f"job {job_id} is {status.value}: the service refused") from error
        except AzureError as error:
            raise _unavailable(error) from error

    async def _offer(self, offer_id: str, asking: Awaitable[_T]) -> _T:
        try:
            return await asking
        except HttpResponseError as error:
            if error.status_code in _GONE:
                raise OfferGone(offer_id) from error
            raise _unavailable(error) from error
        except AzureError as error:
            raise _unavailable(error) from error

    async def _found(self, asking: Awaitable[_T]) -> _T | None:
        try:
            return await asking
        except ResourceNotFoundError:
            return None
        except AzureError as error:
            raise _unavailable(error) from error

    async def _asked(self, asking: Awaitable[_T]) -> _T:
        try:
            return await asking
        except AzureError as error:
            raise _unavailable(error) from error

    def _stop(self) -> None:
        self._tasks = None
        for task in list(self._looking):
            task.cancel()


def _unavailable(error: AzureError) -> RouterUnavailable:
    if isinstance(error, HttpResponseError):
        return RouterUnavailable(f"the service refused: {error.status_code}")
    return RouterUnavailable(f"the service could not be reached: {type(error).__name__}")
