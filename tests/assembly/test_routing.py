"""Human agents, as the configuration wants them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from agent.chat import Finished, FinishReason, TextDelta
from agent.model_records import unobserved
from assembly.application import application
from assembly.engines import Engines, build_assistant
from assembly.routing import Routing, open_routing, policy_of, queue_of, score_doors, scorer_of
from calls.doors import Refusals
from config import Config
from emulators.loopback import LoopbackServer
from emulators.phone import PhoneNetwork
from providers.azure_identity import AzureIdentity
from providers.job_router import AzureJobRouter
from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech
from routing.embedded import EmbeddedRouter
from routing.happenings import OfferAccepted, OfferIssued
from routing.model_scorer import FormulaScorer
from routing.values import Job, Policy, Queue, ScoringFunction, Worker
from stores.database import Database
from tests.support.configured import configured
from tests.support.scripted_chat import ScriptedChat


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[AsyncExitStack]:
    """Closes what a test opens."""
    async with AsyncExitStack() as stack:
        yield stack


async def routing_of(config: Config, tmp_path: Path, stack: AsyncExitStack) -> Routing:
    """What is opened."""
    database = await Database.open(f"sqlite:///{tmp_path / 'calls.db'}")
    stack.push_async_callback(database.close)
    identity = AzureIdentity()
    stack.push_async_callback(identity.close)
    return await open_routing(config, database, identity, stack, unobserved)


async def test_by_default_there_is_no_router(tmp_path: Path, stack: AsyncExitStack) -> None:
    """And no address that scores."""
    routing = await routing_of(configured(), tmp_path, stack)
    assert (routing.router, routing.take) == (None, None)
    assert score_doors(configured(), routing, Refusals()) == ()


async def test_in_process(tmp_path: Path, stack: AsyncExitStack) -> None:
    """Set up with the policy and the queue of the configuration; scored by the formula where there is no model."""
    config = configured(routing={"mode": "embedded", "offer_expires_sec": 45, "concurrent_offers": 2})
    routing = await routing_of(config, tmp_path, stack)
    assert isinstance(routing.router, EmbeddedRouter)
    assert await routing.router.set_up(policy_of(config), queue_of(config), ())
    assert policy_of(config) == Policy("antiphon-best-worker", "Best worker", 45.0, 2)
    assert queue_of(config) == Queue("antiphon", "antiphon-best-worker", "Callers who want a human")
    scores = await routing.scorer.score({"JobId": "job-1"}, [Worker("ann")])
    assert scores.scorer == "formula"
    assert [each.worker_id for each in await routing.history.scorings("job-1")] == ["ann"]


async def test_in_azure(tmp_path: Path, stack: AsyncExitStack) -> None:
    """By the endpoint and key of the Communication Services; its policy names our scoring function."""
    settings: dict[str, object] = {"mode": "azure", "score_key": "function-key", "score_batch_size": 5}
    config = configured(routing=settings, server={"public_url": "https://bot.example"})
    routing = await routing_of(config, tmp_path, stack)
    assert isinstance(routing.router, AzureJobRouter)
    assert routing.take is not None
    assert policy_of(config).scoring == ScoringFunction("https://bot.example/router/score", "function-key", True, 5)
    (route,) = score_doors(config, routing, Refusals())
    assert route.path == "/router/score"
    one = configured(routing=settings | {"score_batch_size": 0, "score_url": "https://scores.example/s"})
    assert policy_of(one).scoring == ScoringFunction("https://scores.example/s", "function-key", False, 20)


async def test_who_scores() -> None:
    """The model, by the prompts of the company; without one the formula."""
    config = configured(routing={"scoring": {"pre_prompt": "Fastest first.", "timeout_sec": 8}})
    chat = ScriptedChat([TextDelta('{"ann": 0.7}'), Finished(FinishReason.STOP)])
    scores = await scorer_of(config, chat).score({}, [Worker("ann")])
    assert [(each.worker_id, each.score) for each in scores.scores] == [("ann", 0.7)]
    assert "Fastest first." in str(chat.asked[0].messages[0])
    assert isinstance(scorer_of(config, None), FormulaScorer)


async def test_a_server_and_job_router(tmp_path: Path) -> None:
    """The whole way: set up, a job, scores from our function, events to our webhook, an offer that is accepted."""
    served: list[Starlette] = []

    async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
        await served[0](scope, receive, send)

    ears, voice = MoonshineSpeechToText(), PiperTextToSpeech()
    async with PhoneNetwork() as network, LoopbackServer(proxy) as ours, AsyncExitStack() as stack:
        config = configured(
            database={"url": f"sqlite:///{tmp_path / 'calls.db'}"},
            server={"public_url": ours.endpoint},
            communication_services={"endpoint": network.endpoint, "access_key": network.access_key},
            routing={"mode": "azure", "score_key": "function-key"},
        )
        engines = Engines(ears, voice, build_assistant(config, stack), silero=None)
        built = await stack.enter_async_context(application(config, engines))
        served.append(built.app)
        await network.subscribe(f"{ours.endpoint}/eventgrid")
        router = built.routing.router
        assert router is not None
        ann, bob = (Worker(name, queue_ids=("antiphon",), labels={"CSAT": csat}) for name, csat in (("a", 1), ("b", 3)))
        await router.set_up(policy_of(config), queue_of(config), (ann, bob))
        async with asyncio.timeout(60), router.follow("job-1") as told:
            await router.create_job(Job("job-1", "antiphon", call_id="call-1", labels={"Lang": "en"}))
            async for happening in told:
                if isinstance(happening, OfferIssued):
                    assert happening.offer.worker_id == "b"
                    await router.accept("b", happening.offer.offer_id)
                if isinstance(happening, OfferAccepted):
                    break
        scorings = await built.routing.history.scorings("job-1")
        assert [(each.worker_id, each.call_id) for each in scorings] == [("b", "call-1"), ("a", "call-1")]
        assert (network.job_router.refusals, network.grid.undelivered) == ([], [])
    await ears.close()
    await voice.close()
