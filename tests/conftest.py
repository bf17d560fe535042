"""Which tests run in real time and may be repeated; nobody's rubbish for the next; one PostgreSQL server for all.

The reasons are in ``docs/decisions/0008-tests-in-real-time.md``.
"""

import gc
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer

from stores.backend import backend_of
from stores.database import Database
from stores.migrate import upgrade
from tests.support import jumping_time
from tests.support.postgres_server import PostgresServer, empty_tables, running_postgres
from tests.support.workers import FromBothEnds, processes_for, turn_of

IN_REAL_TIME = (
    "assembly",  # native engines, services on sockets
    "benchmarks",  # they measure, and whole calls run in them
    "calls/test_listening_in.py",  # real WebRTC connections
    "calls/test_media_socket.py",  # a real socket
    "calls/test_peer_calls.py",  # real WebRTC connections
    "emulators",  # services on sockets, subprocesses, whole calls
    "journeys",  # whole calls
    "media/test_stream.py",  # a real socket
    "media/test_webrtc_peer.py",  # real WebRTC connections
    "media/test_webrtc_receiver.py",  # real WebRTC connections
    "providers",  # the services' own SDKs against servers, with threads of their own
    "test_server.py",  # subprocesses and signals
    "web",  # servers, live feeds
)
"""Where a machine that stalls for a second may change what happens. The rest runs on virtual time, or on none."""
ON_VIRTUAL_TIME = ("journeys/test_scripted_calls.py",)
"""…though they stand among those."""
RERUNS_MAX = 2


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """What ``-n auto`` means."""
    return processes_for(config.args, shows_output=config.option.capture == "no")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FromBothEnds:
    """Files are shared out in our way, whatever ``--dist`` says."""
    return FromBothEnds(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whatever runs in real time may fail twice, for reasons of speed; nothing else may fail once."""
    for item in items:
        if is_in_real_time(item):
            item.add_marker(pytest.mark.flaky(reruns=RERUNS_MAX))
    if hasattr(config, "workerinput"):  # in one of several processes
        items.sort(key=lambda item: turn_of(_place(item)))


def is_in_real_time(item: pytest.Item) -> bool:
    """Whether the machine's clock decides in this test, by where it stands; not if it runs on a clock that jumps."""
    if isinstance(item, pytest.Function) and item.function.__code__.co_filename == jumping_time.__file__:
        return False
    place = _place(item).as_posix()
    return place not in ON_VIRTUAL_TIME and any(place == each or place.startswith(f"{each}/") for each in IN_REAL_TIME)


def _place(item: pytest.Item) -> Path:
    return item.path.relative_to(Path(__file__).parent)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None]:
    """Set aside what was there before: it is not this test's rubbish, and no collection stops a call to look at it."""
    gc.freeze()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    """Collect what a test has left, its loop included: what goes wrong with it is charged to no other test.

    Raises:
        PytestUnraisableExceptionWarning: Something did.
    """
    try:
        result = yield
    finally:
        troubles = _collected()
        gc.unfreeze()
    if troubles:
        raise pytest.PytestUnraisableExceptionWarning("; ".join(troubles))
    return result


def _collected() -> list[str]:
    """Collect; what could not be raised meanwhile."""
    troubles: list[str] = []

    def keep(told: "sys.UnraisableHookArgs") -> None:
        troubles.append(f"{told.err_msg or 'Exception ignored in'}: {told.object!r}: {told.exc_value!r}")

    before, sys.unraisablehook = sys.unraisablehook, keep
    try:
        gc.collect()
    finally:
        sys.unraisablehook = before
    return troubles


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, started once for all tests that want it."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_database(postgres_server: PostgresServer) -> str:
    """A database with the newest schema, which tests have one after the other."""
    url = postgres_server.create_database()
    upgrade(backend_of(url))
    return url


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A database of this test's own, without a schema."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def postgres_url(postgres_database: str) -> Iterator[str]:
    """A database of this test's own for as long as it lasts, with the newest schema and nothing in it."""
    yield postgres_database
    empty_tables(postgres_database)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file of this test's own, which does not exist yet."""
    return f"sqlite:///{tmp_path}/data/antiphon.db"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of this test's own, on each of the databases that the store runs on."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The same, open."""
    database = await Database.open(database_url)
    yield database
    await database.close()
