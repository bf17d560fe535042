"""What is shown of a board, in which words."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.routing.bench import JOB
from tests.web.agents.bench import AgentBench, agent_bench
from web.agents.board import Board
from web.agents.view import MOST_LINES, ShownBoard, report_url, shown_board


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[AgentBench]:
    """See there."""
    async with agent_bench(tmp_path) as bench:
        yield bench


async def test_a_caller_who_waits(bench: AgentBench) -> None:
    """With labels, report, offers by name, and scores; nothing changes by the passing of time alone."""
    await bench.offered()
    board = await bench.boards.board()
    shown = shown_board(board, None)
    (job,) = shown.jobs
    assert job.labels == (("Lang", "en"), ("Satisfaction", "2"))
    assert (job.waits_since, job.waits_since_words) == ("2026-03-01T09:30:00+00:00", "since 09:30:00 UTC")
    assert job.report_url == "/report/call-1"
    assert [(each.name, each.expires_words) for each in job.offers] == [("Ann", "until 09:30:30 UTC")]
    assert [(each.name, each.score, each.is_asked) for each in job.scores] == [
        ("Ann", "0.90", True),
        ("Bob", "0.50", False),
        ("Eve", "0.10", False),
    ]
    assert (shown.waiting, shown.unseen, shown.me) == ("1 caller", "", None)
    later = shown_board(replace(board, now=board.now + timedelta(seconds=9)), None)
    assert replace(later, now=shown.now) == shown


async def test_workers(bench: AgentBench) -> None:
    """By name, with how much they have taken and what they are good at."""
    await bench.offered()
    await bench.router.set_available("bob", False)
    ann, bob, _ = shown_board(await bench.boards.board(), None).workers
    assert (ann.name, ann.state, ann.load) == ("Ann", "Signed in", "1 of 1")
    assert ann.labels == (("CSAT", "2.9"), ("Night", "true"))
    assert (ann.url, ann.available_url) == ("/agents?worker=ann", "/agents/ann/available")
    assert (bob.state, bob.is_available) == ("Signed out", False)


async def test_ones_own_offers_and_calls(bench: AgentBench) -> None:
    """With where to send what one wants; a call with its claim and the last lines of what was said."""
    offer = await bench.offered()
    shown = await mine(bench)
    (own,) = shown.offers
    assert own.accept_url == f"/agents/ann/offers/{offer.offer_id}/accept"
    assert own.decline_url == f"/agents/ann/offers/{offer.offer_id}/decline"
    history = await bench.store.history("call-1")
    assert history is not None
    said = len(history.messages)
    for number in range(MOST_LINES):
        await bench.store.append_message("call-1", said_at=bench.clock.now, persona="caller", text=f"Line {number}.")
    await bench.router.accept("ann", offer.offer_id)
    bench.boards.forget()
    (call,) = (await mine(bench)).calls
    assert call.complete_url == "/agents/ann/assignments/job-1/complete"
    assert call.close_url == "/agents/ann/assignments/job-1/close"
    assert (call.since_words, call.is_completed) == ("since 09:30:00 UTC", False)
    assert call.told is not None
    assert [each.text for each in call.told.lines] == [f"Line {number}." for number in range(MOST_LINES)]
    assert (call.told.earlier, call.told.caller) == (f"{said} earlier lines", "+33 6 12 34 56 78")
    assert any(field.value for fields in call.told.claims for field in fields)


async def test_a_call_that_is_not_known_here(bench: AgentBench) -> None:
    """Or none at all: the job is there, and nothing is said of a call."""
    for job_id, call_id in (("job-1", "call-elsewhere"), ("job-2", "")):
        offer = await bench.offered(replace(JOB, job_id=job_id, call_id=call_id))
        taken = await bench.router.accept("ann", offer.offer_id)
        bench.boards.forget()
        (call,) = (await mine(bench)).calls
        assert (call.told, call.call_id) == (None, call_id)
        assert call.job.report_url == report_url(call_id)
        await bench.router.complete_job(job_id, taken.assignment_id)
        await bench.router.close_job(job_id, taken.assignment_id)
        bench.boards.forget()
    assert (report_url("call 1/2"), report_url("")) == ("/report/call%201%2F2", "")


async def test_the_last_call(bench: AgentBench) -> None:
    """Is shown when the router is done with it, and once while it is not."""
    offer, last = await bench.offered(), await bench.boards.call("call-1")
    taken = await bench.router.accept("ann", offer.offer_id)
    board = await bench.boards.board()
    shown = shown_board(board, await bench.boards.desk("ann", board), last)
    assert (len(shown.calls), shown.last) == (1, None)
    await bench.router.complete_job("job-1", taken.assignment_id)
    await bench.router.close_job("job-1", taken.assignment_id)
    bench.boards.forget()
    board = await bench.boards.board()
    shown = shown_board(board, await bench.boards.desk("ann", board), last)
    assert shown.calls == ()
    assert shown.last is not None
    assert (shown.last.report_url, shown.last.caller) == ("/report/call-1", "+33 6 12 34 56 78")
    assert shown_board(board, None, last).last is None


async def test_more_than_is_shown(bench: AgentBench) -> None:
    """Is counted."""
    await bench.offered()
    board = await bench.boards.board()
    long = Board(board.now, replace(board.queue, length=1_203), board.workers, board.jobs)
    shown = shown_board(long, None)
    assert (shown.waiting, shown.unseen) == ("1,203 callers", "1,202 more in this queue")


async def mine(bench: AgentBench) -> ShownBoard:
    """As Ann sees it."""
    board = await bench.boards.board()
    return shown_board(board, await bench.boards.desk("ann", board))
