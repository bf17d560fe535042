"""What the page is made of: read once for all who look, and anew after each deed."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from routing.errors import UnknownWorker
from routing.values import JobStatus
from stores.router_history import ScoringRecord
from tests.routing.bench import JOB
from tests.web.agents.bench import AgentBench, agent_bench
from web.agents.board import MOST_JOBS, Boards


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[AgentBench]:
    """See there."""
    async with agent_bench(tmp_path) as bench:
        yield bench


async def test_the_queue_with_scores(bench: AgentBench) -> None:
    """Who waits, whom they are offered to, and how all were scored, the best first."""
    offer = await bench.offered()
    board = await bench.boards.board()
    assert (board.queue.length, [each.worker.worker_id for each in board.workers]) == (1, ["ann", "bob", "eve"])
    (job,) = board.jobs
    assert (job.call_id, [each.offer_id for each in job.view.offers]) == ("call-1", [offer.offer_id])
    assert [(each.worker_id, each.score) for each in job.scores] == [("ann", 0.9), ("bob", 0.5), ("eve", 0.1)]


async def test_only_the_latest_scoring_is_shown(bench: AgentBench) -> None:
    """When all were thought over, what they scored before counts no more."""
    await bench.offered()

    async def twice(job_id: str) -> Sequence[ScoringRecord]:
        earlier = await bench.sources.scorings(job_id)
        return [*earlier, *(replace(each, scoring_id="again", score=0.3) for each in earlier)]

    (job,) = (await Boards(replace(bench.sources, scorings=twice)).board()).jobs
    assert [(each.worker_id, each.score) for each in job.scores] == [("ann", 0.3), ("bob", 0.3), ("eve", 0.3)]


async def test_the_router_is_asked_once_for_all(bench: AgentBench) -> None:
    """For as long as was said; a deed makes it ask again at once, as does a clock that was set back."""
    first = await bench.boards.board()
    await bench.offered()
    bench.clock.now += timedelta(seconds=0.9)
    assert await bench.boards.board() is first
    bench.clock.now += timedelta(seconds=0.2)
    second = await bench.boards.board()
    assert len(second.jobs) == 1
    bench.boards.forget()
    third = await bench.boards.board()
    assert third is not second
    bench.clock.now -= timedelta(hours=1)
    assert await bench.boards.board() is not third


async def test_what_was_read_before_a_deed_is_not_kept(bench: AgentBench) -> None:
    """A deed in the middle of a reading: who asks after it does not get what was read before."""
    scorings = bench.sources.scorings

    async def disturbed(job_id: str) -> Sequence[ScoringRecord]:
        boards.forget()
        return await scorings(job_id)

    await bench.offered()
    boards = Boards(replace(bench.sources, scorings=disturbed))
    assert await boards.board() is not await boards.board()


async def test_long_queues(bench: AgentBench) -> None:
    """Are read as far as is shown."""
    for number in range(MOST_JOBS + 2):
        await bench.router.create_job(replace(JOB, job_id=f"job-{number:03d}"))
    board = await bench.boards.board()
    assert (board.queue.length, len(board.jobs)) == (MOST_JOBS + 2, MOST_JOBS)


async def test_the_desk_of_a_worker(bench: AgentBench) -> None:
    """Their offers with what they are about; their calls with all that is known, until they are closed."""
    offer = await bench.offered()
    desk = await bench.boards.desk("ann", await bench.boards.board())
    assert [(each.offer_id, job.view.job) for each, job in desk.offers] == [(offer.offer_id, JOB)]
    taken = await bench.router.accept("ann", offer.offer_id)
    bench.boards.forget()
    (held,) = (await bench.boards.desk("ann", await bench.boards.board())).held
    assert (held.assignment.assignment_id, held.is_completed) == (taken.assignment_id, False)
    assert held.history is not None
    assert held.history.call.call_id == "call-1"
    await bench.router.complete_job("job-1", taken.assignment_id)
    bench.boards.forget()
    (held,) = (await bench.boards.desk("ann", await bench.boards.board())).held
    assert (held.is_completed, held.job.view.status) == (True, JobStatus.COMPLETED)
    await bench.router.close_job("job-1", taken.assignment_id)
    bench.boards.forget()
    assert (await bench.boards.desk("ann", await bench.boards.board())).held == ()


async def test_nobody_of_this_name(bench: AgentBench) -> None:
    """Has no desk."""
    with pytest.raises(UnknownWorker):
        await bench.boards.desk("nobody", await bench.boards.board())
