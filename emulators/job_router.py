"""Azure's Job Router on loopback, as its SDK sees it: policies, queues, workers, jobs, offers, and their events.

    async with JobRouterEmulator() as service:
        # configure the client under test with service.endpoint and service.access_key

Its semantics are those of ``routing.router``, which is written after Microsoft's documentation. A scoring
function is called over HTTP as the policy says; when it fails, the job is scored as without a rule, and
``refusals`` says why: the documentation does not tell what the service does then.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import aiohttp
from starlette.applications import Starlette
from starlette.routing import Route

from emulators.event_grid import EventGrid
from emulators.grid_subscriptions import GridSubscriptions, Subscription
from emulators.job_router_events import router_event
from emulators.job_router_rest import JobRouterRest
from emulators.job_router_scoring import ScoringFailed, scores_by_default, scores_by_function
from emulators.loopback import LoopbackServer
from routing.router import Command, Publish, RouterMachine, ScoreWorkers
from routing.state import RouterState

DEFAULT_KEY = "am9iLXJvdXRlci1lbXVsYXRvcg=="
MOST_UNDELIVERED = 10_000
"""Events that wait to be delivered. Overflow: the newest is not told."""


class JobRouterService:
    """What the emulator does, wherever its routes are served; up within ``async with``.

    Args:
        access_key: Base64; requests must be signed with it.
        subscriptions: Who is told of what happens.
        now: The clock: of offers, and against which signatures are checked.

    Attributes:
        access_key: As above.
        refusals: What was refused, and scorings that failed, in words.
    """

    def __init__(
        self,
        *,
        access_key: str = DEFAULT_KEY,
        subscriptions: GridSubscriptions | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.access_key = access_key
        self.subscriptions = subscriptions or GridSubscriptions()
        self.machine = RouterMachine(RouterState(), new_id=lambda: str(uuid.uuid4()))
        self._now = now
        self._rest = JobRouterRest(self.machine, self.perform, access_key=access_key, now=now)
        self.refusals = self._rest.refusals
        self._nudged = asyncio.Event()
        self._events: asyncio.Queue[dict[str, object]] = asyncio.Queue(MOST_UNDELIVERED)
        self._stack = AsyncExitStack()
        self._http: aiohttp.ClientSession | None = None
        self._tasks: asyncio.TaskGroup | None = None
        # Bounded by the jobs that wait: each is scored by one at a time.
        self._running: set[asyncio.Task[None]] = set()

    def routes(self) -> Sequence[Route]:
        """All that the service serves."""
        return self._rest.routes()

    async def __aenter__(self) -> Self:
        """Begin to let time pass."""
        # One connection a post: one kept open may be closed by the server at the very moment of the next post.
        connector = aiohttp.TCPConnector(force_close=True)
        self._http = await self._stack.enter_async_context(aiohttp.ClientSession(connector=connector, trust_env=False))
        self._tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        self._stack.callback(self._stop)
        self._start(self._tick(), "job router")
        self._start(self._deliver(), "job router events")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        await self._stack.aclose()

    async def subscribe(self, webhook_url: str) -> None:
        """Tell a webhook what happens, after its handshake. Raises ``HandshakeFailed``."""
        assert self._http is not None
        await self.subscriptions.subscribe(EventGrid(self._http), Subscription(webhook_url))

    def look(self) -> None:
        """Look at the clock now."""
        self._nudged.set()

    def perform(self, commands: Sequence[Command]) -> None:
        """Do what the machine wants."""
        for command in commands:
            match command:
                case Publish(happening=happening):
                    with contextlib.suppress(asyncio.QueueFull):
                        self._events.put_nowait(router_event(happening, self.machine.state))
                case ScoreWorkers():
                    self._start(self._score(command), "scoring")
        self._nudged.set()

    async def _score(self, asked: ScoreWorkers) -> None:
        """Root of a task."""
        assert self._http is not None
        state = self.machine.state
        function = state.policies[state.queues[asked.job.queue_id].policy_id].scoring
        scores = scores_by_default(asked.job, asked.workers)
        if function is not None:
            try:
                scores = await scores_by_function(self._http, function, asked.job, asked.workers)
            except ScoringFailed as failed:
                self._rest.note(f"scoring of {asked.job.job_id}: {failed}")
        self.perform(self.machine.scored(asked.job.job_id, asked.scoring_round, scores, self._now()))

    async def _tick(self) -> None:
        """Root of a task."""
        while True:
            self._nudged.clear()
            if commands := self.machine.advance(self._now()):
                self.perform(commands)
            deadline = self.machine.next_deadline()
            wait_s = None if deadline is None else max((deadline - self._now()).total_seconds(), 0.0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._nudged.wait()

    async def _deliver(self) -> None:
        """Root of a task. In their order, one after the other."""
        assert self._http is not None
        grid = EventGrid(self._http)
        while True:
            await self.subscriptions.publish(grid, await self._events.get())

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        assert self._tasks is not None
        task = self._tasks.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _stop(self) -> None:
        for task in list(self._running):
            task.cancel()


class JobRouterEmulator(JobRouterService):
    """The service on a port of its own, up within ``async with``. Arguments as of ``JobRouterService``."""

    async def __aenter__(self) -> Self:
        """Listen."""
        await super().__aenter__()
        self._server = await self._stack.enter_async_context(LoopbackServer(Starlette(routes=self.routes())))
        return self

    @property
    def endpoint(self) -> str:
        """Of the service, without a slash."""
        return self._server.endpoint
