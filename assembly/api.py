"""The REST API: what serves it, and what describes it."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from starlette.routing import Route

from assembly.exporting import exporter_of
from assembly.settings import initiate_of, prices_of
from assembly.times import utc_now
from calls.daily_costs import DailyCosts
from calls.journal import Journal
from calls.live import LiveCalls
from config import Config
from stores.agenda import Agenda
from stores.archive import Archive
from stores.search import Search
from stores.sql import SqlStore
from web.api.calls import CallReading, reading_operations
from web.api.costs import cost_operations
from web.api.exports import export_operations
from web.api.operations import Operation, api_routes
from web.api.pages import description_routes
from web.api.probes import described_operations
from web.api.recordings import Recordings, recording_operations
from web.call_api import placing_operation


def build_api(
    config: Config,
    *,
    live_calls: LiveCalls,
    store: SqlStore,
    journal: Journal,
    beside: Sequence[Route],
    talk: Sequence[Operation] = (),
) -> list[Route]:
    """The routes of the API and of its description.

    Args:
        config: See there.
        live_calls: Places calls.
        store: Where they are kept.
        journal: Writes them there.
        beside: Routes that stand elsewhere and are described here, too: probes, live events.
        talk: Calls from a browser.
    """
    folder, prices = config.database.recordings_path, prices_of(config)
    reading = CallReading(
        store, Search(store.database), Agenda(store.database), prices=prices, recordings=folder, utc_now=utc_now
    )
    costs = DailyCosts(Archive(store.database), prices, utc_now=utc_now)
    operations = [
        placing_operation(live_calls, default=initiate_of(config), utc_now=utc_now, written=journal.drained),
        *reading_operations(reading),
        *recording_operations(Recordings(store, folder)),
        *export_operations(exporter_of(config, store.database)),
        *cost_operations(costs, utc_now=utc_now),
        *talk,
    ]
    described = description_routes([*operations, *described_operations(beside)], version=program_version())
    return [*api_routes(operations), *described]


def program_version() -> str:
    """Which version of the program this is."""
    try:
        return version("antiphon")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "0"
