"""How the pretended Job Router scores: by the policy's function, or as the service does without one."""

import math
from collections.abc import Mapping, Sequence

import aiohttp

from routing.values import Job, Labels, Operator, Score, ScoringFunction, Selector, Worker

TIMEOUT_S = 10.0
"""How long the service waits for a function is not documented."""


async def scores_by_function(
    http: aiohttp.ClientSession, function: ScoringFunction, job: Job, workers: Sequence[Worker]
) -> list[Score]:
    """Ask the function, in batches or one by one.

    Raises:
        ScoringFailed: It did not answer 200 with a number for each, in the form that is documented.
    """
    found: list[Score] = []
    size = max(1, function.batch_size) if function.is_batch else 1
    for begin in range(0, len(workers), size):
        found += await _asked(http, function, job, workers[begin : begin + size])
    return found


def scores_by_default(job: Job, workers: Sequence[Worker]) -> list[Score]:
    """Without a rule: the share of the job's labels and selectors that a worker meets.

    What is compared by magnitude counts by the logistic function of how far it is exceeded.
    """
    most = max(1, len(job.labels) + len(job.selectors))
    return [Score(each.worker_id, _met(job, each.all_labels) / most) for each in workers]


def _met(job: Job, labels: Labels) -> float:
    by_label = sum(labels.get(name) == value for name, value in job.labels.items())
    return by_label + sum(_met_selector(each, labels) for each in job.selectors)


def _met_selector(selector: Selector, labels: Labels) -> float:
    theirs, wanted = labels.get(selector.key), selector.value
    if selector.operator in (Operator.EQUAL, Operator.NOT_EQUAL):
        return float(selector.is_met_by(labels))
    if not isinstance(theirs, int | float) or isinstance(wanted, str) or not wanted:
        return 0.0  # by nothing it cannot be said how far
    is_more = selector.operator in (Operator.GREATER_THAN, Operator.GREATER_THAN_OR_EQUAL)
    margin = (theirs - wanted) / wanted if is_more else (wanted - theirs) / wanted
    return 0.5 * (1.0 + math.tanh(margin / 2))  # the logistic function, which overflows nowhere so


class ScoringFailed(Exception):
    """The function gave no scores; the message says why."""


async def _asked(
    http: aiohttp.ClientSession, function: ScoringFunction, job: Job, workers: Sequence[Worker]
) -> list[Score]:
    body: dict[str, object] = {
        "job": dict(job.labels),
        "selectors": [
            {
                "key": each.key,
                "operator": each.operator.value[0].upper() + each.operator.value[1:],
                "value": each.value,
                "expiresAfterSeconds": None,
            }
            for each in job.selectors
        ],
    }
    labels = [dict(each.all_labels) for each in workers]
    body |= {"workers": labels} if function.is_batch else {"worker": labels[0]}
    headers = {"x-functions-key": function.key} if function.key else {}
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with http.post(function.url, json=body, headers=headers, timeout=timeout) as response:
            if response.status != 200:
                raise ScoringFailed(f"the function answered {response.status}")
            answer = await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise ScoringFailed(f"the function could not be asked: {type(error).__name__}") from error
    by_id = answer if function.is_batch else {workers[0].worker_id: answer}
    return [Score(each.worker_id, _number(by_id, each.worker_id)) for each in workers]


def _number(by_id: object, worker_id: str) -> float:
    value = by_id.get(worker_id) if isinstance(by_id, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ScoringFailed(f"the function gave no number for {worker_id}")
    return float(value)
