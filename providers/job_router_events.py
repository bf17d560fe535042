"""What Azure's Job Router tells: by Event Grid, event by event, or to whoever looks again and again. Sans-IO."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from calls.envelopes import Envelope, Json, required_text_at, text_at
from calls.errors import MalformedEvent
from routing import happenings
from routing.happenings import Happening
from routing.job_steps import OVER
from routing.values import Assignment, JobStatus, JobView, Offer, WorkerView

_PREFIX = "microsoft.communication.router"
_OFFERED = "workeroffer"


@dataclass(frozen=True, slots=True)
class RouterEvent:
    """Something that has happened, and the call that it concerns."""

    happenings: tuple[Happening, ...]
    """In their order; none: nothing that we follow."""
    call_id: str = ""
    """Empty: the event does not say, or there is none."""


def read_router_event(envelope: Envelope, *, now: datetime) -> RouterEvent:
    """What an event of Event Grid says.

    Args:
        envelope: Of a kind that begins with ``Microsoft.Communication.Router``.
        now: Stands for the time of an event that has none.

    Raises:
        calls.errors.MalformedEvent: It lacks what it should have.
    """
    kind, data = envelope.kind.casefold().removeprefix(_PREFIX), envelope.data
    at = _moment(envelope.time, "eventTime") if envelope.time else now
    return RouterEvent(tuple(_happenings(kind, data, at)), text_at(data, "channelReference"))


def _happenings(kind: str, data: Json, at: datetime) -> list[Happening]:
    match kind:
        case "jobqueued":
            # That a job was given back is told by the event before: of this one it is known already.
            return [happenings.JobQueued(required_text_at(data, "jobId"), at)]
        case "jobcancelled":
            return [happenings.JobCancelled(required_text_at(data, "jobId"), at, text_at(data, "note"))]
        case "jobcompleted":
            return [happenings.JobCompleted(*_ids(data), at)]
        case "jobclosed":
            return [happenings.JobClosed(*_ids(data), at)]
        case "jobunassigned":
            job_id, assignment_id, worker_id = _ids(data)
            return [
                happenings.JobUnassigned(job_id, assignment_id, worker_id, at),
                happenings.JobQueued(job_id, at, assignment_id),
            ]
        case "workerregistered":
            return [happenings.WorkerRegistered(required_text_at(data, "workerId"), at)]
        case "workerderegistered":
            return [happenings.WorkerDeregistered(required_text_at(data, "workerId"), at)]
        case _ if kind.startswith(_OFFERED):
            told = _of_offer(kind.removeprefix(_OFFERED), data, at)
            return [] if told is None else [told]
        case _:
            return []


def _ids(data: Json) -> tuple[str, str, str]:
    """Of the job, its assignment and its worker."""
    return required_text_at(data, "jobId"), required_text_at(data, "assignmentId"), required_text_at(data, "workerId")


def _of_offer(kind: str, data: Json, at: datetime) -> Happening | None:
    offer_id, job_id, worker_id = (required_text_at(data, name) for name in ("offerId", "jobId", "workerId"))
    match kind:
        case "issued":
            offered_at = text_at(data, "offeredOn") or text_at(data, "offerTimeUtc")
            expires_at = text_at(data, "expiresOn") or required_text_at(data, "expiryTimeUtc")
            since = _moment(offered_at, "offeredOn") if offered_at else at
            # The event does not tell what the offer takes of the capacity: of a call it is one.
            return happenings.OfferIssued(
                Offer(offer_id, job_id, worker_id, 1, since, _moment(expires_at, "expiresOn")), at
            )
        case "accepted":
            return happenings.OfferAccepted(offer_id, job_id, worker_id, required_text_at(data, "assignmentId"), at)
        case "declined":
            return happenings.OfferDeclined(offer_id, job_id, worker_id, at)
        case "expired":
            return happenings.OfferExpired(offer_id, job_id, worker_id, at)
        case "revoked":
            return happenings.OfferRevoked(offer_id, job_id, worker_id, at)
        case _:
            return None


def _moment(written: str, key: str) -> datetime:
    try:
        at = datetime.fromisoformat(written.replace("Z", "+00:00"))
    except ValueError as error:
        raise MalformedEvent(f"{key} is not a time") from error
    if at.tzinfo is None:
        raise MalformedEvent(f"{key} has no zone")
    return at


@dataclass(slots=True)
class LookedAt:
    """A job that is looked at again and again: what must have happened since the last look.

    What has become of an offer is concluded: one that is gone was accepted if its worker has the job, has
    expired if its time is over, was revoked if the job is not theirs to take or the worker is away, and was
    declined else. But for the first it is told one look late: whoever is told by events knows it exactly, and
    is first.
    """

    _open: dict[str, Offer] = field(default_factory=dict)
    _gone: dict[str, Offer] = field(default_factory=dict)
    _assignments: dict[str, Assignment] = field(default_factory=dict)
    _accepted: set[str] = field(default_factory=set)
    """Assignments that came of an offer already: the same worker may be asked again."""
    _status: JobStatus | None = None

    def seen(self, view: JobView, workers: Mapping[str, WorkerView], now: datetime) -> Sequence[Happening]:
        """Take a look."""
        told: list[Happening] = []
        if self._status is None:
            told.append(happenings.JobQueued(view.job.job_id, view.enqueued_at))
        told += [self._end_of(each, view, workers, now) for each in self._gone.values()]
        still, known = {each.offer_id for each in view.offers}, self._open
        self._open, self._gone = {each.offer_id: each for each in view.offers}, {}
        for offer_id, offer in known.items():
            if offer_id not in still:
                end = self._end_of(offer, view, workers, now)
                if isinstance(end, happenings.OfferAccepted) or view.status in OVER:
                    told.append(end)  # certain, or the last look
                else:
                    self._gone[offer_id] = offer
        told += self._of_assignments(view, now)
        told += [happenings.OfferIssued(each, each.offered_at) for each in view.offers if each.offer_id not in known]
        if view.status is JobStatus.CANCELLED and self._status is not JobStatus.CANCELLED:
            told.append(happenings.JobCancelled(view.job.job_id, now))
        self._status = view.status
        return told

    def _of_assignments(self, view: JobView, now: datetime) -> list[Happening]:
        told: list[Happening] = []
        for each in view.assignments:
            was = self._assignments.get(each.assignment_id)
            ids = (each.job_id, each.assignment_id, each.worker_id)
            if each.completed_at is not None and (was is None or was.completed_at is None):
                told.append(happenings.JobCompleted(*ids, each.completed_at))
            if each.closed_at is not None and (was is None or was.closed_at is None):
                if each.completed_at is not None:
                    told.append(happenings.JobClosed(*ids, each.closed_at))
                elif view.status is JobStatus.QUEUED:
                    told += [
                        happenings.JobUnassigned(*ids, each.closed_at),
                        happenings.JobQueued(each.job_id, now, each.assignment_id),
                    ]
            self._assignments[each.assignment_id] = each
        return told

    def _end_of(self, offer: Offer, view: JobView, workers: Mapping[str, WorkerView], now: datetime) -> Happening:
        ids = (offer.offer_id, offer.job_id, offer.worker_id)
        for each in view.assignments:
            is_theirs = each.worker_id == offer.worker_id and each.assigned_at >= offer.offered_at
            if is_theirs and each.assignment_id not in self._accepted:
                self._accepted.add(each.assignment_id)
                return happenings.OfferAccepted(*ids, each.assignment_id, each.assigned_at)
        if now >= offer.expires_at:
            return happenings.OfferExpired(*ids, offer.expires_at)
        worker = workers.get(offer.worker_id)
        if view.status is not JobStatus.QUEUED or worker is None or not worker.worker.is_available:
            return happenings.OfferRevoked(*ids, now)
        return happenings.OfferDeclined(*ids, now)
