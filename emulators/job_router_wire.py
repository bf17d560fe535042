"""Job Router's objects as its REST interface writes them, and as ``routing`` knows them.

A body is a JSON merge patch: what it names is changed, null takes away. A field that the service does not
know is refused: a server under test shall learn of its typing errors. Source: the service's REST
specification, api-version 2023-11-01, and the Python SDK 1.0.0.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from emulators.acs_requests import bad_request
from routing.values import (
    Assignment,
    Channel,
    Job,
    JobView,
    Offer,
    Operator,
    Policy,
    Queue,
    ScoringFunction,
    Selector,
    Worker,
    WorkerView,
)

Json = Mapping[str, Any]
FIELDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "distributionPolicies": frozenset({"name", "offerExpiresAfterSeconds", "mode"}),
        "queues": frozenset({"name", "distributionPolicyId", "labels", "exceptionPolicyId"}),
        "workers": frozenset({"queues", "capacity", "channels", "labels", "tags", "availableForOffers"}),
        "jobs": frozenset(
            {"channelId", "channelReference", "queueId", "priority", "requestedWorkerSelectors", "labels", "tags"}
            | {"notes", "matchingMode", "dispositionCode"}
        ),
    }
)
"""What can be sent, by the kind of the object."""


def merged(document: Json, patch: Json) -> dict[str, Any]:
    """A document after a merge patch (RFC 7396)."""
    found = dict(document)
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        elif isinstance(value, dict):
            below = found.get(name)
            found[name] = merged(below if isinstance(below, dict) else {}, value)
        else:
            found[name] = value
    return found


def checked(kind: str, patch: object) -> Json:
    """A patch that names known fields only. Raises ``RequestRefused``."""
    if not isinstance(patch, dict):
        raise bad_request("the body is not an object")
    if unknown := sorted(set(patch) - FIELDS[kind]):
        raise bad_request(f"{unknown[0]}: there is no such field")
    return patch


def policy_of(policy_id: str, document: Json) -> Policy:
    """A distribution policy. Raises ``RequestRefused``: only best-worker policies are pretended."""
    mode = document.get("mode") or {}
    if mode.get("kind") != "bestWorker":
        raise bad_request("mode: this emulator knows bestWorker only")
    if mode.get("bypassSelectors"):
        raise bad_request("mode.bypassSelectors: this emulator does not know it")
    rule, options = mode.get("scoringRule") or {}, mode.get("scoringRuleOptions") or {}
    if options.get("descendingOrder") is False:
        raise bad_request("mode.scoringRuleOptions.descendingOrder: this emulator gives the highest score the job")
    given = options.get("scoringParameters")
    if given is not None and set(given) != {"jobLabels", "workerSelectors"}:
        raise bad_request("mode.scoringRuleOptions.scoringParameters: this emulator sends both to functions")
    scoring = None
    if rule:
        if rule.get("kind") != "function" or not rule.get("functionUri"):
            raise bad_request("mode.scoringRule: this emulator knows functions only")
        key = (rule.get("credential") or {}).get("functionKey") or ""
        is_batch = bool(options.get("isBatchScoringEnabled", False))
        scoring = ScoringFunction(rule["functionUri"], key, is_batch, int(options.get("batchSize") or 20))
    return Policy(
        policy_id,
        document.get("name") or "",
        float(document.get("offerExpiresAfterSeconds") or 60.0),
        int(mode.get("maxConcurrentOffers") or 1),
        scoring,
    )


def queue_of(queue_id: str, document: Json) -> Queue:
    """A queue."""
    return Queue(queue_id, document.get("distributionPolicyId") or "", document.get("name") or "")


def worker_of(worker_id: str, document: Json) -> Worker:
    """A worker; name and target are tags, as far as ``routing`` is concerned."""
    channels = tuple(_channel_of(each) for each in document.get("channels") or ())
    tags = document.get("tags") or {}
    labels = {name: value for name, value in (document.get("labels") or {}).items() if name != "Id"}
    return Worker(
        worker_id,
        str(tags.get("name", "")),
        str(tags.get("target", "")),
        tuple(document.get("queues") or ()),
        labels,
        int(document.get("capacity") or 0),
        channels,
        bool(document.get("availableForOffers", False)),
    )


def _channel_of(document: Json) -> Channel:
    """A channel of a worker. Raises ``RequestRefused``."""
    cost, most = document.get("capacityCostPerJob"), document.get("maxNumberOfJobs")
    if not document.get("channelId") or not isinstance(cost, int):
        raise bad_request("channels: channelId and capacityCostPerJob are needed")
    if most is not None and not isinstance(most, int):
        raise bad_request("channels.maxNumberOfJobs: must be a whole number")
    return Channel(document["channelId"], cost, most)


def job_of(job_id: str, document: Json) -> Job:
    """A job. Raises ``RequestRefused``: jobs are queued at once, and go where they say."""
    if document.get("classificationPolicyId"):
        raise bad_request("classificationPolicyId: this emulator does not know it")
    if (document.get("matchingMode") or {"kind": "queueAndMatch"}).get("kind") != "queueAndMatch":
        raise bad_request("matchingMode: this emulator knows queueAndMatch only")
    selectors = tuple(_selector_of(each) for each in document.get("requestedWorkerSelectors") or ())
    return Job(
        job_id,
        document.get("queueId") or "",
        document.get("channelReference") or "",
        document.get("channelId") or "",
        int(document.get("priority") or 1),
        dict(document.get("labels") or {}),
        selectors,
    )


def _selector_of(document: Json) -> Selector:
    """What a job asks of its worker. Raises ``RequestRefused``."""
    for name in ("expiresAfterSeconds", "expedite"):
        if document.get(name):
            raise bad_request(f"requestedWorkerSelectors.{name}: this emulator does not know it")
    if document.get("labelOperator") not in set(Operator):
        raise bad_request(f"requestedWorkerSelectors.labelOperator: must be one of {', '.join(Operator)}")
    if not document.get("key") or not isinstance(document.get("value"), str | int | float):
        raise bad_request("requestedWorkerSelectors: key and value are needed; value is a text, a number or a truth")
    return Selector(document["key"], document["value"], Operator(document["labelOperator"]))


def retry_at(body: Json) -> datetime | None:
    """When whoever declines may be asked again; None: it is not said. Raises ``RequestRefused``."""
    written = body.get("retryOfferAt")
    if written is None:
        return None
    try:
        at = datetime.fromisoformat(str(written).replace("Z", "+00:00"))
    except ValueError as error:
        raise bad_request("retryOfferAt: must be a moment") from error
    if at.tzinfo is None:
        raise bad_request("retryOfferAt: must tell its offset")
    return at


def without_secrets(document: Json) -> dict[str, Any]:
    """A policy as the service shows it: keys are sent, and never given back."""
    shown = dict(document)
    mode = dict(shown.get("mode") or {})
    if mode.get("scoringRule"):
        mode["scoringRule"] = {name: value for name, value in mode["scoringRule"].items() if name != "credential"}
        shown["mode"] = mode
    return shown


def worker_body(view: WorkerView, document: Json) -> dict[str, Any]:
    """A worker as the service shows them."""
    worker = view.worker
    return {
        **document,
        "id": worker.worker_id,
        "state": view.state.value,
        "labels": dict(worker.all_labels),
        "availableForOffers": worker.is_available,
        "loadRatio": view.load / worker.capacity if worker.capacity else 0.0,
        "offers": [_offer(each) for each in view.offers],
        "assignedJobs": [
            {
                "assignmentId": each.assignment_id,
                "jobId": each.job_id,
                "capacityCost": each.cost,
                "assignedAt": moment(each.assigned_at),
            }
            for each in view.assignments
        ],
    }


def job_body(view: JobView, document: Json) -> dict[str, Any]:
    """A job as the service shows it."""
    return {
        **document,
        "id": view.job.job_id,
        "status": view.status.value,
        "enqueuedAt": moment(view.enqueued_at),
        "assignments": {each.assignment_id: _assignment(each) for each in view.assignments},
    }


def moment(at: datetime) -> str:
    """As the service writes times."""
    return at.isoformat().replace("+00:00", "Z")


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "offerId": offer.offer_id,
        "jobId": offer.job_id,
        "capacityCost": offer.cost,
        "offeredAt": moment(offer.offered_at),
        "expiresAt": moment(offer.expires_at),
    }


def _assignment(each: Assignment) -> dict[str, Any]:
    found = {
        "assignmentId": each.assignment_id,
        "workerId": each.worker_id,
        "assignedAt": moment(each.assigned_at),
    }
    if each.completed_at is not None:
        found["completedAt"] = moment(each.completed_at)
    if each.closed_at is not None:
        found["closedAt"] = moment(each.closed_at)
    return found
