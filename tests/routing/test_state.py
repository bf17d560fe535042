"""Who could be asked, and how a router looks from outside."""

from dataclasses import replace
from datetime import timedelta

from routing.state import RouterState, TrackedJob, TrackedWorker
from routing.values import Assignment, Channel, JobStatus, Offer, Worker, WorkerState
from tests.routing.bench import ANN, BOB, JOB, POLICY, QUEUE, START

LATER = START + timedelta(seconds=30)


def state_with(*workers: Worker) -> RouterState:
    """One job waits."""
    state = RouterState({"best": POLICY}, {"claims": QUEUE})
    state.workers |= {each.worker_id: TrackedWorker(each, START) for each in workers}
    state.jobs["job-1"] = TrackedJob(JOB, JobStatus.QUEUED, START)
    return state


def candidates(state: RouterState) -> list[str]:
    """Their ids."""
    return [each.worker_id for each in state.candidates(state.jobs["job-1"])]


def test_who_cannot_be_asked() -> None:
    """Who is away, listens elsewhere, takes other work, has declined, or was asked already."""
    away, elsewhere = replace(ANN, is_available=False), replace(ANN, worker_id="e", queue_ids=("other",))
    writer = replace(ANN, worker_id="w", channels=(Channel("chat"),))
    state = state_with(away, elsewhere, writer, BOB)
    assert candidates(state) == ["bob"]
    state.jobs["job-1"] = replace(state.jobs["job-1"], refusals={"bob": None})
    assert candidates(state) == []
    state.jobs["job-1"] = replace(state.jobs["job-1"], refusals={})
    state.offers["o"] = Offer("o", "job-1", "bob", 0, START, LATER)
    assert candidates(state) == []


def test_capacity_is_counted_by_cost_and_by_channel() -> None:
    """What is not closed counts; a channel may have its own limit."""
    state = state_with(replace(ANN, capacity=5, channels=(Channel(cost=2),)))
    state.jobs["job-0"] = TrackedJob(replace(JOB, job_id="job-0"), JobStatus.ASSIGNED, START)
    state.assignments["a"] = Assignment("a", "job-0", "ann", 2, START)
    assert candidates(state) == ["ann"]
    state.assignments["b"] = Assignment("b", "job-0", "ann", 2, START)
    assert candidates(state) == []
    state.assignments["b"] = replace(state.assignments["b"], closed_at=LATER)
    assert candidates(state) == ["ann"]
    limited = replace(ANN, capacity=5, channels=(Channel(cost=2, most_jobs=1),))
    state.workers["ann"] = TrackedWorker(limited, START)
    assert candidates(state) == []


def test_how_it_looks() -> None:
    """Who is away and has a job still is draining; how long the oldest job waits."""
    state = state_with(replace(ANN, is_available=False), BOB)
    state.jobs["job-0"] = TrackedJob(replace(JOB, job_id="job-0"), JobStatus.ASSIGNED, START)
    assert state.worker_view("bob").state is WorkerState.ACTIVE
    assert state.worker_view("ann").state is WorkerState.INACTIVE
    state.assignments["a"] = Assignment("a", "job-0", "ann", 1, START)
    assert state.worker_view("ann").state is WorkerState.DRAINING
    view = state.queue_view("claims", LATER)
    assert (view.length, view.longest_wait_s) == (1, 30.0)
    del state.jobs["job-1"]
    assert state.queue_view("claims", LATER).longest_wait_s == 0.0
