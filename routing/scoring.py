"""How well a worker suits a job, by a formula; and the indicators that formula and model score by. Sans-IO.

For each indicator a worker's label becomes a number between 0, as bad as can be, and 1, as good as can be:

    (value - worst) / (best - worst), not less than 0 and not more than 1

The score is the mean of these numbers by the indicators' weights. A label that is missing or cannot be read
counts as its default. A value that says "unknown" (``00:00`` as the handling time) is left out, and so is an
indicator that compares with a label that the job does not have. If all are left out, the score is 0.5.

Values are numbers, or times as mm:ss or hh:mm:ss, which count in seconds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from routing.errors import InvalidSetup
from routing.values import Label, Labels, Score, Scores, Worker

FORMULA: Final = "formula"
_UNDECIDED: Final = 0.5


@dataclass(frozen=True, slots=True)
class Indicator:
    """A label of workers that says how well they do."""

    label: str
    default: Label = ""
    """For a worker without this label."""
    worst: Label = 0
    best: Label = 1
    """May be less than ``worst``: then less is better."""
    unknown: Label | None = None
    """A value that says nothing; None: every value says something."""
    weight: float = 1.0
    matches: str = ""
    """A label of the job: who has the same value, or has it in a list with commas, is best. Empty: no comparison."""

    def problem(self) -> str:
        """What is wrong with it; empty: nothing."""
        if not self.label:
            return "label is empty"
        if not self.weight > 0:
            return f"{self.label}: weight must be more than 0"
        if self.matches:
            return ""
        for name, value in (("default", self.default), ("worst", self.worst), ("best", self.best)):
            if number_of(value) is None:
                return f"{self.label}: {name} is neither a number nor a time as mm:ss or hh:mm:ss"
        return f"{self.label}: worst and best are the same" if number_of(self.worst) == number_of(self.best) else ""

    def value_in(self, labels: Labels) -> Label:
        """A worker's value, or the default."""
        value = labels.get(self.label)
        is_usable = value is not None and (self.matches or number_of(value) is not None)
        return value if is_usable and value is not None else self.default

    def goodness(self, labels: Labels, job_labels: Labels) -> float | None:
        """From 0 to 1; None: it says nothing here."""
        value = self.value_in(labels)
        if self.matches:
            wanted = job_labels.get(self.matches)
            has = {each.strip().casefold() for each in str(value).split(",")}
            return None if wanted is None else float(str(wanted).strip().casefold() in has)
        number, worst, best = number_of(value), number_of(self.worst), number_of(self.best)
        assert number is not None  # see ``problem``
        assert worst is not None
        assert best is not None
        if self.unknown is not None and number == number_of(self.unknown):
            return None
        return min(max((number - worst) / (best - worst), 0.0), 1.0)


INDICATORS: Final = (
    Indicator("CSAT", 1.5, worst=1, best=3),
    Indicator("Outcome", 0.5, worst=0, best=1),
    Indicator("AHT", "10:00", worst="20:00", best="00:00", unknown="00:00"),
)
"""Customer satisfaction, share of cases resolved, average handling time."""


def check(indicators: Sequence[Indicator]) -> None:
    """Refuse indicators that cannot be computed with. Raises ``InvalidSetup``."""
    names = [each.label for each in indicators]
    problems = [each.problem() for each in indicators]
    problems += [f"{name}: named twice" for name in sorted({each for each in names if names.count(each) > 1})]
    if not indicators:
        problems.append("there is none")
    if found := next((each for each in problems if each), ""):
        raise InvalidSetup(found)


def number_of(value: Label) -> float | None:
    """A number, or a time in seconds; None: neither."""
    if isinstance(value, bool | int | float):
        return float(value) if math.isfinite(value) else None
    parts = value.strip().split(":")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    is_time = 1 < len(parts) <= 3 and all(part.strip().isdecimal() for part in parts)
    if not all(math.isfinite(each) for each in numbers) or (len(parts) > 1 and not is_time):
        return None
    return sum((each * 60.0**place for place, each in enumerate(reversed(numbers))), 0.0)


def score_by_formula(
    indicators: Sequence[Indicator], job_labels: Labels, workers: Sequence[Worker], *, because: str = ""
) -> Scores:
    """What the formula says of each; ``because`` is put before each reason."""
    return Scores(tuple(_score(indicators, job_labels, each, because) for each in workers), FORMULA)


def values_of(indicators: Sequence[Indicator], worker: Worker) -> dict[str, Label]:
    """A worker's values, by label, as a scorer is to see them."""
    return {each.label: each.value_in(worker.labels) for each in indicators}


def _score(indicators: Sequence[Indicator], job_labels: Labels, worker: Worker, because: str) -> Score:
    total, weights, reasons = 0.0, 0.0, [because] if because else []
    for each in indicators:
        goodness = each.goodness(worker.labels, job_labels)
        if goodness is None:
            reasons.append(f"{each.label} says nothing")
            continue
        total, weights = total + each.weight * goodness, weights + each.weight
        given = each.value_in(worker.labels)
        note = "" if worker.labels.get(each.label) == given else " (default)"
        reasons.append(f"{each.label} {given}{note}: {goodness:.2f}")
    return Score(worker.worker_id, round(total / weights, 4) if weights else _UNDECIDED, "; ".join(reasons))
