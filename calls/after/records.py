"""What the work after calls reports of itself."""

from dataclasses import dataclass

from calls.after.steps import Step
from stores.call_work import StepState


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step has ended, one way or another."""

    call_id: str
    step: Step
    state: StepState
    detail: str
    """A word or two of ours."""
