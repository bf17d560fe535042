"""Job Router's objects survive the way there and back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from azure.communication.jobrouter import models as sdk

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
from routing.values import (
    JOB_LABEL,
    Channel,
    JobStatus,
    Operator,
    Policy,
    ScoringFunction,
    Selector,
    WorkerState,
)
from tests.routing.bench import ANN, JOB, POLICY, QUEUE

NOW = "2026-03-01T09:30:00Z"
SCORING = ScoringFunction("https://bot.example/router/score", "secret", is_batch=True, batch_size=7)


@pytest.mark.parametrize("policy", [POLICY, replace(POLICY, concurrent_offers=3, scoring=SCORING)])
def test_policies(policy: Policy) -> None:
    """With the function, whose key is not shown."""
    sent = sdk_policy(policy).as_dict()
    assert policy_of(sdk.DistributionPolicy({**sent, "id": "best"}), key="secret") == policy


def test_queues() -> None:
    """With their policy."""
    assert queue_of(sdk.RouterQueue({**sdk_queue(QUEUE).as_dict(), "id": "claims"})) == QUEUE


def test_workers() -> None:
    """Name and target are tags; the label that the service adds is not ours; labels that are gone are taken away."""
    worker = replace(ANN, capacity=3, channels=(Channel("voice", 2, 1), Channel("chat")))
    sent = sdk_worker(worker, replace(ANN, labels={"CSAT": 1, "Old": True})).as_dict()
    assert sent["labels"] == {**ANN.labels, "Old": None}
    shown = {**sent, "id": "ann", "state": "active", "labels": {**ANN.labels, "Id": "ann"}}
    view = worker_view(sdk.RouterWorker(shown))
    assert (view.worker, view.state, view.load) == (worker, WorkerState.ACTIVE, 0)


def test_a_worker_of_another_maker() -> None:
    """Whatever is not there is not missed."""
    view = worker_view(sdk.RouterWorker({"id": "x", "labels": {"Skills": ["a"], "Level": 3}}))
    assert (view.worker.name, view.worker.queue_ids, dict(view.worker.labels)) == ("", (), {"Level": 3})
    assert not view.worker.is_available


def test_jobs() -> None:
    """With their selectors; the label by which scorings are found again is ours alone."""
    job = replace(JOB, priority=4, selectors=(Selector("CSAT", 2, Operator.GREATER_THAN),))
    sent = sdk_job(job).as_dict()
    assert sent["labels"][JOB_LABEL] == "job-1"
    held = {"a-1": {"assignmentId": "a-1", "workerId": "ann", "assignedAt": NOW, "completedAt": NOW}}
    shown = {**sent, "id": "job-1", "status": "completed", "enqueuedAt": NOW, "assignments": held}
    view = job_view(sdk.RouterJob(shown), ())
    assert (view.job, view.status) == (job, JobStatus.COMPLETED)
    assert view.enqueued_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    (assignment,) = view.assignments
    assert (assignment.completed_at, assignment.closed_at) == (view.enqueued_at, None)


@pytest.mark.parametrize("status", ["created", "pendingClassification", "waitingForActivation"])
def test_jobs_that_wait_otherwise(status: str) -> None:
    """Nobody has them yet."""
    assert job_view(sdk.RouterJob({"id": "j", "status": status}), ()).status is JobStatus.QUEUED
