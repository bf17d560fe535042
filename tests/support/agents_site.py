"""The page of human agents on a real embedded router: pages, door and report on a real socket."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette

from calls.costs import Prices
from calls.doors import Refusals
from routing.embedded import EmbeddedRouter
from routing.model_scorer import FormulaScorer
from routing.ports import Router
from routing.recording import RecordedScorer
from routing.values import Job, Policy, Queue, Worker
from routing.workers_file import parse_workers
from stores.bells import bell_of
from stores.router_history import RouterHistory
from stores.search import Search
from stores.sql import SqlStore
from stores.totals import Totals
from tests.support.report_site import CALL, KEY, fill_call
from tests.support.serving import serving
from web.agents.actions import agent_operations
from web.agents.board import AgentSources, Boards
from web.agents.page import AgentsPages, agents_page_routes
from web.api.operations import api_routes
from web.api_keys import ApiKeys, Sessions, hash_of
from web.doors import WebDoor, behind, login_routes
from web.errors import exception_handlers
from web.report import ReportSources, report_routes

CALL_ID = "call-wants-a-human"
POLICY = Policy("best", "Best worker", offer_expires_s=3_600)
QUEUE = Queue("antiphon", "best", "Callers who want a human")
JOB = Job(
    "job-1", "antiphon", CALL_ID, labels={"Lang": "en", "Topic": "glass damage", "Satisfaction": "partial"}, priority=1
)
WORKERS = Path(__file__).parents[2] / "docs" / "examples" / "routing" / "workers.yaml"


@dataclass(frozen=True, slots=True)
class AgentsSite:
    """What is up."""

    url: str
    router: Router
    store: SqlStore


def five_workers() -> tuple[Worker, ...]:
    """Those of the example, none of whom has signed in."""
    workers = parse_workers(WORKERS.read_text(encoding="utf-8"), queue_id=QUEUE.queue_id)
    return tuple(replace(each, is_available=False) for each in workers)


@contextlib.asynccontextmanager
async def agents_site(folder: Path) -> AsyncIterator[AgentsSite]:
    """Serve it, with a call that is up and five workers; ``report_site.KEY`` opens it."""
    store = await SqlStore.open(f"sqlite:///{folder}/calls.db")
    bell = bell_of(store.database)
    history = RouterHistory(store.database, bell)
    scorer = RecordedScorer(FormulaScorer(), history, utc_now=_utc_now)
    try:
        await store.add_call(replace(CALL, call_id=CALL_ID, experiments={}))
        await fill_call(store, CALL_ID)
        async with EmbeddedRouter(store.database, bell, scorer, utc_now=_utc_now) as router:
            await router.set_up(POLICY, QUEUE, five_workers())
            sources = AgentSources(router, QUEUE.queue_id, history.scorings, store.history, _utc_now, keep_s=0.2)
            boards = Boards(sources)
            door = WebDoor(ApiKeys([hash_of(KEY)]), Sessions(keep_s=3_600), Refusals(), lambda: 0.0)
            report = ReportSources(
                store, Search(store.database), Totals(store.database), Prices(), _utc_now, agents_url="/agents"
            )
            pages = [
                *agents_page_routes(boards, AgentsPages(ask_s=0.25)),
                *api_routes(agent_operations(sources, boards)),
                *report_routes(report),
                *login_routes(door),
            ]
            app = Starlette(routes=behind(door, pages), exception_handlers=exception_handlers())
            async with serving(app) as address:
                yield AgentsSite(f"http://{address}", router, store)
    finally:
        await store.close()


def _utc_now() -> datetime:
    return datetime.now(UTC)
