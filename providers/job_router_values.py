"""Job Router's objects as its SDK has them, and as ``routing`` knows them. Sans-IO.

A worker's name and target are tags; the label ``Id``, which the service adds, and the label ``JobId``, by
which scorings are found again, are ours to add and to take away.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from azure.communication.jobrouter import models as sdk

from routing.values import (
    ID_LABEL,
    JOB_LABEL,
    Assignment,
    Channel,
    Job,
    JobStatus,
    JobView,
    Label,
    Offer,
    Operator,
    Policy,
    Queue,
    ScoringFunction,
    Selector,
    Worker,
    WorkerState,
    WorkerView,
)

_WAITING = frozenset(
    {"created", "pendingClassification", "classificationFailed", "queued", "pendingSchedule", "scheduled"}
    | {"scheduleFailed", "waitingForActivation"}
)
"""What the service has beside ``queued``, for jobs of other makers: nobody has them yet."""


def sdk_policy(policy: Policy) -> sdk.DistributionPolicy:
    """As it is sent, with its key."""
    scoring, rule, options = policy.scoring, None, None
    if scoring is not None:
        credential = sdk.FunctionRouterRuleCredential(function_key=scoring.key) if scoring.key else None
        rule = sdk.FunctionRouterRule(function_uri=scoring.url, credential=credential)
        options = sdk.ScoringRuleOptions(
            is_batch_scoring_enabled=scoring.is_batch,
            batch_size=scoring.batch_size if scoring.is_batch else None,
            scoring_parameters=[
                sdk.ScoringRuleParameterSelector.JOB_LABELS,
                sdk.ScoringRuleParameterSelector.WORKER_SELECTORS,
            ],
            descending_order=True,
        )
    mode = sdk.BestWorkerMode(
        min_concurrent_offers=1,
        max_concurrent_offers=policy.concurrent_offers,
        scoring_rule=rule,
        scoring_rule_options=options,
    )
    return sdk.DistributionPolicy(name=policy.name, offer_expires_after_seconds=policy.offer_expires_s, mode=mode)


def policy_of(found: Any, *, key: str) -> Policy:
    """As it is there; ``key`` stands for the key, which the service does not show."""
    mode = found.mode
    rule, options = getattr(mode, "scoring_rule", None), getattr(mode, "scoring_rule_options", None)
    scoring = None
    if isinstance(rule, sdk.FunctionRouterRule):
        is_batch = bool(options and options.is_batch_scoring_enabled)
        scoring = ScoringFunction(rule.function_uri, key, is_batch, (options and options.batch_size) or 20)
    return Policy(
        found.id,
        found.name or "",
        float(found.offer_expires_after_seconds or 0),
        int(getattr(mode, "max_concurrent_offers", None) or 1),
        scoring,
    )


def sdk_queue(queue: Queue) -> sdk.RouterQueue:
    """As it is sent."""
    return sdk.RouterQueue(name=queue.name, distribution_policy_id=queue.policy_id)


def queue_of(found: Any) -> Queue:
    """As it is there."""
    return Queue(found.id, found.distribution_policy_id or "", found.name or "")


def sdk_worker(worker: Worker, known: Worker | None) -> sdk.RouterWorker:
    """As it is sent: a merge patch, which takes away the labels that are not wanted any more."""
    gone = dict.fromkeys(known.labels if known else (), None)
    return sdk.RouterWorker(
        queues=list(worker.queue_ids),
        capacity=worker.capacity,
        channels=[
            sdk.RouterChannel(
                channel_id=each.channel_id, capacity_cost_per_job=each.cost, max_number_of_jobs=each.most_jobs
            )
            for each in worker.channels
        ],
        labels={**gone, **worker.labels},
        tags={"name": worker.name, "target": worker.target},
        available_for_offers=worker.is_available,
    )


def worker_view(found: Any) -> WorkerView:
    """As they are there."""
    tags = found.tags or {}
    worker = Worker(
        found.id,
        str(tags.get("name", "")),
        str(tags.get("target", "")),
        tuple(found.queues or ()),
        _labels(found.labels, ID_LABEL),
        int(found.capacity or 0),
        tuple(
            Channel(each.channel_id, each.capacity_cost_per_job, each.max_number_of_jobs)
            for each in found.channels or ()
        ),
        bool(found.available_for_offers),
    )
    offers = tuple(
        Offer(each.offer_id, each.job_id, found.id, each.capacity_cost, _utc(each.offered_at), _utc(each.expires_at))
        for each in found.offers or ()
    )
    held = tuple(
        Assignment(each.assignment_id, each.job_id, found.id, each.capacity_cost, _utc(each.assigned_at))
        for each in found.assigned_jobs or ()
    )
    return WorkerView(worker, WorkerState(found.state or "inactive"), offers, held)


def sdk_job(job: Job) -> sdk.RouterJob:
    """As it is sent."""
    return sdk.RouterJob(
        channel_id=job.channel_id,
        channel_reference=job.call_id,
        queue_id=job.queue_id,
        priority=job.priority,
        labels={**job.labels, JOB_LABEL: job.job_id},
        requested_worker_selectors=[
            sdk.RouterWorkerSelector(key=each.key, label_operator=each.operator.value, value=each.value)
            for each in job.selectors
        ],
    )


def job_view(found: Any, workers: Iterable[WorkerView]) -> JobView:
    """As it is there; its offers are told by the workers."""
    selectors = tuple(
        Selector(each.key, each.value, Operator(each.label_operator)) for each in found.requested_worker_selectors or ()
    )
    job = Job(
        found.id,
        found.queue_id or "",
        found.channel_reference or "",
        found.channel_id or "",
        int(found.priority or 1),
        _labels(found.labels, JOB_LABEL),
        selectors,
    )
    status = str(getattr(found.status, "value", found.status))
    offers = (offer for view in workers for offer in view.offers if offer.job_id == found.id)
    assignments = (_assignment(each, found.id) for each in (found.assignments or {}).values())
    return JobView(
        job,
        JobStatus.QUEUED if status in _WAITING else JobStatus(status),
        _utc(found.enqueued_at),
        tuple(sorted(offers, key=lambda each: (each.offered_at, each.offer_id))),
        tuple(sorted(assignments, key=lambda each: (each.assigned_at, each.assignment_id))),
    )


def _assignment(each: Any, job_id: str) -> Assignment:
    done = None if each.completed_at is None else _utc(each.completed_at)
    closed = None if each.closed_at is None else _utc(each.closed_at)
    return Assignment(each.assignment_id, job_id, each.worker_id or "", 1, _utc(each.assigned_at), done, closed)


def _labels(found: Mapping[str, Any] | None, ours: str) -> dict[str, Label]:
    return {
        name: value
        for name, value in (found or {}).items()
        if name != ours and isinstance(value, str | int | float | bool)
    }


def _utc(at: datetime | None) -> datetime:
    """The beginning of time for what the service does not say."""
    if at is None:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
