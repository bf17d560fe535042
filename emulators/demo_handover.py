"""The demo of a hand-over: five human agents are scored for a caller, and the best one takes over.

    router    who brings caller and agent together
    azure     Job Router's SDK -> emulators.job_router, whose policy asks the server for scores over HTTP
    embedded  the router in the server, on its database

The best is busy for a moment, the next lets it ring: then the best is asked again, and accepts.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from emulators.demo_services import Around, DemoServices
from emulators.errors import EmulatorError
from emulators.human_agents import Answer, HumanAgents
from emulators.server_process import run_command
from pipeline.ports import SpeechToText
from providers.job_router import AzureJobRouter, JobRouterSettings
from routing.embedded import EmbeddedRouter
from routing.journal import RouterJournal
from routing.model_scorer import FormulaScorer
from routing.ports import Router
from routing.recording import RecordedScorer
from routing.scoring import INDICATORS
from stores.bells import bell_of
from stores.database import Database
from stores.records import CallHistory
from stores.router_history import RouterHistory
from web.report_pages import render_report

WORKERS: Final = Path("docs/examples/routing/workers.yaml")
_SCRIPT: Final = MappingProxyType({"ann": (Answer.LATER,), "eve": (Answer.IGNORE,)})
_EXPECTED: Final = (
    ("Ann", "asked"),
    ("Ann", "declined"),
    ("Eve", "asked"),
    ("Eve", "not answered in time"),
    ("Ann", "asked"),
    ("Ann", "accepted"),
)
RouterKind = Literal["azure", "embedded"]


class NoAgents(EmulatorError):
    """Queue and workers could not be set up; the message holds what the command said."""


@asynccontextmanager
async def handover_services(kind: RouterKind, out: Path, ears: SpeechToText) -> AsyncIterator[DemoServices]:
    """Speech and mind as in the local demo, and human agents at a router."""
    environment = {
        "ROUTING__MODE": kind,
        "ROUTING__OFFER_EXPIRES_SEC": "5",
        "ROUTING__SCORE_KEY": secrets.token_urlsafe(),
        "ROUTING__WORKERS_PATH": str(WORKERS),
    }
    yield DemoServices(
        environment,
        around=partial(_agents_at_work, kind),
        judged=judge_handover,
        success="five human agents were scored, and the best has the caller",
    )


@asynccontextmanager
async def _agents_at_work(kind: RouterKind, around: Around) -> AsyncIterator[None]:
    public = {**around.environment, "SERVER__PUBLIC_URL": around.server.url}
    code, said = await run_command(("router", "setup"), public)
    if code:
        raise NoAgents(f"the human agents could not be set up: {said}")
    async with AsyncExitStack() as stack:
        agents = HumanAgents(await stack.enter_async_context(_router(kind, around.environment)), _SCRIPT)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        working = tasks.create_task(agents.work(), name="human agents")
        try:
            yield
        finally:
            working.cancel()


@asynccontextmanager
async def _router(kind: RouterKind, environment: Mapping[str, str]) -> AsyncIterator[Router]:
    """What the agents' screens are connected to."""
    async with AsyncExitStack() as stack:
        database = await Database.open(environment["DATABASE__URL"])
        stack.push_async_callback(database.close)
        bell = bell_of(database)
        if kind == "embedded":
            scorer = RecordedScorer(FormulaScorer(INDICATORS), RouterHistory(database, bell), utc_now=_utc_now)
            yield await stack.enter_async_context(EmbeddedRouter(database, bell, scorer, utc_now=_utc_now))
            return
        journal = await stack.enter_async_context(RouterJournal(database, bell))
        acs = "COMMUNICATION_SERVICES__"
        settings = JobRouterSettings(environment[f"{acs}ENDPOINT"], environment[f"{acs}ACCESS_KEY"])
        yield await stack.enter_async_context(AzureJobRouter(settings, journal, utc_now=_utc_now))


def judge_handover(history: CallHistory) -> tuple[str, ...]:
    """What went otherwise than the script of the agents has it, or is not told by the report."""
    scored = [each for each in history.tool_calls if each.name == "score_humans"]
    offered = [each for each in history.tool_calls if each.name == "offer_to_human"]
    problems = []
    if not scored or len(json.loads(scored[0].arguments)) != 5:
        problems.append("five workers were to be scored")
    elif not scored[0].result.startswith("Ann scored highest"):
        problems.append(f"Ann was to score highest: {scored[0].result}")
    happened = tuple((json.loads(each.arguments)["worker"], each.result) for each in offered)
    if happened != _EXPECTED:
        problems.append(f"the offers went otherwise: {happened}")
    if history.call.end_reason != "transferred":
        problems.append(f"the call was to be transferred, and ended as {history.call.end_reason}")
    said = " ".join(each.text for each in history.messages if each.persona == "assistant")
    if "Ann takes over" not in said:
        problems.append("the caller was not told who takes over")
    report = render_report(history)
    problems += [
        f"the report does not say “{each}”" for each in ("Ann scored highest", "CSAT 2.8") if each not in report
    ]
    return tuple(problems)


def _utc_now() -> datetime:
    return datetime.now(UTC)
