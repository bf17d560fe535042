"""The API on a store with a call of each kind."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from calls.costs import Prices
from calls.daily_costs import DailyCosts
from calls.export.exporter import Exporter
from calls.export.redaction import RedactionSettings
from stores.agenda import Agenda
from stores.archive import Archive
from stores.search import Search
from stores.sql import SqlStore
from tests.web.api.filled import START, fill
from web.api.calls import CallReading, reading_operations
from web.api.costs import cost_operations
from web.api.exports import export_operations
from web.api.operations import api_routes
from web.api.recordings import Recordings, recording_operations
from web.errors import exception_handlers

NOW = START + timedelta(minutes=45)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """See ``tests.web.api.filled``."""
    store = await SqlStore.open(f"sqlite:///{tmp_path}/antiphon.db")
    await fill(store, tmp_path / "recordings")
    yield store
    await store.close()


@pytest.fixture
async def api(store: SqlStore, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """What can be read, at a quarter past ten."""
    database, folder = store.database, tmp_path / "recordings"
    reading = CallReading(
        store, Search(database), Agenda(database), prices=Prices(), recordings=folder, utc_now=lambda: NOW
    )
    operations = [
        *reading_operations(reading),
        *recording_operations(Recordings(store, folder)),
        *export_operations(Exporter(Archive(database), [], RedactionSettings())),
        *cost_operations(DailyCosts(Archive(database), Prices(), utc_now=lambda: NOW), utc_now=lambda: NOW),
    ]
    app = Starlette(routes=api_routes(operations), exception_handlers=exception_handlers())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        yield client
