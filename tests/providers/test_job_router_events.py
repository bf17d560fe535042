"""What Job Router's events say, and what is concluded from two looks at a job."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from calls.envelopes import Envelope, read_envelopes
from calls.errors import MalformedEvent
from emulators.job_router_events import router_event
from providers.job_router_events import LookedAt, read_router_event
from routing import happenings
from routing.happenings import Happening
from routing.state import RouterState, TrackedJob, TrackedWorker
from routing.values import Assignment, JobStatus, JobView, Offer, WorkerState, WorkerView
from tests.routing.bench import ANN, JOB, START

LATER = START + timedelta(seconds=5)
OFFER = Offer("o-1", "job-1", "ann", 1, START, START + timedelta(seconds=30))
HELD = Assignment("a-1", "job-1", "ann", 1, LATER)
TOLD: list[Happening] = [
    happenings.JobQueued("job-1", START),
    happenings.JobCancelled("job-1", START, "hung up"),
    happenings.JobCompleted("job-1", "a-1", "ann", START),
    happenings.JobClosed("job-1", "a-1", "ann", START),
    happenings.OfferIssued(OFFER, START),
    happenings.OfferAccepted("o-1", "job-1", "ann", "a-1", START),
    happenings.OfferDeclined("o-1", "job-1", "ann", START),
    happenings.OfferExpired("o-1", "job-1", "ann", START),
    happenings.OfferRevoked("o-1", "job-1", "ann", START),
    happenings.WorkerRegistered("ann", START),
    happenings.WorkerDeregistered("ann", START),
]


def envelope_of(happening: Happening) -> Envelope:
    """As the pretended service writes it, and as it comes over the wire."""
    state = RouterState(workers={"ann": TrackedWorker(ANN, START)})
    state.jobs["job-1"] = TrackedJob(JOB, JobStatus.QUEUED, START)
    return read_envelopes(json.dumps([router_event(happening, state)]).encode()).readable[0]


@pytest.mark.parametrize("happening", TOLD, ids=lambda each: type(each).__name__)
def test_each_event(happening: Happening) -> None:
    """Comes back as what has happened, with its call."""
    event = read_router_event(envelope_of(happening), now=LATER)
    assert event.happenings == (happening,)
    is_of_job = not isinstance(happening, happenings.WorkerRegistered | happenings.WorkerDeregistered)
    assert event.call_id == ("call-1" if is_of_job else "")


def test_a_job_that_is_given_back() -> None:
    """Is queued again."""
    event = read_router_event(envelope_of(happenings.JobUnassigned("job-1", "a-1", "ann", START)), now=LATER)
    queued = happenings.JobQueued("job-1", START, "a-1")
    assert event.happenings == (happenings.JobUnassigned("job-1", "a-1", "ann", START), queued)


def test_older_names_and_no_time() -> None:
    """Samples have other names for the times of an offer."""
    data = {"offerId": "o-1", "jobId": "job-1", "workerId": "ann", "offerTimeUtc": "2026-03-01T09:30:00Z"}
    data["expiryTimeUtc"] = "2026-03-01T09:30:30.0000000Z"
    envelope = Envelope("Microsoft.Communication.RouterWorkerOfferIssued", "1", data)
    assert read_router_event(envelope, now=LATER).happenings == (happenings.OfferIssued(OFFER, LATER),)


@pytest.mark.parametrize("kind", ["RouterJobClassified", "RouterWorkerUpdated", "RouterWorkerOfferDreamtOf"])
def test_events_that_we_do_not_follow(kind: str) -> None:
    """Say nothing."""
    data = {"offerId": "o", "jobId": "j", "workerId": "w"}
    assert read_router_event(Envelope(f"Microsoft.Communication.{kind}", "1", data), now=START).happenings == ()


@pytest.mark.parametrize(
    ("data", "time", "problem"),
    [
        ({}, "", "offerId is missing"),
        ({"offerId": "o", "jobId": "j", "workerId": "w"}, "", "expiryTimeUtc is missing"),
        ({"offerId": "o", "jobId": "j", "workerId": "w", "expiresOn": "soon"}, "", "expiresOn is not a time"),
        ({"offerId": "o", "jobId": "j", "workerId": "w", "expiresOn": "2026-03-01"}, "", "expiresOn has no zone"),
        ({}, "yesterday", "eventTime is not a time"),
    ],
)
def test_events_that_cannot_be_read(data: dict[str, object], time: str, problem: str) -> None:
    """Are refused with the key."""
    envelope = Envelope("Microsoft.Communication.RouterWorkerOfferIssued", "1", data, time=time)
    with pytest.raises(MalformedEvent, match=problem):
        read_router_event(envelope, now=datetime(2026, 3, 1, tzinfo=UTC))


QUEUED = JobView(JOB, JobStatus.QUEUED, START)
OFFERED = replace(QUEUED, offers=(OFFER,))
THERE = {"ann": WorkerView(ANN, WorkerState.ACTIVE)}
AWAY = {"ann": WorkerView(replace(ANN, is_available=False), WorkerState.INACTIVE)}


def seen(*views: JobView, workers: dict[str, WorkerView] = THERE, seconds: float = 5) -> list[str]:
    """What is told of one look after the other."""
    job = LookedAt()
    now = START + timedelta(seconds=seconds)
    return [type(each).__name__ for view in views for each in job.seen(view, workers, now)]


def test_what_is_concluded() -> None:
    """From an offer that is gone, one look later, unless it is certain."""
    begun = ["JobQueued", "OfferIssued"]
    assert seen(OFFERED, OFFERED, QUEUED) == begun
    assert seen(OFFERED, QUEUED, QUEUED, QUEUED) == [*begun, "OfferDeclined"]
    assert seen(OFFERED, QUEUED, QUEUED, workers=AWAY) == [*begun, "OfferRevoked"]
    assert seen(OFFERED, QUEUED, QUEUED, workers=AWAY, seconds=31) == [*begun, "OfferExpired"]
    assigned = JobView(JOB, JobStatus.ASSIGNED, START, assignments=(HELD,))
    assert seen(OFFERED, assigned, assigned) == [*begun, "OfferAccepted"]
    other = replace(assigned, assignments=(replace(HELD, worker_id="bob"),))
    assert seen(OFFERED, other, other) == [*begun, "OfferRevoked"]
    cancelled = JobView(JOB, JobStatus.CANCELLED, START)
    assert seen(OFFERED, cancelled, cancelled) == [*begun, "OfferRevoked", "JobCancelled"]


def test_the_end_of_a_job() -> None:
    """Completed, closed, or given back and asked about anew."""
    completed = replace(HELD, completed_at=LATER)
    closed = replace(completed, closed_at=LATER)
    views = [
        JobView(JOB, JobStatus.ASSIGNED, START, assignments=(HELD,)),
        JobView(JOB, JobStatus.COMPLETED, START, assignments=(completed,)),
        JobView(JOB, JobStatus.CLOSED, START, assignments=(closed,)),
    ]
    assert seen(OFFERED, *views)[2:] == ["OfferAccepted", "JobCompleted", "JobClosed"]
    assert seen(OFFERED, views[-1])[2:] == ["OfferAccepted", "JobCompleted", "JobClosed"]
    again = replace(OFFERED, assignments=(replace(HELD, closed_at=LATER),), offers=(replace(OFFER, offer_id="o-2"),))
    assert seen(OFFERED, views[0], again)[3:] == ["JobUnassigned", "JobQueued", "OfferIssued"]
