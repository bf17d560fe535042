"""Work that survives: by the real DBOS, on files and on a real PostgreSQL."""

import asyncio
import base64
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from calls.after.steps import RetrySettings, Step, Wanted
from calls.errors import WorkNotPossible
from providers.dbos_work import DbosWork

ONE, TWO = Wanted("call-1", "call-1"), Wanted("call-2", "call-2")
STEPS = [step.value for step in Step]
ENOUGH_S = 60
"""For a machine that does other things, too."""


class Notes:
    """A worker that notes what it is asked to do.

    Args:
        failing: Steps that fail, and how often.
    """

    def __init__(self, failing: dict[Step, int] | None = None) -> None:
        self.done: list[tuple[str, str]] = []
        self.given_up: list[tuple[str, str]] = []
        self.finished: list[str] = []
        self.news = asyncio.Condition()
        self.stuck: Step | None = None
        self._failing = failing or {}

    async def do(self, wanted: Wanted, step: Step) -> None:
        async with self.news:
            self.done.append((wanted.call_id, step.value))
            self.news.notify_all()
        if step is self.stuck:
            await asyncio.Event().wait()
        if self._failing.get(step, 0) > 0:
            self._failing[step] -= 1
            raise ConnectionError("the caller's number is 555")

    async def give_up(self, wanted: Wanted, step: Step, reason: str) -> None:
        self.given_up.append((step.value, reason))

    async def finish(self, wanted: Wanted) -> None:
        async with self.news:
            self.finished.append(wanted.work_id)
            self.news.notify_all()

    async def has_finished(self, *work_ids: str) -> None:
        """Wait for it."""
        async with asyncio.timeout(ENOUGH_S), self.news:
            await self.news.wait_for(lambda: set(work_ids) <= set(self.finished))

    async def is_at(self, step: Step) -> None:
        """Wait until this step has begun."""
        async with asyncio.timeout(ENOUGH_S), self.news:
            await self.news.wait_for(lambda: step.value in [name for _, name in self.done])


@pytest.fixture(params=["file", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where DBOS keeps its own."""
    if request.param == "file":
        return f"sqlite:///{tmp_path / 'work.db'}"
    server = make_url(request.getfixturevalue("empty_postgres_url"))
    return server.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@contextlib.asynccontextmanager
async def working(url: str, worker: Notes, attempts: int = 3) -> AsyncIterator[DbosWork]:
    """A process that works."""
    work = DbosWork(url, retries=RetrySettings(attempts, 0.01), poll_s=0.05)
    async with work.running(worker):
        yield work


async def test_work_is_done_once_however_often_it_is_asked_for(url: str) -> None:
    """By the same process, and by the next one; other work is other work."""
    notes = Notes()
    async with working(url, notes) as work:
        await work.ask([ONE, ONE])
        await work.ask([ONE, TWO])
        await notes.has_finished("call-1", "call-2")
    assert [step for call_id, step in notes.done if call_id == "call-1"] == STEPS
    assert notes.finished.count("call-1") == 1
    later = Notes()
    async with working(url, later) as work:
        await work.ask([ONE, Wanted("call-1", "call-1/2")])
        await later.has_finished("call-1/2")
    # That the last word was said may not have been kept; no step is done again.
    assert later.done == [("call-1", step) for step in STEPS]


async def test_work_that_was_broken_off_goes_on(url: str) -> None:
    """Where it was: the step that ran begins anew, those before it do not."""
    notes = Notes()
    notes.stuck = Step.SMS_REPORT
    async with working(url, notes) as work:
        await work.ask([ONE])
        await notes.is_at(Step.SMS_REPORT)
    assert notes.finished == []
    later = Notes()
    async with working(url, later):
        await later.has_finished("call-1")
    assert [step for _, step in later.done] == STEPS[2:]


async def test_a_step_is_tried_again(url: str) -> None:
    """After a pause, as often as is allowed; then it is given up, and the others are done all the same."""
    notes = Notes({Step.SYNTHESIS: 2, Step.SMS_REPORT: 99})
    async with working(url, notes) as work:
        await work.ask([ONE])
        await notes.has_finished("call-1")
    tried = [step for _, step in notes.done]
    assert [tried.count(step) for step in STEPS] == [3, 1, 3, 1, 1, 1]
    assert notes.given_up == [("sms_report", "ConnectionError")]


async def test_what_is_kept_names_nobody(tmp_path: Path) -> None:
    """The text of an error may quote the caller."""
    path, notes = tmp_path / "work.db", Notes({Step.COST: 99})
    async with working(f"sqlite:///{path}", notes, attempts=1) as work:
        await work.ask([ONE])
        await notes.has_finished("call-1")
    with contextlib.closing(sqlite3.connect(path)) as database:
        query = "SELECT error FROM operation_outputs WHERE error IS NOT NULL"
        (kept,) = (base64.b64decode(error) for (error,) in database.execute(query))
    assert b"ConnectionError" in kept
    assert b"555" not in kept


async def test_what_is_long_over_is_forgotten(tmp_path: Path) -> None:
    """And nothing else; forgotten work would be done again if it were asked for."""
    notes = Notes()
    async with working(f"sqlite:///{tmp_path / 'work.db'}", notes) as work:
        await work.ask([ONE])
        await notes.has_finished("call-1")
        await work.forget(ended_days_ago=1)
        await work.ask([ONE, TWO])
        await notes.has_finished("call-2")
        assert notes.finished == ["call-1", "call-2"]
        async with asyncio.timeout(ENOUGH_S):
            while notes.finished.count("call-1") < 2:
                await work.forget(ended_days_ago=-1)
                await work.ask([ONE])
                await asyncio.sleep(0.05)


async def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    """A database that cannot be opened, and work that is asked for where none is done."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    broken = DbosWork(f"sqlite:///{tmp_path}/file/work.db")
    with pytest.raises(WorkNotPossible):
        async with broken.running(Notes()):
            pass
    with pytest.raises(WorkNotPossible):
        await broken.ask([ONE])
    async with working(f"sqlite:///{tmp_path / 'work.db'}", Notes()):
        pass
