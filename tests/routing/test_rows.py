"""What a router knows survives the store, and so does what has happened."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from routing import happenings
from routing.happenings import Happening, OfferIssued
from routing.rows import changed_rows, copied, event_record, happening_of, state_of
from routing.state import RouterState, TrackedJob, TrackedWorker
from routing.values import Assignment, Channel, JobStatus, Offer, Operator, Selector
from stores.router_history import RouterEventRecord
from tests.routing.bench import ANN, JOB, POLICY, QUEUE, START

OFFER = Offer("o-1", "job-1", "ann", 1, START, START + timedelta(seconds=30))
HAPPENINGS: Sequence[Happening] = (
    happenings.JobQueued("job-1", START),
    OfferIssued(OFFER, START),
    happenings.OfferAccepted("o-1", "job-1", "ann", "a-1", START),
    happenings.JobUnassigned("job-1", "a-1", "ann", START),
    happenings.OfferDeclined("o-2", "job-1", "ann", START),
    happenings.OfferExpired("o-3", "job-1", "ann", START),
    happenings.OfferRevoked("o-4", "job-1", "ann", START),
    happenings.JobCompleted("job-1", "a-2", "ann", START),
    happenings.JobClosed("job-1", "a-2", "ann", START),
    happenings.JobCancelled("job-1", START, "the caller hung up"),
    happenings.WorkerRegistered("ann", START),
    happenings.WorkerDeregistered("ann", START),
)


def full_state() -> RouterState:
    """One of everything, nothing as it is by default."""
    job = replace(JOB, priority=3, selectors=(Selector("CSAT", 2, Operator.GREATER_THAN),))
    worker = replace(ANN, capacity=2, channels=(Channel("voice", 2, 1), Channel("chat")), is_available=False)
    refusals = {"bob": None, "eve": START + timedelta(minutes=1)}
    return RouterState(
        {"best": POLICY},
        {"claims": QUEUE},
        {"ann": TrackedWorker(worker, START)},
        {"job-1": TrackedJob(job, JobStatus.QUEUED, START, {"ann": 0.5}, 2, START, refusals)},
        {"o-1": OFFER},
        {"a-1": Assignment("a-1", "job-1", "ann", 1, START, START, None)},
    )


def test_rows_say_the_same_again() -> None:
    """All of it."""
    assert state_of(changed_rows(RouterState(), full_state())) == full_state()


def test_only_what_has_changed_is_written() -> None:
    """Another object is a change; an offer that is gone is not open."""
    state = full_state()
    before = copied(state)
    unchanged = changed_rows(before, state)
    assert not any((unchanged.policies, unchanged.workers, unchanged.jobs, unchanged.offers, unchanged.assignments))
    del state.offers["o-1"]
    state.jobs["job-1"] = replace(state.jobs["job-1"], status=JobStatus.CANCELLED)
    rows = changed_rows(before, state)
    assert [(row["offer_id"], row["is_open"], row["call_id"]) for row in rows.offers] == [("o-1", False, "call-1")]
    assert [row["status"] for row in rows.jobs] == ["cancelled"]
    assert not rows.assignments


@pytest.mark.parametrize("happening", HAPPENINGS, ids=lambda each: type(each).__name__)
def test_happenings_are_read_as_they_were(happening: Happening) -> None:
    """Each kind, with its times."""
    assert happening_of(event_record(happening)) == happening


def test_each_happening_has_its_own_key() -> None:
    """But an offer ends once, however it is told to have ended."""
    assert len({event_record(each).key for each in HAPPENINGS}) == len(HAPPENINGS)
    ends = (
        happenings.OfferExpired("o-1", "job-1", "ann", START),
        happenings.OfferRevoked("o-1", "job-1", "ann", START + timedelta(seconds=1)),
    )
    assert len({event_record(each).key for each in ends}) == 1


def test_a_kind_of_a_newer_version_is_passed_over() -> None:
    """Replicas are upgraded one by one."""
    assert happening_of(RouterEventRecord("k", "job-1", "JobDreamtOf", {}, START)) is None
