"""What a router knows: policies, queues, workers, jobs, offers, assignments, scores. Times are UTC, aware."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Label = str | int | float | bool
Labels = Mapping[str, Label]
"""What a worker is good at, or what a job is about; names are the user's own, case counts."""
VOICE = "voice"
"""The channel of telephone calls."""
ID_LABEL = "Id"
"""Every worker has this label: its id."""
JOB_LABEL = "JobId"
"""Every scorer is shown this label of the job: its id, by which scorings are found again."""


class Operator(StrEnum):
    """How a worker's label is compared with what a job asks for."""

    EQUAL = "equal"
    NOT_EQUAL = "notEqual"
    LESS_THAN = "lessThan"
    LESS_THAN_OR_EQUAL = "lessThanOrEqual"
    GREATER_THAN = "greaterThan"
    GREATER_THAN_OR_EQUAL = "greaterThanOrEqual"


@dataclass(frozen=True, slots=True)
class Selector:
    """What a job asks of its worker: without it no offer is made."""

    key: str
    value: Label
    operator: Operator = Operator.EQUAL

    def is_met_by(self, labels: Labels) -> bool:
        """Whether a worker with these labels will do. A missing label meets ``notEqual`` alone."""
        if self.key not in labels:
            return self.operator is Operator.NOT_EQUAL
        theirs = labels[self.key]
        if self.operator is Operator.EQUAL:
            return theirs == self.value
        if self.operator is Operator.NOT_EQUAL:
            return theirs != self.value
        if isinstance(theirs, str) or isinstance(self.value, str):
            return False  # more and less are for numbers
        match self.operator:
            case Operator.LESS_THAN:
                return theirs < self.value
            case Operator.LESS_THAN_OR_EQUAL:
                return theirs <= self.value
            case Operator.GREATER_THAN:
                return theirs > self.value
            case _:
                return theirs >= self.value


@dataclass(frozen=True, slots=True)
class Channel:
    """A kind of work that a worker takes."""

    channel_id: str = VOICE
    cost: int = 1
    """Of the worker's capacity, for each job."""
    most_jobs: int | None = None
    """At once, on this channel; None: as many as the capacity allows."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A human agent."""

    worker_id: str
    name: str = ""
    target: str = ""
    """Where a call is handed to them: a number (E.164), or the raw id of a user of the telephone service."""
    queue_ids: tuple[str, ...] = ()
    labels: Labels = field(default_factory=dict)
    """Without ``ID_LABEL``."""
    capacity: int = 1
    channels: tuple[Channel, ...] = (Channel(),)
    is_available: bool = True
    """Whether offers may be made to them: they are signed in."""

    @property
    def all_labels(self) -> Labels:
        """The labels, with that which every worker has."""
        return {ID_LABEL: self.worker_id, **self.labels}

    def channel(self, channel_id: str) -> Channel | None:
        """One of its channels; None when it takes no such work."""
        return next((each for each in self.channels if each.channel_id == channel_id), None)


@dataclass(frozen=True, slots=True)
class ScoringFunction:
    """Where a router that is a service asks for scores; one in process has its scorer at hand."""

    url: str
    key: str = field(default="", repr=False)
    is_batch: bool = True
    """All workers in one request, up to ``batch_size``; else one request for each."""
    batch_size: int = 20


@dataclass(frozen=True, slots=True)
class Policy:
    """How offers are made: to the best worker."""

    policy_id: str
    name: str = ""
    offer_expires_s: float = 30.0
    concurrent_offers: int = 1
    """For one job, at once."""
    scoring: ScoringFunction | None = None
    """None: as the router is wont to."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Where jobs wait."""

    queue_id: str
    policy_id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """Something that wants a worker: a caller who asks for a human."""

    job_id: str
    queue_id: str
    call_id: str = ""
    """Empty: it belongs to no call."""
    channel_id: str = VOICE
    priority: int = 1
    """The higher comes first."""
    labels: Labels = field(default_factory=dict)
    """The context: language, topic, satisfaction so far. Never words that were said."""
    selectors: tuple[Selector, ...] = ()


class JobStatus(StrEnum):
    """See ``routing.router``."""

    QUEUED = "queued"
    ASSIGNED = "assigned"
    COMPLETED = "completed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Offer:
    """A job, held out to a worker."""

    offer_id: str
    job_id: str
    worker_id: str
    cost: int
    offered_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Assignment:
    """A job that a worker has taken."""

    assignment_id: str
    job_id: str
    worker_id: str
    cost: int
    assigned_at: datetime
    completed_at: datetime | None = None
    closed_at: datetime | None = None
    """Or unassigned, or cancelled: it takes no capacity any more."""


@dataclass(frozen=True, slots=True)
class Score:
    """How well a worker suits a job: 0 to 1, more is better."""

    worker_id: str
    score: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Scores:
    """One scoring of some workers for a job."""

    scores: tuple[Score, ...]
    """One for each worker that was asked about, in that order."""
    scorer: str
    """Who has scored: ``formula``, or the name of a model."""


class WorkerState(StrEnum):
    """Whether a worker takes jobs."""

    ACTIVE = "active"
    DRAINING = "draining"
    """Takes no more, and has some still."""
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as it stands."""

    job: Job
    status: JobStatus
    enqueued_at: datetime
    offers: tuple[Offer, ...] = ()
    """Those that are open."""
    assignments: tuple[Assignment, ...] = ()
    """Those too that are over."""


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker as they stand."""

    worker: Worker
    state: WorkerState
    offers: tuple[Offer, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    """Those that take capacity."""

    @property
    def load(self) -> int:
        """How much of the capacity is taken: an open offer takes some, too."""
        return sum(each.cost for each in self.offers) + sum(each.cost for each in self.assignments)


@dataclass(frozen=True, slots=True)
class QueueView:
    """A queue as it stands."""

    queue: Queue
    length: int
    """Jobs that wait for an answer to their offers, or for a worker."""
    longest_wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """What setting up has changed, or would change."""

    kind: str
    """``policy``, ``queue`` or ``worker``."""
    name: str
    """Its id."""
    fields: tuple[str, ...] = ()
    """Which of its fields; empty: it is new."""
