"""``python server.py router``: human agents set up, and a job made to see whom it goes to."""

import argparse
import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from agent.model_records import unobserved
from assembly.errors import AssemblyError
from assembly.routing import Routing, open_routing, policy_of, queue_of
from config import Config, load
from providers.azure_identity import AzureIdentity
from routing.errors import InvalidSetup
from routing.happenings import JobHappening, OfferIssued
from routing.ports import Router
from routing.scoring import number_of
from routing.values import Change, Job, Label, Offer, Selector, Worker
from routing.workers_file import parse_workers
from stores.database import Database
from stores.router_history import RouterHistory

_CHANGED = {True: ("would create", "would change"), False: ("created", "changed")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of this command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = (
        "Human agents: set up the policy, the queue and the workers, or make a job to see who scores highest and who\n"
        "is offered it. By routing.mode this is the router in this process, or Azure's Job Router."
    )
    parser.epilog = "Exit code: 0 done, 1 nobody was offered the job in time, 2 it could not be done."
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    setup = actions.add_parser("setup", help="create what is not there, change what differs, and say what was changed")
    setup.add_argument("--workers", type=Path, metavar="FILE", help="YAML of workers (default: routing.workers_path)")
    setup.add_argument("--dry-run", action="store_true", help="only say what would be changed")
    job = actions.add_parser("job", help="make a job; say who scored highest and who got the offer")
    job.add_argument("--label", action="append", default=[], metavar="NAME=VALUE", help="what the job is about")
    job.add_argument("--require", action="append", default=[], metavar="NAME=VALUE", help="what its worker must have")
    job.add_argument("--priority", type=int, default=1, help="the higher comes first (default: %(default)d)")
    job.add_argument("--wait", type=float, default=15.0, metavar="SECONDS", help="for an offer (default: %(default)g)")
    job.add_argument("--keep", action="store_true", help="leave the job to its worker; else it is cancelled at the end")
    for each in (setup, job):
        each.add_argument(
            "--config", type=Path, metavar="FILE", help="YAML file (default: config.yaml, if there is one)"
        )


def run(options: argparse.Namespace, *, console: Console | None = None) -> int:
    """Do it; the exit code.

    Raises:
        AssemblyError: No router is configured, or the workers cannot be read.
        ConfigError, StoreError, CallsError, RoutingError: It could not be done.
    """
    config, console = load(options.config), console or Console(highlight=False, soft_wrap=True)
    if config.routing.mode == "off":
        raise AssemblyError("there is no router: set routing.mode (ROUTING__MODE) to embedded or azure")
    if options.action == "setup":
        return asyncio.run(_set_up(config, options, console))
    job = Job(
        f"job-{uuid.uuid4().hex[:12]}",
        config.routing.queue,
        priority=options.priority,
        labels=dict(_pair(each) for each in options.label),
        selectors=tuple(Selector(*_pair(each)) for each in options.require),
    )
    return asyncio.run(_try_job(config, job, options, console))


async def _set_up(config: Config, options: argparse.Namespace, console: Console) -> int:
    workers = read_workers(options.workers or config.routing.workers_path, config.routing.queue)
    async with AsyncExitStack() as stack:
        router, _ = await _opened(config, stack)
        policy, queue = policy_of(config), queue_of(config)
        changes = await router.set_up(policy, queue, workers, is_dry_run=options.dry_run)
    for change in changes:
        console.print(_line(change, is_dry_run=options.dry_run))
    if not changes:
        console.print(f"Nothing to change: {len(workers)} workers, queue {queue.queue_id}, policy {policy.policy_id}.")
    return 0


async def _try_job(config: Config, job: Job, options: argparse.Namespace, console: Console) -> int:
    async with AsyncExitStack() as stack:
        router, history = await _opened(config, stack)
        await router.create_job(job)
        console.print(f"Job {job.job_id} waits in queue {job.queue_id}.")
        try:
            offer: Offer | None = None
            try:
                async with asyncio.timeout(options.wait), router.follow(job.job_id) as told:
                    offer = await _first_offer(told)
            except TimeoutError:
                pass
            if offer is None:
                console.print(f"Nobody was offered it within {options.wait:g} s: {await _why(router, job)}")
                return 1
            await _show_scores(history, job.job_id, offer, console)
            name = (await router.worker(offer.worker_id)).worker.name or offer.worker_id
            seconds = (offer.expires_at - offer.offered_at).total_seconds()
            console.print(f"{name} ({offer.worker_id}) got the offer, and has {seconds:g} s to accept it.")
            return 0
        finally:
            if not options.keep:
                await router.cancel_job(job.job_id, note="made by the command line")
                console.print("The job was cancelled (--keep leaves it).")


async def _first_offer(told: AsyncIterator[JobHappening]) -> Offer | None:
    async for happening in told:
        if isinstance(happening, OfferIssued):
            return happening.offer
    return None


async def _show_scores(history: RouterHistory, job_id: str, offer: Offer, console: Console) -> None:
    scorings = await history.scorings(job_id)
    if not scorings:
        console.print("No scores are recorded here: this database is not that of the server that was asked for them.")
        return
    table = Table("worker", "score", "by", "reason")
    best = max(scorings, key=lambda each: each.score)
    for each in sorted(scorings, key=lambda each: (-each.score, each.worker_id)):
        mark = " ← offer" if each.worker_id == offer.worker_id else ""
        table.add_row(f"{each.worker_id}{mark}", f"{each.score:.2f}", each.scorer, each.reason)
    console.print(table)
    console.print(f"{best.worker_id} scored highest: {best.score:.2f}.")


async def _why(router: Router, job: Job) -> str:
    workers = await router.workers(job.queue_id)
    there = [each for each in workers if each.worker.is_available]
    able = [each for each in there if all(wanted.is_met_by(each.worker.all_labels) for wanted in job.selectors)]
    free = [each for each in able if each.load < each.worker.capacity]
    return (
        f"of {len(workers)} workers {len(there)} are available, "
        f"{len(able)} of them have what is required, and {len(free)} of those have capacity left."
    )


async def _opened(config: Config, stack: AsyncExitStack) -> tuple[Router, RouterHistory]:
    database = await Database.open(config.database.url.get_secret_value())
    stack.push_async_callback(database.close)
    identity = AzureIdentity()
    stack.push_async_callback(identity.close)
    routing: Routing = await open_routing(config, database, identity, stack, unobserved)
    assert routing.router is not None  # see ``run``
    return routing.router, routing.history


def read_workers(path: Path | None, queue_id: str) -> tuple[Worker, ...]:
    """The workers of a file. Raises ``AssemblyError``, which names it."""
    if path is None:
        raise AssemblyError("there are no workers: name a file by --workers, or routing.workers_path")
    try:
        return parse_workers(path.read_text(encoding="utf-8"), queue_id=queue_id)
    except (OSError, UnicodeError) as error:
        raise AssemblyError(f"{path} cannot be read: {type(error).__name__}") from error
    except InvalidSetup as error:
        raise AssemblyError(f"{path}:\n  {error}") from error


def _pair(written: str) -> tuple[str, Label]:
    name, found, value = written.partition("=")
    if not found or not name.strip():
        raise AssemblyError(f"{written}: must be of the form NAME=VALUE")
    number = None if ":" in value else number_of(value)
    label: Label = value.strip() if number is None else number
    return name.strip(), int(label) if isinstance(label, float) and label.is_integer() else label


def _line(change: Change, *, is_dry_run: bool) -> str:
    created, changed = _CHANGED[is_dry_run]
    if not change.fields:
        return f"{created} {change.kind} {change.name}"
    return f"{changed} {change.kind} {change.name}: {', '.join(change.fields)}"
