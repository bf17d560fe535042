"""Human agents: the router as it is configured, its queue and its workers. No job is made, and no telephone rings."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

from assembly.checkup.findings import Check, NotWorking, Seen, State, Watch, place_of
from assembly.routing import scorer_of
from assembly.times import utc_now
from calls.errors import CallControlError
from config import Config
from providers.job_router import AzureJobRouter, JobRouterSettings
from routing.embedded import EmbeddedRouter
from routing.errors import InvalidSetup, RouterUnavailable
from routing.journal import RouterJournal
from routing.ports import Router
from stores.backend import backend_of
from stores.bells import bell_of
from stores.database import Database
from stores.errors import StoreError
from stores.inspection import inspect

_SETUP = "python server.py router setup"


def checks_of_routing(config: Config, stack: AsyncExitStack) -> Iterator[Check]:
    """One row; ``stack`` closes what it opens."""

    async def human_agents() -> Seen:
        return await look_at_router(config, stack)

    yield Check("human agents", human_agents, "routing.mode, communication_services.endpoint")


async def look_at_router(config: Config, stack: AsyncExitStack) -> Seen:
    """Ask for the queue and its workers."""
    if config.routing.mode == "off":
        return Seen("there is no router", "routing.mode turns it on: docs/human-agents.md", State.OFF)
    watch = Watch()
    try:
        router = await (_embedded if config.routing.mode == "embedded" else _azure)(config, stack)
        queue = await router.queue(config.routing.queue)
        workers = await router.workers(config.routing.queue)
    except InvalidSetup as error:
        raise NotWorking(str(error), f"{_SETUP} makes it, or set routing.queue to one that is there") from error
    except StoreError as error:
        raise NotWorking(str(error), "set database.url: see the row of the database") from error
    except (RouterUnavailable, CallControlError) as error:
        raise _explained(str(error), config) from error
    if not workers:
        raise NotWorking(f"nobody works in queue {queue.queue.queue_id}", f"{_SETUP} --workers FILE brings workers")
    there = sum(each.worker.is_available for each in workers)
    where = "in this process" if config.routing.mode == "embedded" else place_of(config.communication_services.endpoint)
    seen = f"{where}: {there} of {len(workers)} workers signed in, {queue.length} waiting, in {watch.took}"
    if unreachable := [each.worker.worker_id for each in workers if not each.worker.target]:
        text = f"{len(unreachable)} of {len(workers)} workers cannot be reached: {unreachable[0]} has no target"
        raise NotWorking(
            text, f"give each worker a target, the number that calls are handed to: {_SETUP} --workers FILE"
        )
    return Seen(seen, "" if there else "whoever wants a human waits in vain until a worker signs in")


async def _embedded(config: Config, stack: AsyncExitStack) -> Router:
    """It is not entered, so that nothing is offered or expires by being looked at."""
    url, queue_id = config.database.url.get_secret_value(), config.routing.queue
    found = await asyncio.to_thread(inspect, url)
    if not found.is_newest:
        raise InvalidSetup(f"there is no queue {queue_id} in a database that is still to be made or upgraded")
    database = _database(config, stack)
    return EmbeddedRouter(database, bell_of(database), scorer_of(config, None), utc_now=utc_now)


async def _azure(config: Config, stack: AsyncExitStack) -> Router:
    """Its journal, in the database, is neither read nor written."""
    acs, database = config.communication_services, _database(config, stack)
    settings = JobRouterSettings(acs.endpoint, acs.usable_access_key)
    journal = RouterJournal(database, bell_of(database))
    return await stack.enter_async_context(AzureJobRouter(settings, journal, utc_now=utc_now))


def _database(config: Config, stack: AsyncExitStack) -> Database:
    """As it is: it is not upgraded."""
    backend = backend_of(config.database.url.get_secret_value())
    database = Database(backend, backend.async_engine())
    stack.push_async_callback(database.close)
    return database


def _explained(text: str, config: Config) -> NotWorking:
    if config.routing.mode == "embedded":
        return NotWorking(text, "set database.url: see the row of the database")
    if "401" in text or "403" in text or "access key" in text:
        key = "set communication_services.access_key to a key of this resource, as the portal shows it"
        return NotWorking(text, f"{key} (and look at the clock)")
    place = place_of(config.communication_services.endpoint)
    advice = f"look at communication_services.endpoint: {place} does not answer as Job Router"
    return NotWorking(text, f"{advice}, or set routing.mode to embedded")
