"""Either signal stops what runs alone."""

import asyncio
import os
import signal

import pytest

from emulators.interruption import stop_ordered


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_either_signal_is_an_order(number: signal.Signals) -> None:
    """Also one that was ignored before."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        ordered = stop_ordered()
        os.kill(os.getpid(), number)
        async with asyncio.timeout(10):
            await ordered.wait()
    finally:
        asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(number, before)
