"""Every call that is over gets its work asked for."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from calls.after.steps import Step, Wanted, Worker
from calls.after.sweep import Sweep, SweepSettings
from calls.errors import WorkNotPossible
from stores.call_work import CallWork, StepRecord, StepState
from stores.sql import SqlStore
from tests.calls.after.calls import CALL
from tests.stores.contract import at


@dataclass
class NotedWork:
    """Notes what is asked for; fails the next ``failures`` times."""

    asked: list[Wanted] = field(default_factory=list)
    failures: int = 0
    is_running: bool = False
    forgotten: int = 0
    has_bug: bool = False

    @contextlib.asynccontextmanager
    async def running(self, worker: Worker) -> AsyncIterator[None]:
        self.is_running = True
        try:
            yield
        finally:
            self.is_running = False

    async def ask(self, wanted: Sequence[Wanted]) -> None:
        if self.has_bug:
            raise ZeroDivisionError
        if wanted and self.failures:
            self.failures -= 1
            raise WorkNotPossible("away")
        self.asked += wanted

    async def forget(self, *, ended_days_ago: int) -> None:
        self.forgotten += 1


@dataclass
class Ours:
    """A turn that is ours while ``is_free``."""

    is_free: bool = True
    left: int = 0

    async def take(self) -> bool:
        return self.is_free

    async def is_held(self) -> bool:
        return self.is_free

    async def leave(self) -> None:
        self.left += 1


class NoWorker:
    """Nothing is done here."""

    async def do(self, wanted: Wanted, step: Step) -> None:
        raise NotImplementedError

    async def give_up(self, wanted: Wanted, step: Step, reason: str) -> None:
        raise NotImplementedError

    async def finish(self, wanted: Wanted) -> None:
        raise NotImplementedError


class Enough(BaseException):
    """The test has seen what it wanted; no error, which the sweep would survive."""


@dataclass
class Rig:
    """A sweep on a clock of its own."""

    store: SqlStore
    work: NotedWork = field(default_factory=NotedWork)
    turn: Ours = field(default_factory=Ours)
    now: float = 1_000.0
    pauses: list[float] = field(default_factory=list)

    @property
    def works(self) -> CallWork:
        return CallWork(self.store.database)

    def sweep(self, enough: int = 0, at_once: int = 50) -> Sweep:
        """It ends after so many pauses."""

        async def sleep(seconds: float) -> None:
            self.now += seconds
            self.pauses.append(seconds)
            await asyncio.sleep(0)
            if len(self.pauses) >= enough:
                raise Enough

        def utc_now() -> datetime:
            return at(self.now)

        settings = SweepSettings(at_once=at_once)
        return Sweep(
            self.turn,
            self.works,
            self.work,
            NoWorker(),
            utc_now=utc_now,
            clock=lambda: self.now,
            settings=settings,
            sleep=sleep,
        )

    async def ended(self, *call_ids: str, at_s: float = 900.0) -> None:
        """Calls that were, and are over."""
        for call_id in call_ids:
            await self.store.add_call(replace(CALL, call_id=call_id, ended_at=None))
            await self.store.end_call(call_id, ended_at=at(at_s), reason="caller_hung_up")

    @property
    def asked(self) -> list[str]:
        return [each.work_id for each in self.work.asked]


@pytest.fixture
async def rig(sqlite_url: str) -> AsyncIterator[Rig]:
    store = await SqlStore.open(sqlite_url)
    yield Rig(store)
    await store.close()


async def test_each_call_is_asked_for_once(rig: Rig) -> None:
    """In pages; those that are up are not."""
    await rig.ended("a", "b", "c")
    await rig.store.add_call(replace(CALL, call_id="up", ended_at=None))
    sweep = rig.sweep(at_once=2)
    await sweep.look()
    await sweep.look()
    assert sorted(rig.asked) == ["a", "b", "c"]


async def test_what_was_not_taken_is_asked_for_again(rig: Rig) -> None:
    """It is noted only once it was taken."""
    await rig.ended("a")
    rig.work.failures = 1
    with pytest.raises(WorkNotPossible):
        await rig.sweep().look()
    await rig.sweep().look()
    assert rig.asked == ["a"]


async def test_work_that_got_lost_is_asked_for_again(rig: Rig) -> None:
    """After an hour, under its own name: whoever knows it does nothing twice."""
    await rig.ended("a")
    await rig.sweep().look()
    rig.now += timedelta(minutes=59).total_seconds()
    await rig.sweep().look_at_all()
    assert rig.asked == ["a"]
    rig.now += timedelta(minutes=2).total_seconds()
    await rig.sweep().look_at_all()
    assert rig.asked == ["a", "a"]
    assert rig.work.forgotten == 2


async def test_what_is_wanted_again_is_asked_for(rig: Rig) -> None:
    """Once, under its new name."""
    await rig.ended("a")
    await rig.sweep().look()
    await rig.works.begin_step(StepRecord("a", "a", "cost", StepState.BEGUN, at(1)))
    await rig.works.end_step(StepRecord("a", "a", "cost", StepState.BEGUN, at(1)), state=StepState.FAILED, at=at(2))
    await rig.works.finish("a", work_id="a", at=at(3))
    assert await rig.works.ask_again("a")
    await rig.sweep().look()
    await rig.sweep().look()
    assert rig.asked == ["a", "a/2"]


async def test_old_calls_are_found_at_the_start(rig: Rig) -> None:
    """They ended while no server ran; a call that ends now is found within a second."""
    rig.now = 100_000.0
    await rig.ended("old", at_s=5)
    with pytest.raises(Enough):
        await rig.sweep(enough=1).run()
    assert rig.asked == ["old"]
    await rig.ended("older", at_s=4)
    await rig.ended("new", at_s=99_999)
    rig.pauses.clear()
    with pytest.raises(Enough):
        await rig.sweep(enough=2).run()
    assert sorted(rig.asked) == ["new", "old", "older"]
    assert rig.pauses == [1.0, 1.0]
    assert not rig.work.is_running


async def test_only_one_process_works(rig: Rig) -> None:
    """Without the turn nothing is asked for; when it is lost, the work stops and the turn is wanted again."""
    await rig.ended("a")
    rig.turn.is_free = False
    with pytest.raises(Enough):
        await rig.sweep(enough=3).run()
    assert rig.asked == []
    assert rig.pauses == [5.0, 5.0, 5.0]


async def test_a_turn_that_is_lost_ends_the_work(rig: Rig) -> None:
    """Whoever has it now goes on."""
    rig.pauses.clear()
    sweep = rig.sweep(enough=8)
    async with asyncio.TaskGroup() as tasks:

        async def losing() -> None:
            with contextlib.suppress(Enough):
                await sweep.run()

        task = tasks.create_task(losing())
        while not rig.work.is_running:
            await asyncio.sleep(0)
        rig.turn.is_free = False
        while rig.work.is_running:
            await asyncio.sleep(0)
        assert not task.done()
        assert rig.turn.left >= 1
        task.cancel()


async def test_a_bug_ends_nothing(rig: Rig) -> None:
    """What is wrong with the work must not end the calls: it is begun again."""
    await rig.ended("a")
    rig.work.has_bug = True
    with pytest.raises(Enough):
        await rig.sweep(enough=2).run()
    assert rig.pauses == [5.0, 5.0]
    assert rig.asked == []


async def test_whatever_is_away_is_asked_again(rig: Rig) -> None:
    """A failure ends neither the sweep nor the turn's being left."""
    await rig.ended("a")
    rig.work.failures = 2
    with pytest.raises(Enough):
        await rig.sweep(enough=3).run()
    assert rig.asked == ["a"]
    assert rig.pauses[:2] == [5.0, 5.0]
    assert rig.turn.left == 3
