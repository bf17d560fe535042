"""The router in process, on the store; satisfies ``routing.ports.Router``. Several replicas are one router.

Each thing that is done is one transaction: read all that counts, ask ``RouterMachine``, write what it has
decided. Replicas take turns, and whoever finds a deadline passed does what is due. A replica that dies
while it scores is replaced when its time is over.
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self, TypeVar

from routing import setting_up
from routing.errors import InvalidSetup, RouterUnavailable, UnknownJob, UnknownWorker
from routing.happenings import JobHappening, job_id_of
from routing.journal import RouterJournal
from routing.ports import Scorer
from routing.router import SCORING_S, Command, Publish, RouterMachine, ScoreWorkers
from routing.rows import changed_rows, copied, event_record, state_of
from routing.state import RouterState
from routing.values import (
    JOB_LABEL,
    Assignment,
    Change,
    Job,
    JobView,
    Label,
    Policy,
    Queue,
    QueueView,
    Worker,
    WorkerView,
)
from stores.bells import Bell
from stores.database import Database
from stores.errors import StoreError
from stores.router_rows import RouterChanges, RouterRows, RouterTables

MOST_SCORINGS = 32
"""At once, in this process: others wait. One that has waited until its time is over is not begun: it is asked
for again by then."""
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class EmbeddedRouter:
    """One replica's part of the router. It offers, expires and scores while it is entered.

    Args:
        database: Open for as long as this is used.
        bell: Of this database, for this process.
        scorer: Says who is best.
        utc_now: The time of day, timezone-aware.
        poll_s: How often it looks for what other processes have done without a nudge.
    """

    def __init__(
        self, database: Database, bell: Bell, scorer: Scorer, *, utc_now: Callable[[], datetime], poll_s: float = 1.0
    ) -> None:
        self._tables = RouterTables(database, bell)
        self._journal = RouterJournal(database, bell, poll_s=poll_s)
        self._scorer = scorer
        self._utc_now = utc_now
        self._poll_s = poll_s
        self._stack = AsyncExitStack()
        self._tasks: asyncio.TaskGroup | None = None
        # Bounded by the jobs that wait, and by the time that a scoring has.
        self._scorings: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(MOST_SCORINGS)
        self._nudged = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Begin."""
        await self._stack.enter_async_context(self._journal)
        self._stack.enter_context(self._journal.nudging(self._nudged.set))
        self._tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        runner = self._tasks.create_task(self._run(), name="router")
        self._stack.callback(self._stop, runner)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End; scorings that are under way are left to others."""
        await self._stack.aclose()

    def look(self) -> None:
        """Look at once for what is due."""
        self._nudged.set()

    async def set_up(
        self, policy: Policy, queue: Queue, workers: Sequence[Worker], *, is_dry_run: bool = False
    ) -> tuple[Change, ...]:
        """See ``Router``. Who scores is known here: the policy need not say."""
        setting_up.check(policy, queue, workers)
        policy = replace(policy, scoring=None)

        def decide(machine: RouterMachine) -> tuple[tuple[Change, ...], tuple[Command, ...]]:
            now, state = self._utc_now(), machine.state
            known = {worker_id: tracked.worker for worker_id, tracked in state.workers.items()}
            old_policy, old_queue = state.policies.get(policy.policy_id), state.queues.get(queue.queue_id)
            found = setting_up.changes(old_policy, old_queue, known, policy=policy, queue=queue, workers=workers)
            wanted = {(each.kind, each.name) for each in found}
            commands = machine.put_policy(policy, now) if ("policy", policy.policy_id) in wanted else ()
            commands += machine.put_queue(queue, now) if ("queue", queue.queue_id) in wanted else ()
            for worker in setting_up.wanted_workers(known, workers):
                if ("worker", worker.worker_id) in wanted:
                    commands += machine.put_worker(worker, now)
            return found, commands

        if is_dry_run:
            found, _ = decide(RouterMachine(await self._state(), new_id=_new_id))
            return found
        return await self._step(decide)

    async def create_job(self, job: Job) -> None:
        """See ``Router``."""
        await self._do(lambda machine: machine.create_job(job, self._utc_now()), job.job_id)

    async def cancel_job(self, job_id: str, *, note: str = "") -> None:
        """See ``Router``."""
        await self._do(lambda machine: machine.cancel_job(job_id, self._utc_now(), note=note), job_id)

    async def job(self, job_id: str) -> JobView:
        """See ``Router``."""
        state = await self._state(job_id)
        if job_id not in state.jobs:
            raise UnknownJob(job_id)
        return state.job_view(job_id)

    async def waiting_jobs(self, queue_id: str) -> tuple[JobView, ...]:
        """See ``Router``."""
        state = await self._state()
        views = (state.job_view(each.job.job_id) for each in state.queued() if each.job.queue_id == queue_id)
        return tuple(sorted(views, key=lambda each: (each.enqueued_at, each.job.job_id)))

    async def worker(self, worker_id: str) -> WorkerView:
        """See ``Router``."""
        state = await self._state()
        if worker_id not in state.workers:
            raise UnknownWorker(worker_id)
        return state.worker_view(worker_id)

    async def workers(self, queue_id: str = "") -> tuple[WorkerView, ...]:
        """See ``Router``."""
        state = await self._state()
        views = (state.worker_view(worker_id) for worker_id in sorted(state.workers))
        return tuple(each for each in views if not queue_id or queue_id in each.worker.queue_ids)

    async def queue(self, queue_id: str) -> QueueView:
        """See ``Router``."""
        state = await self._state()
        if queue_id not in state.queues:
            raise InvalidSetup(f"there is no queue {queue_id}")
        return state.queue_view(queue_id, self._utc_now())

    async def accept(self, worker_id: str, offer_id: str) -> Assignment:
        """See ``Router``."""
        return await self._step(lambda machine: machine.accept(worker_id, offer_id, self._utc_now()))

    async def decline(self, worker_id: str, offer_id: str, *, retry_after: timedelta | None = None) -> None:
        """See ``Router``."""
        await self._do(lambda machine: machine.decline(worker_id, offer_id, self._utc_now(), retry_after=retry_after))

    async def complete_job(self, job_id: str, assignment_id: str) -> None:
        """See ``Router``."""
        await self._do(lambda machine: machine.complete_job(job_id, assignment_id, self._utc_now()), job_id)

    async def close_job(self, job_id: str, assignment_id: str) -> None:
        """See ``Router``."""
        await self._do(lambda machine: machine.close_job(job_id, assignment_id, self._utc_now()), job_id)

    async def unassign_job(self, job_id: str, assignment_id: str) -> None:
        """See ``Router``."""
        await self._do(lambda machine: machine.unassign_job(job_id, assignment_id, self._utc_now()), job_id)

    async def update_labels(self, worker_id: str, labels: Mapping[str, Label | None]) -> None:
        """See ``Router``."""
        await self._do(lambda machine: machine.update_labels(worker_id, labels, self._utc_now()))

    async def set_available(self, worker_id: str, is_available: bool) -> None:
        """See ``Router``."""
        await self._do(lambda machine: machine.set_available(worker_id, is_available, self._utc_now()))

    def follow(self, job_id: str) -> AbstractAsyncContextManager[AsyncIterator[JobHappening]]:
        """See ``Router``."""
        return self._journal.follow(job_id)

    async def _do(self, act: Callable[[RouterMachine], tuple[Command, ...]], *job_ids: str) -> None:
        await self._step(lambda machine: (None, act(machine)), job_ids)

    async def _step(
        self, decide: Callable[[RouterMachine], tuple[_T, tuple[Command, ...]]], job_ids: Collection[str] = ()
    ) -> _T:
        """Decide and write, in one transaction; then begin the scorings that were asked for."""

        def work(rows: RouterRows) -> tuple[RouterChanges, tuple[_T, tuple[Command, ...]]]:
            state = state_of(rows)
            before = copied(state)
            answer, commands = decide(RouterMachine(state, new_id=_new_id))
            happenings = [each.happening for each in commands if isinstance(each, Publish)]
            calls = {job_id: tracked.job.call_id for job_id, tracked in state.jobs.items()}
            events = [event_record(each, call_id=calls.get(job_id_of(each), "")) for each in happenings]
            return RouterChanges(changed_rows(before, state), events), (answer, commands)

        try:
            answer, commands = await self._tables.change(work, job_ids=job_ids)
        except StoreError as error:
            raise RouterUnavailable(str(error)) from error
        for command in commands:
            if isinstance(command, ScoreWorkers):
                self._begin_scoring(command)
        return answer

    async def _state(self, *job_ids: str) -> RouterState:
        try:
            return state_of(await self._tables.read(job_ids=job_ids))
        except StoreError as error:
            raise RouterUnavailable(str(error)) from error

    def _begin_scoring(self, asked: ScoreWorkers) -> None:
        if self._tasks is None:
            return  # it is closing: others score when the time is over
        task = self._tasks.create_task(self._score(asked), name=f"scoring {asked.job.job_id}")
        self._scorings.add(task)
        task.add_done_callback(self._scorings.discard)

    async def _score(self, asked: ScoreWorkers) -> None:
        """Root of a task."""
        labels = {**asked.job.labels, JOB_LABEL: asked.job.job_id}
        job_id, number = asked.job.job_id, asked.scoring_round
        begun_at = self._utc_now()
        try:
            async with self._turns:
                if self._utc_now() - begun_at >= timedelta(seconds=SCORING_S):
                    return
                found = await self._scorer.score(labels, asked.workers)
            await self._do(lambda machine: machine.scored(job_id, number, found.scores, self._utc_now()))
        except RouterUnavailable:
            _log.warning("event=scores_lost job_id=%s", job_id)  # somebody scores again
        except Exception:  # noqa: BLE001 - the root of a task: a scorer's fault must not end the router for all
            _log.exception("event=scoring_failed job_id=%s", job_id)

    async def _run(self) -> None:
        """Root of a task."""
        while True:
            self._nudged.clear()
            wait_s = self._poll_s
            try:
                deadline = await self._advance()
            except RouterUnavailable:
                _log.warning("event=router_waits_for_store")
            else:
                if deadline is not None:
                    wait_s = min(wait_s, max((deadline - self._utc_now()).total_seconds(), 0.0))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._nudged.wait()

    async def _advance(self) -> datetime | None:
        """Do what is due, if anything is; the next deadline."""
        machine = RouterMachine(await self._state(), new_id=_new_id)
        # Most looks find nothing: they disturb no writer.
        if not machine.advance(self._utc_now()):
            return machine.next_deadline()

        def decide(machine: RouterMachine) -> tuple[datetime | None, tuple[Command, ...]]:
            commands = machine.advance(self._utc_now())
            return machine.next_deadline(), commands

        return await self._step(decide)

    def _stop(self, runner: "asyncio.Task[None]") -> None:
        self._tasks = None
        for task in (runner, *self._scorings):
            task.cancel()


def _new_id() -> str:
    return uuid.uuid4().hex
