"""What Job Router tells Event Grid, in the service's own words."""

from collections.abc import Mapping
from typing import Any

from emulators.event_grid import grid_event
from emulators.job_router_wire import moment
from routing import happenings
from routing.happenings import Happening
from routing.state import RouterState

_PREFIX = "Microsoft.Communication.Router"
_NAMES = {
    happenings.JobQueued: "JobQueued",
    happenings.JobCancelled: "JobCancelled",
    happenings.JobCompleted: "JobCompleted",
    happenings.JobClosed: "JobClosed",
    happenings.JobUnassigned: "JobUnassigned",
    happenings.OfferIssued: "WorkerOfferIssued",
    happenings.OfferAccepted: "WorkerOfferAccepted",
    happenings.OfferDeclined: "WorkerOfferDeclined",
    happenings.OfferExpired: "WorkerOfferExpired",
    happenings.OfferRevoked: "WorkerOfferRevoked",
    happenings.WorkerRegistered: "WorkerRegistered",
    happenings.WorkerDeregistered: "WorkerDeregistered",
}


def router_event(happening: Happening, state: RouterState) -> dict[str, object]:
    """The event that tells it, with what the router knows beside."""
    name = _NAMES[type(happening)]
    event_time = moment(happening.at)
    match happening:
        case happenings.OfferIssued(offer=offer):
            tracked, worker = state.jobs[offer.job_id], state.workers[offer.worker_id].worker
            data = {
                **_of_job(offer.job_id, state),
                "workerId": offer.worker_id,
                "offerId": offer.offer_id,
                "offeredOn": moment(offer.offered_at),
                "expiresOn": moment(offer.expires_at),
                "jobPriority": tracked.job.priority,
                "jobLabels": dict(tracked.job.labels),
                "jobTags": {},
                "workerLabels": dict(worker.all_labels),
                "workerTags": {"name": worker.name, "target": worker.target},
            }
            subject = f"worker/{offer.worker_id}/job/{offer.job_id}"
        case happenings.WorkerRegistered(worker_id=worker_id) | happenings.WorkerDeregistered(worker_id=worker_id):
            data, subject = {"workerId": worker_id}, f"worker/{worker_id}"
        case happenings.JobQueued(job_id=job_id):
            job = state.jobs[job_id].job
            data = {**_of_job(job_id, state), "priority": job.priority, "labels": dict(job.labels)}
            subject = f"job/{job_id}"
        case happenings.JobCancelled(job_id=job_id, note=note):
            data, subject = {**_of_job(job_id, state), "note": note}, f"job/{job_id}"
        case happenings.JobCompleted() | happenings.JobClosed() | happenings.JobUnassigned():
            ids = {"assignmentId": happening.assignment_id, "workerId": happening.worker_id}
            data, subject = {**_of_job(happening.job_id, state), **ids}, f"job/{happening.job_id}"
        case _:
            data = {
                **_of_job(happening.job_id, state),
                "workerId": happening.worker_id,
                "offerId": happening.offer_id,
            }
            if isinstance(happening, happenings.OfferAccepted):
                data["assignmentId"] = happening.assignment_id
            subject = f"worker/{happening.worker_id}/job/{happening.job_id}"
    event = grid_event(f"{_PREFIX}{name}", subject=subject, data=data)
    return {**event, "eventTime": event_time}


def _of_job(job_id: str, state: RouterState) -> Mapping[str, Any]:
    job = state.jobs[job_id].job
    return {
        "jobId": job_id,
        "channelReference": job.call_id,
        "channelId": job.channel_id,
        "queueId": job.queue_id,
    }
