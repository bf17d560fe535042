"""What Job Router asks a scoring function, and what it is answered: one worker or a batch. Sans-IO.

One worker: ``{"job": {…}, "selectors": […], "worker": {"Id": …}}``, answered by a number. A batch has
``"workers": [{"Id": …}, …]`` instead, answered by an object of numbers by id. Reasons name keys, never values.

Source: Microsoft's documentation of how to customize the scoring of workers.
"""

from dataclasses import dataclass

import msgspec

from routing.errors import MalformedScoreRequest
from routing.values import ID_LABEL, Label, Scores, Worker

MOST_WORKERS = 200
"""In one request; Job Router sends 20 unless it is told otherwise."""
LONGEST_BODY_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """What is asked."""

    job_labels: dict[str, Label]
    workers: tuple[Worker, ...]
    is_batch: bool


def parse_score_request(body: bytes) -> ScoreRequest:
    """Read a request. Raises ``MalformedScoreRequest``."""
    try:
        asked = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedScoreRequest("the body is not JSON") from error
    if not isinstance(asked, dict):
        raise MalformedScoreRequest("the body is not an object")
    one, several = asked.get("worker"), asked.get("workers")
    if (one is None) == (several is None):
        raise MalformedScoreRequest("either worker or workers is wanted")
    found = several if one is None else [one]
    if not isinstance(found, list) or not found:
        raise MalformedScoreRequest("workers is not a list of at least one")
    if len(found) > MOST_WORKERS:
        raise MalformedScoreRequest(f"workers: at most {MOST_WORKERS}")
    workers = tuple(_worker(each) for each in found)
    if len({each.worker_id for each in workers}) < len(workers):
        raise MalformedScoreRequest(f"workers: {ID_LABEL} names one twice")
    return ScoreRequest(_labels(asked.get("job"), "job"), workers, is_batch=one is None)


def score_answer(request: ScoreRequest, scores: Scores) -> bytes:
    """What is answered."""
    by_id = {each.worker_id: each.score for each in scores.scores}
    return msgspec.json.encode(by_id if request.is_batch else by_id[request.workers[0].worker_id])


def _worker(given: object) -> Worker:
    labels = _labels(given, "worker")
    worker_id = labels.pop(ID_LABEL, "")
    if not worker_id or not isinstance(worker_id, str):
        raise MalformedScoreRequest(f"worker: {ID_LABEL} is missing")
    return Worker(worker_id, labels=labels)


def _labels(given: object, key: str) -> dict[str, Label]:
    """The labels that are words or numbers; those without a value, or of another kind, say nothing."""
    if given is None and key == "job":
        return {}
    if not isinstance(given, dict):
        raise MalformedScoreRequest(f"{key} is not an object")
    return {name: value for name, value in given.items() if isinstance(value, str | int | float | bool)}
