"""Each scoring is recorded, and none waits for that to succeed."""

from routing.model_scorer import FormulaScorer
from routing.recording import RecordedScorer
from routing.values import JOB_LABEL
from stores.bells import bell_of
from stores.database import Database
from stores.router_history import RouterHistory
from tests.routing.bench import ANN, BOB, START


async def test_a_scoring_is_recorded(database: Database) -> None:
    """Who, for which job, by what, why, and on which labels."""
    history = RouterHistory(database, bell_of(database))
    scorer = RecordedScorer(FormulaScorer(), history, utc_now=lambda: START)
    found = await scorer.score({"Lang": "en", JOB_LABEL: "job-1"}, [ANN, BOB])
    kept = await history.scorings("job-1")
    assert [(each.worker_id, each.score, each.reason) for each in kept] == [
        (each.worker_id, each.score, each.reason) for each in found.scores
    ]
    assert {(each.scorer, each.scored_at, str(each.job_labels)) for each in kept} == {
        ("formula", START, "{'Lang': 'en'}")
    }
    assert kept[0].worker_labels == dict(ANN.labels)
    assert len({each.scoring_id for each in kept}) == 1


async def test_a_store_that_is_away(database: Database) -> None:
    """The scores are given all the same."""
    await database.close()
    scorer = RecordedScorer(FormulaScorer(), RouterHistory(database, bell_of(database)), utc_now=lambda: START)
    assert len((await scorer.score({}, [ANN])).scores) == 1
