"""Checks made, as the tests of this folder make them."""

from collections.abc import Iterable
from contextlib import AsyncExitStack

from agent.model_records import unobserved
from assembly.checkup.findings import Check, Finding, State, look_at
from assembly.routing import open_routing, policy_of, queue_of
from config import Config
from providers.azure_identity import AzureIdentity
from routing.values import Job, Worker
from stores.database import Database

PATIENCE_S = 60.0
NOBODY = "http://127.0.0.1:1"
"""Where nobody listens."""


async def found_by(checks: Iterable[Check], *, timeout_s: float = PATIENCE_S) -> dict[str, Finding]:
    """The findings, by name."""
    return {finding.name: finding for finding in await look_at(list(checks), timeout_s=timeout_s)}


def states(findings: dict[str, Finding]) -> dict[str, State]:
    """Of each."""
    return {name: finding.state for name, finding in findings.items()}


def broken(findings: dict[str, Finding]) -> set[str]:
    """Names of those that are to be fixed."""
    return {name for name, finding in findings.items() if finding.state is State.FIX}


async def set_up_router(config: Config, *workers: Worker, waits: int = 0) -> None:
    """As ``server.py router setup`` does; then so many jobs wait."""
    async with AsyncExitStack() as stack:
        database = await Database.open(config.database.url.get_secret_value())
        stack.push_async_callback(database.close)
        router = (await open_routing(config, database, AzureIdentity(), stack, unobserved)).router
        assert router is not None
        await router.set_up(policy_of(config), queue_of(config), workers)
        for number in range(waits):
            await router.create_job(Job(f"job-{number}", config.routing.queue))
        for each in workers:
            await router.set_available(each.worker_id, each.is_available)
