"""One of several humans is looked for, for one call: the shell around ``calls.seeking``.

A router that is slow, or gone, costs the caller the limit of the search at most.
"""

import asyncio
import contextlib
import logging
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Final, assert_never

from calls.desk import Desk, Told, labels_of
from calls.handover import TakeBackReason
from calls.requests import Requests
from calls.seeking import (
    Connect,
    DropJob,
    FinishJob,
    GiveUp,
    HumanFound,
    HumanLost,
    JobLost,
    LimitPassed,
    MakeJob,
    RouterFailed,
    SayFound,
    SaySought,
    SearchEvent,
    SearchState,
    Seeking,
    TimeWent,
)
from calls.session import CallSession, HandOverAsked, TakenBack
from routing.errors import IllegalJobStep, RoutingError, UnknownJob
from routing.happenings import JobHappening, JobUnassigned, OfferAccepted
from routing.values import Job
from stores.errors import StoreError
from stores.records import Satisfaction

_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What is done when a search has led somewhere."""

    connect: Callable[[str], object]
    """Hand the caller over to this number."""
    give_up: Callable[[], object]
    """Nobody was found."""


class Search:
    """The search of one call.

    Args:
        desk: Where somebody is looked for.
        requests: Runs what takes time.
        session: Of the call.
        topic: What such calls are about, if that is known; of no caller.
        outcomes: See there.
    """

    def __init__(self, desk: Desk, requests: Requests, session: CallSession, *, topic: str, outcomes: Outcomes) -> None:
        self._desk = desk
        self._requests = requests
        self._session = session
        self._topic = topic
        self._outcomes = outcomes
        self._core = Seeking(session.call_id, last_resort=session.initiate.agent_phone_number)
        self._told = Told(desk, session.call_id)
        self._language = ""
        self._watching: asyncio.Task[None] | None = None
        self._limit: asyncio.Timeout | None = None

    def speaks(self, language: str) -> None:
        """What the caller speaks (BCP 47); empty: nobody knows."""
        self._language = language

    def handle(self, event: SearchEvent) -> None:
        """Take a step, and do what follows from it. Returns at once."""
        for command in self._core.handle(event):
            match command:
                case MakeJob(job_id):
                    name = f"search {self._session.call_id}"
                    self._watching = self._requests.start(name, self._watch(job_id))
                case SaySought():
                    self._session.tell(TakenBack(TakeBackReason.HUMAN_SOUGHT))
                case SayFound(name):
                    if self._limit is not None:
                        self._limit.reschedule(asyncio.get_running_loop().time() + self._desk.told_within_s)
                    self._session.tell(HandOverAsked(name, may_wait=True))
                case Connect(number):
                    self._outcomes.connect(number)
                case DropJob(job_id):
                    self._ask("job_dropped", partial(self._desk.router.cancel_job, job_id))
                case FinishJob(job_id, assignment_id):
                    self._ask("job_finished", partial(self._finish, job_id, assignment_id))
                case GiveUp():
                    self._outcomes.give_up()
                case _:
                    assert_never(command)
        if self._core.state not in (SearchState.SEEKING, SearchState.FOUND):
            self._stop_watching()

    def _stop_watching(self) -> None:
        watching, self._watching = self._watching, None
        if watching is not None and watching is not asyncio.current_task():
            watching.cancel()

    async def _watch(self, job_id: str) -> None:
        """Root of a task: whatever happens, the search ends."""
        ended: SearchEvent = JobLost()
        async with asyncio.TaskGroup() as tasks:
            repeating = tasks.create_task(self._repeat(), name=f"still searching {self._session.call_id}")
            try:
                async with asyncio.timeout(self._desk.limit_s) as self._limit:
                    await self._follow(job_id)
            except TimeoutError:
                ended = LimitPassed()
            except Exception as error:  # noqa: BLE001 - the root of a task: the caller must hear of it
                self._requests.report(self._session.call_id, "router", error)
                ended = RouterFailed()
            finally:
                self._limit = None
                repeating.cancel()
        self.handle(ended)

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(self._desk.say_again_s)
            if self._core.state is SearchState.SEEKING:
                self.handle(TimeWent())

    async def _follow(self, job_id: str) -> None:
        """Make the job, and take what happens to it until it is over."""
        session, router = self._session, self._desk.router
        earlier = session.earlier.synthesis if session.earlier is not None else None
        satisfaction = "" if earlier is None or earlier.satisfaction is Satisfaction.UNKNOWN else earlier.satisfaction
        labels = labels_of(
            call_id=session.call_id, language=self._language, topic=self._topic, satisfaction=satisfaction
        )
        await router.create_job(Job(job_id, self._desk.queue_id, session.call_id, labels=labels))
        async with router.follow(job_id) as told:
            async for happening in told:
                if not await self._happened(happening):
                    return

    async def _happened(self, happening: JobHappening) -> bool:
        """Take it; whether to go on."""
        match happening:
            case OfferAccepted(job_id=job_id, worker_id=worker_id, assignment_id=assignment_id):
                worker = (await self._desk.router.worker(worker_id)).worker
                if _NUMBER.fullmatch(worker.target):
                    self.handle(HumanFound(job_id, assignment_id, worker.target, worker.name))
                else:
                    _log.warning("event=human_without_number worker_id=%s", worker_id)
                    self.handle(RouterFailed())
                    return False
            case JobUnassigned(assignment_id=assignment_id):
                self.handle(HumanLost(assignment_id))
            case _:
                pass
        try:
            await self._told.happened(happening)
        except (RoutingError, StoreError):
            _log.warning("event=offer_not_told call_id=%s", self._session.call_id)  # the search goes on
        return True

    def _ask(self, stage: str, work: Callable[[], Coroutine[object, object, None]]) -> None:
        if self._requests.is_open:
            self._requests.start(f"{stage} {self._session.call_id}", self._try(stage, work, self._watching))

    async def _try(
        self, stage: str, work: Callable[[], Coroutine[object, object, None]], watching: "asyncio.Task[None] | None"
    ) -> None:
        """Root of a task."""
        if watching is not None and watching is not asyncio.current_task():
            await asyncio.wait({watching})  # it may be about to make the job

        async def once() -> None:
            # Over already, or never made: all is as it should be.
            with contextlib.suppress(UnknownJob, IllegalJobStep):
                await work()

        await self._requests.tried(self._session.call_id, once(), stage=stage)

    async def _finish(self, job_id: str, assignment_id: str) -> None:
        await self._desk.router.complete_job(job_id, assignment_id)
        await self._desk.router.close_job(job_id, assignment_id)
