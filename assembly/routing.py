"""Human agents, by the configuration: the router, who scores, and the address by which others ask for scores."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from agent.chat import ChatModel
from agent.model_records import ObserveModel
from assembly.engines import build_chat, needs_tokens
from assembly.settings import live_calls_settings
from assembly.times import utc_now
from calls.desk import Desk
from calls.doors import DoorRoute, Refusals
from calls.envelopes import Envelope
from config import Config
from pipeline.records import Observer
from providers.azure_identity import AzureIdentity
from providers.job_router import AzureJobRouter, JobRouterSettings
from routing.embedded import EmbeddedRouter
from routing.journal import RouterJournal
from routing.model_scorer import FormulaScorer, ModelScorer
from routing.ports import Router, Scorer
from routing.recording import RecordedScorer
from routing.values import Policy, Queue, ScoringFunction
from stores.bells import bell_of
from stores.database import Database
from stores.router_history import RouterHistory
from web.router_score import PATH, score_routes


@dataclass(frozen=True, slots=True)
class Routing:
    """What there is for human agents."""

    router: Router | None
    """None: ``routing.mode`` is off."""
    scorer: Scorer
    """Each of its scorings is recorded."""
    history: RouterHistory
    take: Callable[[Sequence[Envelope]], Awaitable[object]] | None = None
    """Takes what Event Grid tells of Job Router; None: nobody wants to know."""


async def open_routing(
    config: Config, database: Database, identity: AzureIdentity, stack: AsyncExitStack, observe: ObserveModel
) -> Routing:
    """Open what is configured.

    Args:
        config: See there.
        database: Open for as long as the stack.
        identity: Of this machine, for models in Azure without a key.
        stack: Closes it.
        observe: Told what each scoring by a model cost.

    Raises:
        CallControlError: The endpoint or the key of the Communication Services cannot be one.
    """
    bell, settings = bell_of(database), config.routing
    history = RouterHistory(database, bell)
    is_asked = settings.mode != "off" or bool(settings.score_key.get_secret_value())
    tokens = identity.token_provider() if needs_tokens(config) else None
    chat = build_chat(config, stack, observe, tokens) if is_asked and settings.scoring.use_model else None
    scorer = RecordedScorer(scorer_of(config, chat), history, utc_now=utc_now)
    if settings.mode == "embedded":
        embedded = EmbeddedRouter(database, bell, scorer, utc_now=utc_now)
        return Routing(await stack.enter_async_context(embedded), scorer, history)
    if settings.mode == "azure":
        acs = config.communication_services
        journal = await stack.enter_async_context(RouterJournal(database, bell))
        resource = JobRouterSettings(acs.endpoint, acs.usable_access_key)
        azure = await stack.enter_async_context(AzureJobRouter(resource, journal, utc_now=utc_now))
        return Routing(azure, scorer, history, azure.take)
    return Routing(None, scorer, history)


def desk_of(config: Config, routing: Routing, observer: Observer) -> Desk | None:
    """Where callers' humans are found; None: there is no router."""
    if routing.router is None:
        return None
    return Desk(
        router=routing.router,
        queue_id=config.routing.queue,
        limit_s=config.routing.wait_limit_sec,
        scorings=routing.history.scorings,
        observer=observer,
        utc_now=utc_now,
    )


def scorer_of(config: Config, chat: ChatModel | None) -> Scorer:
    """Who scores: the model if there is one."""
    settings = config.routing.scoring.settings
    return FormulaScorer(settings.indicators) if chat is None else ModelScorer(chat, settings)


def score_doors(config: Config, routing: Routing, refusals: Refusals) -> Sequence[DoorRoute]:
    """The address of the scoring function; none without a key."""
    key = config.routing.score_key.get_secret_value()
    return score_routes(routing.scorer, key=key, refusals=refusals) if key else ()


def policy_of(config: Config) -> Policy:
    """How offers are made."""
    settings = config.routing
    scoring = None
    if settings.mode == "azure":
        url = settings.score_url or f"{live_calls_settings(config).callback_url}{PATH}"
        size = settings.score_batch_size
        key = settings.score_key.get_secret_value()
        scoring = ScoringFunction(url, key, is_batch=size > 0, batch_size=size or 20)
    return Policy(settings.policy, "Best worker", settings.offer_expires_sec, settings.concurrent_offers, scoring)


def queue_of(config: Config) -> Queue:
    """Where callers wait."""
    return Queue(config.routing.queue, config.routing.policy, "Callers who want a human")
