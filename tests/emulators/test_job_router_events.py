"""Job Router's events, in its own words."""

from datetime import timedelta

from emulators.job_router_events import router_event
from routing import happenings
from routing.state import RouterState, TrackedJob, TrackedWorker
from routing.values import JobStatus, Offer
from tests.routing.bench import ANN, JOB, START


def test_an_offer() -> None:
    """With all that a softphone of an agent would want to show."""
    state = RouterState(workers={"ann": TrackedWorker(ANN, START)})
    state.jobs["job-1"] = TrackedJob(JOB, JobStatus.QUEUED, START)
    offer = Offer("o-1", "job-1", "ann", 1, START, START + timedelta(seconds=30))
    event = router_event(happenings.OfferIssued(offer, START), state)
    assert event["eventType"] == "Microsoft.Communication.RouterWorkerOfferIssued"
    assert (event["subject"], event["eventTime"]) == ("worker/ann/job/job-1", "2026-03-01T09:30:00Z")
    assert event["data"] == {
        "jobId": "job-1",
        "channelReference": "call-1",
        "channelId": "voice",
        "queueId": "claims",
        "workerId": "ann",
        "offerId": "o-1",
        "offeredOn": "2026-03-01T09:30:00Z",
        "expiresOn": "2026-03-01T09:30:30Z",
        "jobPriority": 1,
        "jobLabels": dict(JOB.labels),
        "jobTags": {},
        "workerLabels": {"Id": "ann", **ANN.labels},
        "workerTags": {"name": "Ann", "target": "+12025550111"},
    }
