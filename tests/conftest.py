"""Tests in real time: which they are, and how often they may be repeated; and that no test leaves rubbish to the next.

The reasons are in ``docs/decisions/0008-tests-in-real-time.md``.
"""

import gc
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support import jumping_time

IN_REAL_TIME = (
    "assembly",  # native engines, services on sockets
    "benchmarks",  # they measure, and whole calls run in them
    "calls/test_media_socket.py",  # a real socket
    "emulators",  # services on sockets, subprocesses, whole calls
    "journeys",  # whole calls
    "media/test_stream.py",  # a real socket
    "providers",  # the services' own SDKs against servers, with threads of their own
    "test_server.py",  # subprocesses and signals
    "web",  # servers, live feeds
)
"""Where a machine that stalls for a second may change what happens. The rest runs on virtual time, or on none."""
RERUNS_MAX = 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever runs in real time may fail twice, for reasons of speed; nothing else may fail once."""
    for item in items:
        if is_in_real_time(item):
            item.add_marker(pytest.mark.flaky(reruns=RERUNS_MAX))


def is_in_real_time(item: pytest.Item) -> bool:
    """Whether the machine's clock decides in this test, by where it stands; not if it runs on a clock that jumps."""
    if isinstance(item, pytest.Function) and item.function.__code__.co_filename == jumping_time.__file__:
        return False
    place = item.path.relative_to(Path(__file__).parent).as_posix()
    return any(place == each or place.startswith(f"{each}/") for each in IN_REAL_TIME)


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
