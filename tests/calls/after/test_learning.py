"""What calls teach about human agents, at the router in process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from calls.after.learning import LEARNT, Learning, Lesson, labels_after, lesson_of
from calls.errors import OfferOpen
from routing.embedded import EmbeddedRouter
from routing.happenings import OfferIssued
from routing.model_scorer import FormulaScorer
from routing.scoring import INDICATORS
from routing.values import Assignment, Job, Label, Policy, Queue, Worker
from stores.bells import bell_of
from stores.database import Database
from stores.records import (
    CallHistory,
    CallRecord,
    Direction,
    NextAction,
    NextActionRecord,
    Satisfaction,
    SynthesisRecord,
)
from stores.router_history import RouterHistory

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CALL = CallRecord("c", Direction.INBOUND, "", NOW, (), ended_at=NOW, end_reason="caller_hung_up")
JUDGED = CallHistory(
    CALL,
    synthesis=SynthesisRecord("c", NOW, "w", "Water.", "Water.", Satisfaction.HIGH),
    next_action=NextActionRecord("c", NOW, "w", NextAction.CASE_CLOSED, "All is known."),
)
TAKEN = Assignment("a", "c-1", "ann", 1, NOW, NOW + timedelta(minutes=5), NOW + timedelta(minutes=5))
ANN = Worker("ann", "Ann", "+12025550111", ("q",), {"CSAT": 2.0, "Outcome": 0.5, "Lang": "en"}, capacity=2)


def test_labels_move_towards_a_call() -> None:
    """By the weight; what is missing or unknown becomes the value, and what nobody knows changes nothing."""
    lesson = Lesson(csat=3.0, outcome=1.0, handling_s=300.0)
    labels: dict[str, Label] = {"CSAT": 2.0, "Outcome": 0.5, "AHT": "10:00", "Lang": "en"}
    assert labels_after(labels, lesson, weight=0.1) == {"CSAT": 2.1, "Outcome": 0.55, "AHT": "09:30"}
    assert labels_after({"AHT": "00:00"}, lesson, weight=0.1) == {"CSAT": 3.0, "Outcome": 1.0, "AHT": "05:00"}
    assert labels_after({"AHT": "soon"}, Lesson(handling_s=0.0), weight=0.1) == {"AHT": "00:01"}
    assert labels_after(labels, Lesson(), weight=0.1) == {}
    assert labels_after({"CSAT": 3.0}, Lesson(csat=3.0), weight=0.1) == {}


def test_what_a_call_teaches() -> None:
    """What a model has judged, and the time of a call that stayed ours."""
    assert lesson_of(JUDGED, TAKEN) == Lesson(3.0, 1.0, 300.0)
    open_case = replace(JUDGED, next_action=NextActionRecord("c", NOW, "w", NextAction.HIGH_PRIORITY, "Help."))
    assert lesson_of(open_case, TAKEN).outcome == 0.0
    away = replace(JUDGED, call=replace(CALL, end_reason="transferred"))
    assert lesson_of(away, TAKEN) == Lesson(3.0, 1.0)
    assert JUDGED.synthesis is not None
    plain = replace(JUDGED, synthesis=replace(JUDGED.synthesis, is_extractive=True))
    assert lesson_of(plain, TAKEN) == Lesson(handling_s=300.0)
    assert lesson_of(CallHistory(CALL), replace(TAKEN, completed_at=None)) == Lesson()


@dataclass
class Office:
    """A router with one worker, and whoever learns."""

    router: EmbeddedRouter
    history: RouterHistory
    weight: float = 0.5

    def learning(self) -> Learning:
        """Somebody who learns."""
        return Learning(self.router, self.history, weight=self.weight, utc_now=lambda: NOW)

    async def offered(self, job_id: str, call_id: str = "c") -> str:
        """The id of the offer that a new job leads to."""
        await self.router.create_job(Job(job_id, "q", call_id))
        async with self.router.follow(job_id) as told:
            return (await anext(each async for each in told if isinstance(each, OfferIssued))).offer.offer_id

    async def labels(self) -> dict[str, object]:
        """Ann's."""
        return dict((await self.router.worker("ann")).worker.labels)


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    database = await Database.open(sqlite_url)
    bell = bell_of(database)
    scorer = FormulaScorer(INDICATORS)
    async with EmbeddedRouter(database, bell, scorer, utc_now=lambda: datetime.now(UTC)) as router:
        await router.set_up(Policy("p"), Queue("q", "p"), (ANN,))
        yield Office(router, RouterHistory(database, bell))
    await database.close()


async def test_an_assignment_teaches_once(office: Office) -> None:
    """However often the work is begun; a job that a crash has left open is ended by it."""
    await office.router.accept("ann", await office.offered("c-1"))
    away = replace(JUDGED, call=replace(CALL, end_reason="transferred"))
    assert await office.learning().learn(away) == "1 learnt from"
    expected = {"CSAT": 2.5, "Outcome": 0.75, "Lang": "en"}
    assert await office.labels() == expected
    assert (await office.router.worker("ann")).load == 0
    await office.learning().learn(away)
    assert await office.labels() == expected
    assert [each.kind for each in await office.history.of_call("c")].count(LEARNT) == 1


async def test_not_while_an_offer_is_open(office: Office) -> None:
    """It would be revoked: it is tried again later."""
    await office.router.accept("ann", await office.offered("c-1"))
    offer_id = await office.offered("other-1", "other")
    with pytest.raises(OfferOpen):
        await office.learning().learn(JUDGED)
    assert (await office.labels())["CSAT"] == 2.0
    await office.router.accept("ann", offer_id)
    await office.learning().learn(JUDGED)
    assert (await office.labels())["CSAT"] == 2.5


async def test_calls_that_teach_nothing(office: Office) -> None:
    """No human was wanted, none had the caller, or labels are to stay."""
    assert await office.learning().learn(JUDGED) == "nothing to learn"
    await office.router.accept("ann", await office.offered("c-1"))
    await office.router.cancel_job("c-1")
    assert await office.learning().learn(JUDGED) == "nothing to learn"
    await office.router.accept("ann", await office.offered("c-2"))
    office.weight = 0.0
    assert await office.learning().learn(JUDGED) == "nothing to learn"
    assert await office.labels() == dict(ANN.labels)
