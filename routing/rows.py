"""What a router knows as rows of the store, and back; what happens at one as records, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any

from routing import happenings
from routing.happenings import Happening, OfferIssued, job_id_of
from routing.state import RouterState, TrackedJob, TrackedWorker
from routing.values import (
    Assignment,
    Channel,
    Job,
    JobStatus,
    Offer,
    Operator,
    Policy,
    Queue,
    Selector,
    Worker,
)
from stores.router_history import RouterEventRecord
from stores.router_rows import RouterRows, Row

_KINDS: Mapping[str, type[Happening]] = MappingProxyType(
    {
        kind.__name__: kind
        for kind in (
            happenings.JobQueued,
            happenings.JobCancelled,
            happenings.JobCompleted,
            happenings.JobClosed,
            happenings.JobUnassigned,
            happenings.OfferIssued,
            happenings.OfferAccepted,
            happenings.OfferDeclined,
            happenings.OfferExpired,
            happenings.OfferRevoked,
            happenings.WorkerRegistered,
            happenings.WorkerDeregistered,
        )
    }
)
_ENDS_OF_OFFERS = ("OfferAccepted", "OfferDeclined", "OfferExpired", "OfferRevoked")
_TIMES = frozenset({"at", "offered_at", "expires_at"})


def state_of(rows: RouterRows) -> RouterState:
    """What the rows say."""
    return RouterState(
        policies={row["policy_id"]: Policy(**row) for row in rows.policies},
        queues={row["queue_id"]: Queue(**row) for row in rows.queues},
        workers={row["worker_id"]: _worker(row) for row in rows.workers},
        jobs={row["job_id"]: _job(row) for row in rows.jobs},
        offers={row["offer_id"]: Offer(**_without(row, "call_id", "is_open")) for row in rows.offers},
        assignments={row["assignment_id"]: Assignment(**_without(row, "call_id")) for row in rows.assignments},
    )


def changed_rows(before: RouterState, after: RouterState) -> RouterRows:
    """The rows of what is new or another object than it was; an offer that is gone is not open any more."""
    calls = {job_id: tracked.job.call_id for job_id, tracked in after.jobs.items()}
    gone = [offer for offer_id, offer in before.offers.items() if offer_id not in after.offers]
    return RouterRows(
        policies=[_without(asdict(each), "scoring") for each in _changed(before.policies, after.policies)],
        queues=[asdict(each) for each in _changed(before.queues, after.queues)],
        workers=[_worker_row(each) for each in _changed(before.workers, after.workers)],
        jobs=[_job_row(each) for each in _changed(before.jobs, after.jobs)],
        offers=[
            *(_belonging(each, calls) | {"is_open": False} for each in gone),
            *(_belonging(each, calls) | {"is_open": True} for each in _changed(before.offers, after.offers)),
        ],
        assignments=[_belonging(each, calls) for each in _changed(before.assignments, after.assignments)],
    )


def copied(state: RouterState) -> RouterState:
    """The same, which does not change with it."""
    return RouterState(
        dict(state.policies),
        dict(state.queues),
        dict(state.workers),
        dict(state.jobs),
        dict(state.offers),
        dict(state.assignments),
    )


def event_record(happening: Happening, *, call_id: str = "") -> RouterEventRecord:
    """What is kept of it."""
    kind = type(happening).__name__
    payload = _as_json(asdict(happening))
    return RouterEventRecord(_key(happening, kind), job_id_of(happening), kind, payload, happening.at, call_id)


def happening_of(record: RouterEventRecord) -> Happening | None:
    """What a record says; None: a kind that this version does not know."""
    kind = _KINDS.get(record.kind)
    if kind is None:
        return None
    values = _from_json(record.payload)
    if kind is OfferIssued:
        return OfferIssued(Offer(**values["offer"]), values["at"])
    return kind(**values)


def _key(happening: Happening, kind: str) -> str:
    """The same for the same happening, whoever tells it: an offer ends once, however it does."""
    match happening:
        case OfferIssued():
            return f"offer/{happening.offer.offer_id}"
        case happenings.WorkerRegistered() | happenings.WorkerDeregistered():
            return f"{kind}/{happening.worker_id}/{happening.at.isoformat()}"
        case happenings.JobCompleted() | happenings.JobClosed() | happenings.JobUnassigned():
            return f"{kind}/{happening.assignment_id}"
        case happenings.JobQueued():
            return f"{kind}/{happening.job_id}/{happening.after}"
        case happenings.JobCancelled():
            return f"{kind}/{happening.job_id}"
        case _:
            assert kind in _ENDS_OF_OFFERS
            return f"offer/{happening.offer_id}/end"


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _as_json(value)
        if isinstance(value, Mapping)
        else value.isoformat()
        if isinstance(value, datetime)
        else value
        for name, value in values.items()
    }


def _from_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _from_json(value)
        if isinstance(value, Mapping)
        else datetime.fromisoformat(value)
        if name in _TIMES
        else value
        for name, value in values.items()
    }


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Any]:
    return [each for key, each in after.items() if before.get(key) is not each]


def _without(row: Row, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _belonging(each: Offer | Assignment, calls: Mapping[str, str]) -> dict[str, Any]:
    return asdict(each) | {"call_id": calls.get(each.job_id, "")}


def _worker(row: Row) -> TrackedWorker:
    own = _without(row, "idle_since", "queue_ids", "channels")
    channels = tuple(Channel(**each) for each in row["channels"])
    return TrackedWorker(Worker(**own, queue_ids=tuple(row["queue_ids"]), channels=channels), row["idle_since"])


def _worker_row(tracked: TrackedWorker) -> dict[str, Any]:
    return asdict(tracked.worker) | {
        "queue_ids": list(tracked.worker.queue_ids),
        "channels": [asdict(each) for each in tracked.worker.channels],
        "idle_since": tracked.idle_since,
    }


def _job(row: Row) -> TrackedJob:
    selectors = tuple(Selector(each["key"], each["value"], Operator(each["operator"])) for each in row["selectors"])
    names = ("job_id", "queue_id", "call_id", "channel_id", "priority", "labels")
    refusals = {worker: None if at is None else datetime.fromisoformat(at) for worker, at in row["refusals"].items()}
    return TrackedJob(
        Job(**{name: row[name] for name in names}, selectors=selectors),
        JobStatus(row["status"]),
        row["enqueued_at"],
        row["scores"],
        row["scoring_round"],
        row["scoring_until"],
        refusals,
    )


def _job_row(tracked: TrackedJob) -> dict[str, Any]:
    selectors = [asdict(each) | {"operator": each.operator.value} for each in tracked.job.selectors]
    return asdict(tracked.job) | {
        "selectors": selectors,
        "status": tracked.status.value,
        "enqueued_at": tracked.enqueued_at,
        "scores": dict(tracked.scores),
        "scoring_round": tracked.scoring_round,
        "scoring_until": tracked.scoring_until,
        "refusals": {worker: None if at is None else at.isoformat() for worker, at in tracked.refusals.items()},
    }
