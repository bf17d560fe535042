"""The row of human agents: the router in process and the pretended Job Router, as they stand and where they lack."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from assembly.checkup.findings import Finding, State
from assembly.checkup.routing import checks_of_routing
from config import Config
from emulators.job_router import JobRouterEmulator
from routing.values import Worker
from tests.assembly.checkup.looking import NOBODY, found_by, set_up_router
from tests.support.configured import configured

WORKERS = tuple(Worker(name, name, "+12025550111", ("antiphon",), {"CSAT": 2.5}) for name in ("ann", "bob"))


async def found(config: Config) -> Finding:
    """The row."""
    async with AsyncExitStack() as stack:
        return (await found_by(checks_of_routing(config, stack)))["human agents"]


@pytest.fixture
def config_of(tmp_path: Path) -> Callable[..., Config]:
    """A configuration with a database of its own."""

    def made(mode: str, **sections: Any) -> Config:
        routing: dict[str, object] = {"mode": mode, "score_key": "recognisable", "score_url": f"{NOBODY}/router/score"}
        url = f"sqlite:///{tmp_path / 'calls.db'}"
        return configured(routing=routing, database={"url": url}, **sections)

    return made


async def test_without_a_router_nothing_is_to_be_fixed() -> None:
    """It is told what turns it on."""
    row = await found(configured())
    assert (row.state, "routing.mode" in row.advice) == (State.OFF, True)


async def test_the_router_in_process(config_of: Callable[..., Config], tmp_path: Path) -> None:
    """Before it is set up, with nobody in it, with everybody away, and as it should be; looking makes nothing."""
    config = config_of("embedded")
    row = await found(config)
    assert row.state is State.FIX
    assert "there is no queue antiphon" in row.seen
    assert "router setup" in row.advice
    assert not (tmp_path / "calls.db").exists()
    await set_up_router(config)
    row = await found(config)
    assert (row.state, row.seen) == (State.FIX, "nobody works in queue antiphon")
    away = tuple(Worker(each.worker_id, "", each.target, each.queue_ids, is_available=False) for each in WORKERS)
    await set_up_router(config, *away, waits=1)
    row = await found(config)
    assert row.state is State.OK
    assert row.seen.startswith("in this process: 0 of 2 workers signed in, 1 waiting, in ")
    assert "until a worker signs in" in row.advice
    await set_up_router(config, *WORKERS)
    row = await found(config)
    assert row.seen.startswith("in this process: 2 of 2 workers signed in, 1 waiting, in ")
    assert row.advice == ""


async def test_workers_to_whom_no_call_can_be_handed(config_of: Callable[..., Config]) -> None:
    """They would be offered callers, and never get them."""
    config = config_of("embedded")
    await set_up_router(config, WORKERS[0], Worker("eve", "Eve", "", ("antiphon",)))
    row = await found(config)
    assert (row.state, row.seen) == (State.FIX, "1 of 2 workers cannot be reached: eve has no target")
    assert "router setup" in row.advice


async def test_a_database_that_is_none_is_told(config_of: Callable[..., Config], tmp_path: Path) -> None:
    """By its key."""
    (tmp_path / "calls.db").write_bytes(b"rubbish " * 1000)
    row = await found(config_of("embedded"))
    assert (row.state, "database.url" in row.advice) == (State.FIX, True)


async def test_job_router(config_of: Callable[..., Config], tmp_path: Path) -> None:
    """By its SDK: not set up, set up, with another key, and not there; no database is made for it."""
    async with JobRouterEmulator() as service:
        acs = {"endpoint": service.endpoint, "access_key": service.access_key}
        config = config_of("azure", communication_services=acs)
        row = await found(config)
        assert (row.state, row.seen) == (State.FIX, "there is no queue antiphon")
        assert not (tmp_path / "calls.db").exists()
        await set_up_router(config, *WORKERS)
        row = await found(config)
        assert row.state is State.OK
        assert row.seen.startswith(f"{service.endpoint}: 2 of 2 workers signed in, 0 waiting, in ")
        wrong = config_of("azure", communication_services=acs | {"access_key": "d3Jvbmctd3Jvbmctd3Jvbmc="})
        row = await found(wrong)
        assert (row.state, row.seen) == (State.FIX, "the service refused: 401")
        assert "communication_services.access_key" in row.advice
    row = await found(config_of("azure", communication_services=acs | {"endpoint": NOBODY}))
    assert row.state is State.FIX
    assert f"communication_services.endpoint: {NOBODY} does not answer" in row.advice
