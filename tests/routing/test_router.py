"""The machine: what time brings, late scores, and what never happens, whatever is done in whatever order."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.errors import OfferGone, RoutingError
from routing.happenings import Happening, OfferExpired, OfferIssued, OfferRevoked, WorkerDeregistered
from routing.router import SCORING_S, Command, Publish, RouterMachine, ScoreWorkers
from routing.state import RouterState
from routing.values import JobStatus, Offer, Score, Worker
from tests.routing.bench import ANN, BOB, EVE, JOB, POLICY, QUEUE, START

SCORES = {"ann": 0.9, "bob": 0.5, "eve": 0.1}


def later(seconds: float) -> timedelta:
    """To be added to ``START``."""
    return timedelta(seconds=seconds)


def machine_with(*workers: Worker, concurrent_offers: int = 1) -> RouterMachine:
    """One queue, and these workers."""
    numbers = itertools.count(1)
    machine = RouterMachine(RouterState(), new_id=lambda: f"id-{next(numbers)}")
    machine.put_policy(replace(POLICY, concurrent_offers=concurrent_offers), START)
    machine.put_queue(QUEUE, START)
    for worker in workers:
        machine.put_worker(worker, START)
    return machine


def scoring_in(commands: tuple[Command, ...]) -> ScoreWorkers:
    """The one that is asked for."""
    (found,) = (each for each in commands if isinstance(each, ScoreWorkers))
    return found


def told_in(commands: tuple[Command, ...], kind: type[Happening]) -> list[Happening]:
    """What is published, of a kind."""
    return [each.happening for each in commands if isinstance(each, Publish) and isinstance(each.happening, kind)]


def scores_for(asked: ScoreWorkers) -> list[Score]:
    """By ``SCORES``."""
    return [Score(each.worker_id, SCORES[each.worker_id]) for each in asked.workers]


def offered(machine: RouterMachine, seconds: float = 0.0) -> Offer:
    """The job is made and scored; its first offer."""
    asked = scoring_in(machine.create_job(JOB, START + later(seconds)))
    commands = machine.scored("job-1", asked.scoring_round, scores_for(asked), START + later(seconds))
    (issued,) = told_in(commands, OfferIssued)
    assert isinstance(issued, OfferIssued)
    return issued.offer


def test_who_is_next_needs_no_new_scoring() -> None:
    """After a refusal the caller does not wait for another answer of the scorer."""
    machine = machine_with(ANN, BOB)
    offer = offered(machine)
    commands = machine.decline("ann", offer.offer_id, START)
    assert not any(isinstance(each, ScoreWorkers) for each in commands)
    (issued,) = told_in(commands, OfferIssued)
    assert isinstance(issued, OfferIssued)
    assert issued.offer.worker_id == "bob"


def test_of_equals_the_longest_idle_is_asked() -> None:
    """Idle since they signed in, or since their last job was closed."""
    machine = machine_with(BOB)
    machine.put_worker(ANN, START + later(5))
    asked = scoring_in(machine.create_job(JOB, START + later(6)))
    commands = machine.scored("job-1", asked.scoring_round, [Score("ann", 0.5), Score("bob", 0.5)], START + later(6))
    (issued,) = told_in(commands, OfferIssued)
    assert isinstance(issued, OfferIssued)
    assert issued.offer.worker_id == "bob"
    taken, _ = machine.accept("bob", issued.offer.offer_id, START + later(7))
    machine.complete_job("job-1", taken.assignment_id, START + later(8))
    machine.close_job("job-1", taken.assignment_id, START + later(9))
    asked = scoring_in(machine.create_job(replace(JOB, job_id="job-2"), START + later(10)))
    commands = machine.scored("job-2", asked.scoring_round, [Score("ann", 0.5), Score("bob", 0.5)], START + later(10))
    (issued,) = told_in(commands, OfferIssued)
    assert isinstance(issued, OfferIssued)
    assert issued.offer.worker_id == "ann"


def test_a_scoring_that_is_never_answered() -> None:
    """Is asked for again when its time is over; the late answer to the first is worth nothing."""
    machine = machine_with(ANN)
    first = scoring_in(machine.create_job(JOB, START))
    assert machine.next_deadline() == START + later(SCORING_S)
    assert machine.advance(START + later(SCORING_S - 1)) == ()
    second = scoring_in(machine.advance(START + later(SCORING_S)))
    assert machine.scored("job-1", first.scoring_round, scores_for(first), START + later(11)) == ()
    assert told_in(machine.scored("job-1", second.scoring_round, scores_for(second), START + later(12)), OfferIssued)


def test_labels_that_change_while_they_are_scored() -> None:
    """What was thought of the old ones is thrown away."""
    machine = machine_with(ANN, BOB)
    first = scoring_in(machine.create_job(JOB, START))
    second = scoring_in(machine.update_labels("ann", {"CSAT": 1.0}, START))
    assert second.workers[0].labels["CSAT"] == 1.0
    assert machine.scored("job-1", first.scoring_round, scores_for(first), START) == ()


def test_time_brings_the_end_of_an_offer() -> None:
    """At its moment and not before; from then on nobody can accept it, even if nobody has looked since."""
    machine = machine_with(ANN)
    offer = offered(machine)
    assert machine.next_deadline() == offer.expires_at
    assert machine.advance(offer.expires_at - later(0.1)) == ()
    with pytest.raises(OfferGone):
        machine.accept("ann", offer.offer_id, offer.expires_at)
    commands = machine.advance(offer.expires_at)
    assert told_in(commands, OfferExpired)
    assert told_in(commands, WorkerDeregistered)
    assert machine.next_deadline() is None


def test_who_lets_one_ring_loses_the_others() -> None:
    """They are taken off: what else they were offered is revoked."""
    machine = machine_with(replace(ANN, capacity=2))
    offered(machine)
    second = scoring_in(machine.create_job(replace(JOB, job_id="job-2"), START + later(5)))
    machine.scored("job-2", second.scoring_round, scores_for(second), START + later(5))
    commands = machine.advance(START + later(30))
    assert len(told_in(commands, OfferExpired)) == len(told_in(commands, OfferRevoked)) == 1


def test_the_more_important_job_comes_first() -> None:
    """When somebody is free again."""
    machine = machine_with(ANN)
    offer = offered(machine)
    machine.create_job(replace(JOB, job_id="job-2"), START + later(1))
    machine.create_job(replace(JOB, job_id="job-3", priority=9), START + later(2))
    commands = machine.cancel_job("job-1", START + later(3))
    assert told_in(commands, OfferRevoked)
    assert next(each.job.job_id for each in commands if isinstance(each, ScoreWorkers)) == "job-3"
    assert offer.offer_id not in machine.state.offers


IDS = st.sampled_from(["ann", "bob", "eve"])
JOBS = st.sampled_from(["job-1", "job-2", "job-3", "job-4"])
ACTS = st.one_of(
    st.tuples(st.just("create"), JOBS),
    st.tuples(st.just("cancel"), JOBS),
    st.tuples(st.just("score"), st.integers(0, 3)),
    st.tuples(st.just("accept"), st.integers(0, 3)),
    st.tuples(st.just("decline"), st.integers(0, 3)),
    st.tuples(st.just("complete"), st.integers(0, 3)),
    st.tuples(st.just("close"), st.integers(0, 3)),
    st.tuples(st.just("unassign"), st.integers(0, 3)),
    st.tuples(st.just("sign_in"), IDS),
    st.tuples(st.just("sign_out"), IDS),
    st.tuples(st.just("label"), IDS),
    st.tuples(st.just("wait"), st.integers(1, 40)),
)


class Playing:
    """Does acts to a machine, and looks at it after each."""

    def __init__(self) -> None:
        self.machine = machine_with(replace(ANN, capacity=2), BOB, EVE, concurrent_offers=2)
        self.now = START
        self.scorings: list[ScoreWorkers] = []
        self.ended: set[str] = set()
        """Offers that have ended."""

    def act(self, name: str, what: str | int) -> None:
        """One of them; what is not possible is refused."""
        try:
            self._take(self._commands(name, what))
        except RoutingError:
            self._take(self.machine.advance(self.now))
        self._look()

    def _commands(self, name: str, what: str | int) -> tuple[Command, ...]:
        machine, now = self.machine, self.now
        offers, held = list(machine.state.offers.values()), list(machine.state.assignments.values())
        match name, what:
            case "create", str():
                return machine.create_job(replace(JOB, job_id=what), now)
            case "cancel", str():
                return machine.cancel_job(what, now)
            case "sign_in" | "sign_out", str():
                return machine.set_available(what, name == "sign_in", now)
            case "label", str():
                return machine.update_labels(what, {"CSAT": (now - START).total_seconds()}, now)
            case "score", int() if what < len(self.scorings):
                asked = self.scorings.pop(what)
                return machine.scored(asked.job.job_id, asked.scoring_round, scores_for(asked), now)
            case "accept", int() if what < len(offers):
                return machine.accept(offers[what].worker_id, offers[what].offer_id, now)[1]
            case "decline", int() if what < len(offers):
                pause = later(20) if what % 2 else None
                return machine.decline(offers[what].worker_id, offers[what].offer_id, now, retry_after=pause)
            case "complete", int() if what < len(held):
                return machine.complete_job(held[what].job_id, held[what].assignment_id, now)
            case "close", int() if what < len(held):
                return machine.close_job(held[what].job_id, held[what].assignment_id, now)
            case "unassign", int() if what < len(held):
                return machine.unassign_job(held[what].job_id, held[what].assignment_id, now)
            case "wait", int():
                self.now += later(what)
        return machine.advance(self.now)

    def _take(self, commands: tuple[Command, ...]) -> None:
        for command in commands:
            match command:
                case ScoreWorkers():
                    self.scorings.append(command)
                case Publish(happening=happening) if type(happening).__name__ in (
                    "OfferAccepted",
                    "OfferDeclined",
                    "OfferExpired",
                    "OfferRevoked",
                ):
                    offer_id = getattr(happening, "offer_id", "")
                    assert offer_id not in self.ended
                    self.ended.add(offer_id)

    def _look(self) -> None:
        state = self.machine.state
        for worker_id in state.workers:
            view = state.worker_view(worker_id)
            assert view.load <= view.worker.capacity
            assert view.worker.is_available or not view.offers
        for job_id, job in state.jobs.items():
            offers = state.offers_of(job_id=job_id)
            held = [each for each in state.assignments_of(job_id=job_id) if each.closed_at is None]
            assert len(offers) <= 2
            assert len({each.worker_id for each in offers}) == len(offers)
            assert job.status is JobStatus.QUEUED or not offers
            assert len(held) == (job.status in (JobStatus.ASSIGNED, JobStatus.COMPLETED))
        assert all(offer.expires_at > self.now for offer in state.offers.values())
        assert not self.ended & set(state.offers)
        deadline = self.machine.next_deadline()
        assert deadline is None or deadline > self.now


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTS, max_size=40))
def test_whatever_is_done(acts: list[tuple[str, str | int]]) -> None:
    """Nobody has more than they can take, no offer outlives its job or its time, and each ends once."""
    playing = Playing()
    for name, what in acts:
        playing.act(name, what)
