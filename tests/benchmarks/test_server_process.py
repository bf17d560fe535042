"""The server under test as a process."""

import asyncio

import aiohttp
import pytest

from benchmarks.kept_records import Kept
from benchmarks.server_order import ServerOrder, utc_now
from benchmarks.server_process import ServerProcess
from benchmarks.wire import dial
from pipeline.records import BargedIn, StageFailed


async def test_it_takes_calls_and_ends_with_us() -> None:
    """It starts, lets a call in by its secret alone, counts, and is gone afterwards."""
    async with asyncio.timeout(60):
        async with ServerProcess(ServerOrder(delays="ideal")) as server:
            call = await server.new_call()
            phone = await dial(server.port, call.path, lambda at, text: None)
            with pytest.raises(ConnectionError, match="403"):
                await dial(server.port, f"/media/{call.call_id}/guessed", lambda at, text: None)
            assert (await server.totals())["calls"] == 1
            assert await server.answers(call.call_id) == []
            assert server.usage().resident_bytes > 0
            phone.close()
            await phone.closed.wait()
            port = server.port
        async with aiohttp.ClientSession() as http:
            with pytest.raises(aiohttp.ClientConnectorError):
                await http.get(f"http://127.0.0.1:{port}/totals")


def test_records_are_counted() -> None:
    """Interruptions and failures are summed over all calls."""
    kept = Kept()
    for call in ("a", "b"):
        kept.observe(BargedIn(call, utc_now(), 1, 10.0, 20.0))
        kept.observe(StageFailed(call, utc_now(), "reply", "Error"))
    assert (kept.totals["barge_ins"], kept.totals["failures"]) == (2, 2)
