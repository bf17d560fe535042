"""Work that survives crashes, by DBOS; satisfies ``calls.after.steps.DurableWork``.

DBOS keeps which work was asked for and which steps of it are done: in a database file of its
own beside a SQLite store, or in a schema of its own in PostgreSQL. It keeps ids alone, nothing
of what was said: results of steps are in our store, and the ids of calls are no personal data
when the calls are erased.

There is one DBOS in a process, and it lives in threads of its own, with an event loop of its
own. The steps themselves run on our loop. Leaving ``running`` breaks off the steps that run,
and leaves their work to whoever enters it next. Nothing is sent to anybody outside.
"""

import asyncio
import concurrent.futures
import contextlib
import importlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from calls.after.steps import RetrySettings, Step, Wanted, Worker
from calls.errors import WorkNotPossible
from stores.completion import completed

if TYPE_CHECKING:
    import dbos

_NAME: Final = "antiphon"
_QUEUE: Final = "after_call"
_SCHEMA: Final = "antiphon_work"
_VERSION: Final = "1"
"""Work is gone on with by programs of the same version alone. It stays while steps are only added at the end."""
_FORGOTTEN_AT_ONCE: Final = 500
Work = Callable[[], Coroutine[Any, Any, None]]


class DbosWork:
    """Use ``running`` once at a time in a process, and only while no other process works on the same database.

    Args:
        database_url: SQLAlchemy's, synchronous: a SQLite file, made when it is not there, or PostgreSQL.
        at_once: How many calls are worked on at the same time.
        retries: How often a step is tried.
        poll_s: How often is looked for work that was asked for.
    """

    def __init__(
        self,
        database_url: str,
        *,
        at_once: int = 4,
        retries: RetrySettings = RetrySettings(),  # noqa: B008 (frozen)
        poll_s: float = 0.5,
    ) -> None:
        self._database_url = database_url
        self._at_once = at_once
        self._retries = retries
        self._poll_s = poll_s
        self._running: _Running | None = None

    @contextlib.asynccontextmanager
    async def running(self, worker: Worker) -> AsyncIterator[None]:
        """See ``DurableWork``."""
        tasks = asyncio.TaskGroup()
        steps = _StepsHere(tasks, asyncio.get_running_loop())
        running = _Running(worker, steps, self._retries)
        await _off_the_loop(lambda: running.start(self._config(), self._at_once, self._poll_s))
        await tasks.__aenter__()
        self._running = running
        try:
            yield
        finally:
            self._running = None
            # First DBOS, then its steps: so it takes none of them for one that has failed.
            await completed(asyncio.to_thread(running.stop))
            steps.cancel()
            # All of them have been ended: the group need not wrap the body's own error.
            await tasks.__aexit__(None, None, None)

    async def ask(self, wanted: Sequence[Wanted]) -> None:
        """See ``DurableWork``."""
        running = self._now()
        if wanted:
            await _off_the_loop(lambda: running.ask(wanted))

    async def forget(self, *, ended_days_ago: int) -> None:
        """See ``DurableWork``."""
        running, before = self._now(), datetime.now(UTC) - timedelta(days=ended_days_ago)
        await _off_the_loop(lambda: running.forget(before))

    def _now(self) -> "_Running":
        if self._running is None:
            raise WorkNotPossible("no work is done here now")
        return self._running

    def _config(self) -> "dbos.DBOSConfig":
        return {
            "name": _NAME,
            "system_database_url": self._database_url,
            "dbos_system_schema": _SCHEMA,
            # One process works at a time: what a dead one has begun is the next one's.
            "executor_id": _NAME,
            "application_version": _VERSION,
            # What matters of it is told by our own records, and by its exceptions.
            "log_level": "CRITICAL",
            "enable_otlp": False,
            "max_executor_threads": 2 * self._at_once + 2,
        }


class StepFailed(Exception):
    """A step did not work; the text is the class of its error alone: DBOS keeps it, and others could quote callers."""


