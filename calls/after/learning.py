"""What a call teaches about the human who took it over: their labels, by a moving average.

For each indicator: label + weight x (value of this call - label); a label that is missing or cannot be
read becomes the value itself. What nobody knows of a call teaches nothing.

    label     value of a call
    CSAT      by the synthesis of a model: terrible 1, low 1.5, partial 2, high 3
    Outcome   where a model has written the synthesis: 1 when the next action is ``case_closed``, else 0
    AHT       from the acceptance to the human's leaving, where the call stayed ours until then; as mm:ss

Labels change while no offer is open for their worker: a change would revoke it.
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from calls.errors import OfferOpen
from calls.events import EndReason
from routing.errors import IllegalJobStep, UnknownJob, UnknownWorker
from routing.ports import Router
from routing.scoring import number_of
from routing.values import Assignment, JobStatus, Label, Labels
from stores.records import CallHistory, NextAction, Satisfaction
from stores.router_history import RouterEventRecord, RouterHistory

LEARNT: Final = "LabelsLearnt"
"""The kind of event by which each assignment teaches once."""
_ACCEPTED: Final = "OfferAccepted"
_CSAT: Final[Mapping[Satisfaction, float]] = MappingProxyType(
    {Satisfaction.TERRIBLE: 1.0, Satisfaction.LOW: 1.5, Satisfaction.PARTIAL: 2.0, Satisfaction.HIGH: 3.0}
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is known of a call that a human took over."""

    csat: float | None = None
    """1 to 3."""
    outcome: float | None = None
    """0 or 1."""
    handling_s: float | None = None


def lesson_of(history: CallHistory, assignment: Assignment) -> Lesson:
    """What a call teaches."""
    synthesis, by_model = history.synthesis, history.synthesis is not None and not history.synthesis.is_extractive
    csat = _CSAT.get(synthesis.satisfaction) if synthesis is not None and by_model else None
    outcome = None
    if by_model and history.next_action is not None:
        outcome = float(history.next_action.action is NextAction.CASE_CLOSED)
    handling_s = None
    # Of a call that was taken away from us nobody knows how long they talked.
    if assignment.completed_at is not None and history.call.end_reason != EndReason.TRANSFERRED.value:
        handling_s = (assignment.completed_at - assignment.assigned_at).total_seconds()
    return Lesson(csat, outcome, handling_s)


def labels_after(labels: Labels, lesson: Lesson, *, weight: float) -> dict[str, Label]:
    """The labels that change, as they are to be.

    Args:
        labels: The worker's.
        lesson: Of one call.
        weight: Of this call: 0 to 1.
    """
    changed: dict[str, Label] = {}
    for name, value in (("CSAT", lesson.csat), ("Outcome", lesson.outcome)):
        if value is not None:
            changed[name] = round(_mean(labels.get(name), value, weight), 3)
    if lesson.handling_s is not None:
        known = labels.get("AHT")
        known = None if known is not None and number_of(known) == 0 else known  # 00:00: not known yet
        minutes, seconds = divmod(max(round(_mean(known, lesson.handling_s, weight)), 1), 60)
        changed["AHT"] = f"{minutes:02}:{seconds:02}"
    return {name: value for name, value in changed.items() if labels.get(name) != value}


def _mean(label: Label | None, value: float, weight: float) -> float:
    known = None if label is None else number_of(label)
    return value if known is None else known + weight * (value - known)


class Learning:
    """Lets the workers' labels learn from calls that are over; also ends assignments that a crash left open.

    Args:
        router: Of the workers.
        history: Where its events are.
        weight: Of one call, 0 to 1; 0: labels stay.
        utc_now: The time of day, timezone-aware.
    """

    def __init__(
        self, router: Router, history: RouterHistory, *, weight: float, utc_now: Callable[[], datetime]
    ) -> None:
        self._router = router
        self._history = history
        self._weight = weight
        self._utc_now = utc_now

    async def learn(self, history: CallHistory) -> str:
        """Learn from a call, each of its assignments once; in a few words, what was done.

        Raises:
            OfferOpen: Not now.
            routing.errors.RouterUnavailable, stores.errors.StoreError: Not now.
        """
        call_id = history.call.call_id
        events = await self._history.of_call(call_id)
        taught = 0
        for job_id in dict.fromkeys(each.job_id for each in events if each.kind == _ACCEPTED):
            for assignment in await self._finished(job_id):
                taught += await self._learn(history, assignment, events)
        return f"{taught} learnt from" if taught else "nothing to learn"

    async def _finished(self, job_id: str) -> list[Assignment]:
        """The assignments of a job in which somebody had the caller; they are over."""
        try:
            view = await self._router.job(job_id)
            for each in view.assignments if view.status in (JobStatus.ASSIGNED, JobStatus.COMPLETED) else ():
                if each.closed_at is None:
                    with contextlib.suppress(IllegalJobStep):  # the call itself, or the human, has done it meanwhile
                        await self._router.complete_job(job_id, each.assignment_id)
                        await self._router.close_job(job_id, each.assignment_id)
            return [each for each in (await self._router.job(job_id)).assignments if each.completed_at is not None]
        except UnknownJob:
            return []  # deleted

    async def _learn(self, history: CallHistory, assignment: Assignment, events: list[RouterEventRecord]) -> int:
        if not self._weight:
            return 0
        try:
            view = await self._router.worker(assignment.worker_id)
        except UnknownWorker:
            return 0
        if view.offers:
            raise OfferOpen
        key = f"learnt/{assignment.assignment_id}"
        known = next((each.payload for each in events if each.key == key), None)
        if known is None:
            labels = labels_after(view.worker.labels, lesson_of(history, assignment), weight=self._weight)
            known = {"worker_id": assignment.worker_id, "labels": labels}
            await self._keep(key, assignment.job_id, history.call.call_id, known)
        labels = dict(known["labels"])
        if labels:
            await self._router.update_labels(assignment.worker_id, labels)
        return int(bool(labels))

    async def _keep(self, key: str, job_id: str, call_id: str, payload: Mapping[str, Any]) -> None:
        """Once decided, the same is done however often this is begun anew."""
        await self._history.append([RouterEventRecord(key, job_id, LEARNT, payload, self._utc_now(), call_id)])
