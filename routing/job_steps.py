"""The steps of a job; the table stands at the head of ``routing.router``."""

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType

from routing.errors import IllegalJobStep
from routing.values import JobStatus


class Step(Enum):
    """What can be done with a job."""

    ACCEPTED = auto()
    CANCELLED = auto()
    COMPLETED = auto()
    CLOSED = auto()
    UNASSIGNED = auto()


STEPS: Mapping[tuple[JobStatus, Step], JobStatus] = MappingProxyType(
    {
        (JobStatus.QUEUED, Step.ACCEPTED): JobStatus.ASSIGNED,
        (JobStatus.QUEUED, Step.CANCELLED): JobStatus.CANCELLED,
        (JobStatus.ASSIGNED, Step.CANCELLED): JobStatus.CANCELLED,
        (JobStatus.ASSIGNED, Step.COMPLETED): JobStatus.COMPLETED,
        (JobStatus.ASSIGNED, Step.UNASSIGNED): JobStatus.QUEUED,
        (JobStatus.COMPLETED, Step.CLOSED): JobStatus.CLOSED,
    }
)
"""(status, step) → following status."""
OVER = frozenset({JobStatus.CLOSED, JobStatus.CANCELLED})
"""Nothing leads out of these."""
_TAKEN_BEFORE: Mapping[Step, JobStatus] = MappingProxyType(
    {
        Step.CANCELLED: JobStatus.CANCELLED,
        Step.COMPLETED: JobStatus.COMPLETED,
        Step.CLOSED: JobStatus.CLOSED,
    }
)
"""Where a job is that has just taken a step: to be told it again changes nothing."""


def status_after(status: JobStatus, step: Step, *, job_id: str) -> JobStatus | None:
    """Where a step leads; None when it was taken before. Raises ``IllegalJobStep``, which names the job."""
    following = STEPS.get((status, step))
    if following is None and _TAKEN_BEFORE.get(step) is not status:
        raise IllegalJobStep(f"job {job_id} is {status.value}: it cannot be {step.name.lower()}")
    return following