class _StepsHere:
    """The steps that run now, as tasks of our loop; DBOS waits for them on its own.

    Args:
        tasks: Whose they are.
        loop: Ours.
    """

    def __init__(self, tasks: asyncio.TaskGroup, loop: asyncio.AbstractEventLoop) -> None:
        self._tasks = tasks
        self._loop = loop
        self._running: set[asyncio.Task[None]] = set()

    async def done(self, work: Work) -> None:
        """Called on another loop: return when the work is done on ours. Raises ``StepFailed``."""
        outcome: concurrent.futures.Future[None] = concurrent.futures.Future()
        outcome.set_running_or_notify_cancel()
        self._loop.call_soon_threadsafe(self._begin, work, outcome)
        await asyncio.wrap_future(outcome)

    def cancel(self) -> None:
        """End those that run."""
        for task in tuple(self._running):
            task.cancel()

    def _begin(self, work: Work, outcome: "concurrent.futures.Future[None]") -> None:
        task = self._tasks.create_task(self._root(work, outcome), name="step after a call")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _root(self, work: Work, outcome: "concurrent.futures.Future[None]") -> None:
        """Root of a task."""
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - the root of a task: whoever waits raises it
            outcome.set_exception(StepFailed(type(error).__name__))
        else:
            outcome.set_result(None)


class _Running:
    """DBOS, from its start to its end; its methods block, and belong into threads.

    Args:
        worker: Does the steps.
        steps: Runs them.
        retries: How often one is tried.
    """

    def __init__(self, worker: Worker, steps: _StepsHere, retries: RetrySettings) -> None:
        self._worker = worker
        self._steps = steps
        self._retries = retries
        # Imported as late as this: it takes a second, and half of the programs here need it never.
        self._dbos: Any = None
        self._workflow: Any = None

    def start(self, config: "dbos.DBOSConfig", at_once: int, poll_s: float) -> None:
        self._dbos = importlib.import_module("dbos")
        engine = self._dbos.DBOS
        engine(config=config)
        try:
            self._workflow = engine.workflow(name=_QUEUE)(self._as_function())
            engine.launch()
            engine.register_queue(_QUEUE, worker_concurrency=at_once, polling_interval_sec=poll_s)
        except BaseException:
            engine.destroy(destroy_registry=True)
            raise

    def stop(self) -> None:
        self._dbos.DBOS.destroy(destroy_registry=True)

    def ask(self, wanted: Sequence[Wanted]) -> None:
        for each in wanted:
            with self._dbos.SetWorkflowID(each.work_id):
                self._dbos.DBOS.enqueue_workflow(_QUEUE, self._workflow, each.call_id, each.work_id)

    def forget(self, before: datetime) -> None:
        engine = self._dbos.DBOS
        old = engine.list_workflows(
            completed_before=before.isoformat(), limit=_FORGOTTEN_AT_ONCE, load_input=False, load_output=False
        )
        if old:
            engine.delete_workflows([each.workflow_id for each in old])

    def _as_function(self) -> Callable[[str, str], Coroutine[Any, Any, None]]:
        """DBOS marks what it is given, and a method cannot be marked."""

        async def after_call(call_id: str, work_id: str) -> None:
            await self._after_call(call_id, work_id)

        return after_call

    async def _after_call(self, call_id: str, work_id: str) -> None:
        """The workflow: on the loop of DBOS, begun again from its start after a crash; steps that are done are not."""
        wanted = Wanted(call_id, work_id)
        for step in Step:
            try:
                await self._step(step.value, partial(self._worker.do, wanted, step))
            except Exception as error:  # noqa: BLE001 - DBOS wraps it; the other steps do not depend on this one
                giving_up = partial(self._worker.give_up, wanted, step, _reason(error))
                await self._step(f"give up {step.value}", giving_up)
        await self._step("finish", partial(self._worker.finish, wanted))

    async def _step(self, name: str, work: Work) -> None:
        async def on_our_loop() -> None:
            await self._steps.done(work)

        options = {
            "name": name,
            "retries_allowed": True,
            "max_attempts": self._retries.attempts,
            "interval_seconds": self._retries.first_pause_s,
            "backoff_rate": 2.0,
        }
        await self._dbos.DBOS.run_step_async(options, on_our_loop)


def _reason(error: Exception) -> str:
    """What went wrong last."""
    errors: list[Exception] = getattr(error, "errors", None) or [error]
    return str(errors[-1]) if isinstance(errors[-1], StepFailed) else type(errors[-1]).__name__


async def _off_the_loop(work: Callable[[], None]) -> None:
    try:
        await asyncio.to_thread(work)
    except Exception as error:  # DBOS raises its own errors, SQLAlchemy's, and the drivers'
        raise WorkNotPossible(f"the work after calls cannot be kept: {type(error).__name__}") from error
