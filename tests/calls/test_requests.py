"""Requests on behalf of calls, on a clock that jumps."""

import asyncio

from calls.requests import Requests
from tests.support.jumping_time import on_jumping_time
from tests.support.telephone import NOW, Notes


def requests_for(notes: Notes) -> Requests:
    """Requests that may last five seconds."""
    return Requests(notes, timeout_s=5.0, utc_now=lambda: NOW)


async def fails() -> str:
    """A service that is out of order."""
    raise ConnectionError("about +15550001111")


@on_jumping_time
async def test_a_result_is_given_back() -> None:
    """What succeeds is given back, and nothing is reported."""
    notes = Notes()

    async def works() -> str:
        return "done"

    async with requests_for(notes) as requests:
        assert await requests.tried("c", works()) == "done"
    assert notes.failures == []


@on_jumping_time
async def test_a_failure_is_reported_by_its_class() -> None:
    """What fails, or lasts too long, gives its error, and the words of it are told to nobody."""
    notes = Notes()
    async with requests_for(notes) as requests:
        assert isinstance(await requests.tried("c", fails(), stage="sms"), ConnectionError)
        assert isinstance(await requests.tried("c", asyncio.sleep(60)), TimeoutError)
    assert notes.failures == ["ConnectionError", "TimeoutError"]
    assert "+1555" not in repr(notes.records)


@on_jumping_time
async def test_leaving_ends_what_runs() -> None:
    """No task is left, and none can be started any more."""
    async with requests_for(Notes()) as requests:
        assert requests.is_open
        requests.start("long", asyncio.sleep(1_000))
        await asyncio.sleep(1)
    assert not requests.is_open
    assert asyncio.all_tasks() == {asyncio.current_task()}


@on_jumping_time
async def test_settled_waits_no_longer_than_a_request_may_last() -> None:
    """What hangs does not hang us."""
    loop = asyncio.get_running_loop()
    async with requests_for(Notes()) as requests:
        requests.start("long", asyncio.sleep(1_000))
        began = loop.time()
        await requests.settled()
        assert 5.0 <= loop.time() - began < 5.5
