"""Azure's Job Router by its real SDK, against the pretended service: told by events, or found by looking."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from calls.doors import Refusals
from calls.incoming import parse_delivery
from emulators.job_router import DEFAULT_KEY, JobRouterEmulator
from emulators.loopback import LoopbackServer
from providers.job_router import AzureJobRouter, JobRouterSettings
from routing.errors import RouterUnavailable
from routing.happenings import (
    JobCancelled,
    JobQueued,
    JobUnassigned,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferIssued,
    OfferRevoked,
)
from routing.journal import RouterJournal
from routing.recording import RecordedScorer
from routing.values import ScoringFunction
from stores.bells import bell_of
from stores.database import Database
from stores.router_history import RouterHistory
from tests.routing.bench import ANN, BOB, EVE, JOB, POLICY, QUEUE, Bench, ByHand, Clock, Told, first_offer, set_up
from tests.routing.contract_router import RouterContract
from web.router_score import score_routes

KEY = "scoring-key"
NEVER_S = 3_600.0
"""Between two looks: only events tell."""
SOON_S = 0.05


@dataclass
class Azure:
    """The pretended service, and our side of it."""

    emulator: JobRouterEmulator
    router: AzureJobRouter
    history: RouterHistory
    function: ScoringFunction
    clock: Clock
    scorer: ByHand = field(default_factory=ByHand)

    @property
    def bench(self) -> Bench:
        """For the contract."""

        async def pass_time(seconds: float) -> None:
            self.clock.now += timedelta(seconds=seconds)
            self.emulator.look()

        return Bench(self.router, self.scorer, pass_time, replace(POLICY, scoring=self.function))


@asynccontextmanager
async def azure(url: str, *, has_events: bool = True, is_batch: bool = True) -> AsyncIterator[Azure]:
    """All of it up: the service, our scoring function, our webhook, the router."""
    database, clock, scorer = await Database.open(url), Clock(), ByHand()
    bell = bell_of(database)
    history = RouterHistory(database, bell)
    recorded = RecordedScorer(scorer, history, utc_now=clock)
    settings: list[AzureJobRouter] = []

    async def take(request: Request) -> Response:
        delivery = parse_delivery(await request.body())
        if delivery.validation_code:
            return JSONResponse({"validationResponse": delivery.validation_code})
        await settings[0].take(delivery.router_events)
        return Response()

    routes = [*score_routes(recorded, key=KEY, refusals=Refusals()), Route("/eventgrid", take, methods=["POST"])]
    async with (
        LoopbackServer(Starlette(routes=routes)) as ours,
        JobRouterEmulator(now=clock) as emulator,
        RouterJournal(database, bell) as journal,
        AzureJobRouter(
            JobRouterSettings(emulator.endpoint, emulator.access_key, poll_s=NEVER_S if has_events else SOON_S),
            journal,
            utc_now=clock,
        ) as router,
    ):
        settings.append(router)
        if has_events:
            await emulator.subscribe(f"{ours.endpoint}/eventgrid")
        function = ScoringFunction(f"{ours.endpoint}/router/score", KEY, is_batch)
        yield Azure(emulator, router, history, function, clock, scorer)
    await database.close()


@pytest.fixture
async def service(sqlite_url: str) -> AsyncIterator[Azure]:
    """Told by events."""
    async with azure(sqlite_url) as service:
        yield service


@pytest.fixture
def bench(service: Azure) -> Bench:
    """For the contract."""
    return service.bench


@pytest.fixture
async def looking(sqlite_url: str) -> AsyncIterator[Azure]:
    """Without events."""
    async with azure(sqlite_url, has_events=False) as service:
        yield service


class TestAzureJobRouter(RouterContract):
    """Satisfies the contract."""


async def test_each_scoring_is_recorded(service: Azure) -> None:
    """Though the service does not tell its function which job it asks for; nothing was refused meanwhile."""
    await set_up(service.bench, ANN, BOB)
    await first_offer(service.bench)
    kept = await service.history.scorings("job-1")
    assert [(each.worker_id, each.score, each.call_id) for each in kept] == [
        ("ann", 0.9, "call-1"),
        ("bob", 0.5, "call-1"),
    ]
    assert service.emulator.refusals == []


async def test_one_request_for_each_worker(sqlite_url: str) -> None:
    """As the service asks unless it is told to ask for all at once."""
    async with azure(sqlite_url, is_batch=False) as service:
        await set_up(service.bench, ANN, BOB)
        assert (await first_offer(service.bench)).worker_id == "ann"
        assert [workers for _, workers in service.scorer.asked] == [("ann",), ("bob",)]


async def test_a_function_that_does_not_answer(service: Azure) -> None:
    """Somebody is asked all the same."""
    await set_up(service.bench, ANN, EVE)
    broken = replace(POLICY, scoring=replace(service.function, key="wrong"))
    await service.router.set_up(broken, QUEUE, ())
    assert (await first_offer(service.bench)).worker_id == "ann"  # who has the language of the job
    assert service.emulator.refusals == ["scoring of job-1: the function answered 401"]


async def test_a_new_key_is_written_though_it_cannot_be_compared(service: Azure) -> None:
    """The service shows no keys: a key that was changed must not be forgotten."""
    await set_up(service.bench, ANN)
    renewed = replace(POLICY, scoring=replace(service.function, key="renewed"))
    assert await service.router.set_up(renewed, QUEUE, ()) == ()
    scoring = service.emulator.machine.state.policies["best"].scoring
    assert scoring is not None
    assert scoring.key == "renewed"


async def test_what_is_found_by_looking(looking: Azure) -> None:
    """Without any event: offers, and what must have become of them."""
    router, clock = looking.router, looking.clock
    await set_up(looking.bench, ANN, BOB, EVE)
    await router.create_job(JOB)
    async with router.follow("job-1") as following:
        told = Told(following)
        await router.decline("ann", (await told.offer()).offer_id)
        second = await told.offer()
        await told.until(OfferDeclined)
        clock.now += timedelta(seconds=31)
        looking.emulator.look()
        third = await told.offer()
        await told.until(OfferExpired)
        taken = await router.accept(third.worker_id, third.offer_id)
        accepted = await told.until(OfferAccepted)
        assert isinstance(accepted, OfferAccepted)
        assert accepted.assignment_id == taken.assignment_id
        await router.unassign_job("job-1", taken.assignment_id)
        await told.until(JobUnassigned)
        await told.until(OfferIssued)
        await router.cancel_job("job-1")
        await told.to_end()
    assert [second.worker_id, third.worker_id] == ["bob", "eve"]
    assert isinstance(told.all[0], JobQueued)
    assert [type(each) for each in told.all[-2:]] == [OfferRevoked, JobCancelled]


async def test_events_and_looks_tell_each_thing_once(sqlite_url: str) -> None:
    """Events are exact, and first."""
    async with azure(sqlite_url) as service:
        service.router._poll_s = SOON_S  # both at once
        await set_up(service.bench, ANN, BOB)
        await service.router.create_job(JOB)
        async with service.router.follow("job-1") as following:
            told = Told(following)
            await service.router.decline("ann", (await told.offer()).offer_id)
            second = await told.offer()
            taken = await service.router.accept("bob", second.offer_id)
            await service.router.complete_job("job-1", taken.assignment_id)
            await service.router.close_job("job-1", taken.assignment_id)
            await told.to_end()
        kinds = [type(each).__name__ for each in told.all]
        assert len(kinds) == len(set(kinds)) + 1  # two offers
        assert kinds[:2] == ["JobQueued", "OfferIssued"]


async def test_a_service_that_is_not_there(sqlite_url: str) -> None:
    """It could not be reached, and that is said."""
    database = await Database.open(sqlite_url)
    settings = JobRouterSettings("http://127.0.0.1:1", DEFAULT_KEY, retries=0)
    async with (
        RouterJournal(database, bell_of(database)) as journal,
        AzureJobRouter(settings, journal, utc_now=Clock()) as router,
    ):
        for asking in (router.job("job-1"), router.accept("ann", "o"), router.cancel_job("job-1"), router.workers()):
            with pytest.raises(RouterUnavailable, match="could not be reached"):
                await asking
    await database.close()


async def test_a_wrong_key(service: Azure) -> None:
    """The service refuses, and no secret is told."""
    wrong = base64.b64encode(b"another key").decode()
    settings = JobRouterSettings(service.emulator.endpoint, wrong, retries=0)
    async with AzureJobRouter(settings, service.router._journal, utc_now=service.clock) as router:
        with pytest.raises(RouterUnavailable, match="401") as refused:
            await router.workers()
    assert wrong not in str(refused.value)
