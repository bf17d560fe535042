"""Callbacks are posted one after the other."""

import asyncio
from collections.abc import Mapping
from typing import cast

from emulators import callbacks
from emulators.call_outbox import CAPACITY, CallOutbox
from emulators.callbacks import Callbacks
from emulators.errors import DeliveryFailed
from emulators.switchboard import Leg
from tests.emulators.test_callbacks import leg_answered


class Server:
    """Takes callbacks in place of the sender; the names in ``refuses`` it does not."""

    def __init__(self, *refuses: str) -> None:
        self.taken: list[tuple[str, str | None]] = []
        self._refuses = refuses

    async def post(self, leg: Leg, event: Mapping[str, object], url: str | None = None) -> None:
        """Take one."""
        name = str(event["type"]).rpartition(".")[2]
        await asyncio.sleep(0)
        if name in self._refuses:
            raise DeliveryFailed(f"callback {name}: no")
        self.taken.append((name, url))


async def test_in_order_and_to_the_end() -> None:
    """A refused one is reported, and the next is posted all the same."""
    leg, server = leg_answered(), Server("CallConnected")
    told: list[str] = []
    failed: list[str] = []
    outbox = CallOutbox(leg, cast(Callbacks, server), told=told.append, failed=failed.append)
    outbox.put(callbacks.call_connected(leg))
    outbox.put(callbacks.media_streaming_started(leg), "http://a/b")
    outbox.put(callbacks.call_disconnected(leg))
    outbox.close()
    await outbox.run()
    assert server.taken == [("MediaStreamingStarted", "http://a/b"), ("CallDisconnected", None)]
    assert told == ["MediaStreamingStarted", "CallDisconnected"]
    assert failed == ["callback CallConnected: no"]


async def test_a_server_that_takes_nothing_does_not_fill_our_memory() -> None:
    """What does not fit is reported."""
    leg = leg_answered()
    failed: list[str] = []
    outbox = CallOutbox(leg, cast(Callbacks, Server()), told=lambda name: None, failed=failed.append)
    for _ in range(CAPACITY + 2):
        outbox.put(callbacks.call_connected(leg))
    outbox.close()
    assert failed == [f"callback CallConnected: {CAPACITY} others wait for the server"] * 2
