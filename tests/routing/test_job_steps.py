"""The steps of a job: those of the table, those taken before, and no others."""

import itertools

import pytest

from routing.errors import IllegalJobStep
from routing.job_steps import OVER, STEPS, Step, status_after
from routing.values import JobStatus

AGAIN = {
    (JobStatus.CANCELLED, Step.CANCELLED),
    (JobStatus.COMPLETED, Step.COMPLETED),
    (JobStatus.CLOSED, Step.CLOSED),
}


@pytest.mark.parametrize(("status", "step"), list(itertools.product(JobStatus, Step)))
def test_every_pair(status: JobStatus, step: Step) -> None:
    """Leads somewhere, was taken before, or raises."""
    if (status, step) in STEPS:
        assert status_after(status, step, job_id="job-1") is STEPS[status, step]
    elif (status, step) in AGAIN:
        assert status_after(status, step, job_id="job-1") is None
    else:
        with pytest.raises(IllegalJobStep, match="job-1"):
            status_after(status, step, job_id="job-1")


def test_nothing_leads_out_of_what_is_over() -> None:
    """A job that is closed or cancelled stays so."""
    assert not OVER & {status for status, _ in STEPS}
