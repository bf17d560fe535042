"""Each scoring is recorded: who was scored how for which job, by what, and why."""

import logging
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from routing.ports import Scorer
from routing.values import JOB_LABEL, Labels, Scores, Worker
from stores.errors import StoreError
from stores.router_history import RouterHistory, ScoringRecord

_log = logging.getLogger(__name__)


class RecordedScorer:
    """Scores as another scorer does, and keeps what it said; satisfies ``routing.ports.Scorer``.

    Args:
        scorer: Does the work.
        history: Where it is kept. While the store is away nothing is kept: a caller waits.
        utc_now: The time of day, timezone-aware.
    """

    def __init__(self, scorer: Scorer, history: RouterHistory, *, utc_now: Callable[[], datetime]) -> None:
        self._scorer = scorer
        self._history = history
        self._utc_now = utc_now

    async def score(self, job_labels: Labels, workers: Sequence[Worker]) -> Scores:
        """See there."""
        found = await self._scorer.score(job_labels, workers)
        labels_of = {each.worker_id: each.labels for each in workers}
        scoring_id, now = uuid.uuid4().hex, self._utc_now()
        records = [
            ScoringRecord(
                scoring_id,
                each.worker_id,
                str(job_labels.get(JOB_LABEL, "")),
                "",
                now,
                found.scorer,
                each.score,
                each.reason,
                {name: value for name, value in job_labels.items() if name != JOB_LABEL},
                dict(labels_of[each.worker_id]),
            )
            for each in found.scores
        ]
        try:
            await self._history.keep_scoring(records)
        except StoreError:
            _log.warning("event=scoring_not_kept")
        return found
