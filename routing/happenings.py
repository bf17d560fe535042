"""What happens at a router, as it is told to others: past participles, with the ids by which it is found again."""

from dataclasses import dataclass
from datetime import datetime

from routing.values import Offer


@dataclass(frozen=True, slots=True)
class JobQueued:
    """A job waits for a worker: it is new, or it was given back."""

    job_id: str
    at: datetime
    after: str = ""
    """The assignment with which it was given back; empty: it is new."""


@dataclass(frozen=True, slots=True)
class JobCancelled:
    """Nobody is looked for any more."""

    job_id: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class JobCompleted:
    """Its worker is done with the caller, and still takes time for what comes after."""

    job_id: str
    assignment_id: str
    worker_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class JobClosed:
    """Its worker is free for the next."""

    job_id: str
    assignment_id: str
    worker_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class JobUnassigned:
    """Its worker has given it back: ``JobQueued`` follows."""

    job_id: str
    assignment_id: str
    worker_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferIssued:
    """A worker was asked."""

    offer: Offer
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """The worker has taken the job: the caller is theirs."""

    offer_id: str
    job_id: str
    worker_id: str
    assignment_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferDeclined:
    """The worker does not want the job."""

    offer_id: str
    job_id: str
    worker_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferExpired:
    """The worker has not answered in time; ``WorkerDeregistered`` follows."""

    offer_id: str
    job_id: str
    worker_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferRevoked:
    """The offer was taken back: another worker was faster, the job is over, or the worker is not as they were."""

    offer_id: str
    job_id: str
    worker_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkerRegistered:
    """The worker takes offers from now on."""

    worker_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkerDeregistered:
    """The worker takes no offers any more, until they are registered again."""

    worker_id: str
    at: datetime


JobHappening = (
    JobQueued
    | JobCancelled
    | JobCompleted
    | JobClosed
    | JobUnassigned
    | OfferIssued
    | OfferAccepted
    | OfferDeclined
    | OfferExpired
    | OfferRevoked
)
"""What concerns one job."""
Happening = JobHappening | WorkerRegistered | WorkerDeregistered


def job_id_of(happening: Happening) -> str:
    """The job that it concerns; empty: none."""
    match happening:
        case OfferIssued():
            return happening.offer.job_id
        case WorkerRegistered() | WorkerDeregistered():
            return ""
        case _:
            return happening.job_id
