"""The callbacks of one call, posted one after the other by a task of their own.

outbox = CallOutbox(leg, callbacks, told=…, failed=…)
tasks.create_task(outbox.run())
outbox.put(event)
outbox.close()      # run() returns when everything has been posted
"""

import asyncio
from collections.abc import Callable, Mapping

from emulators.callbacks import Callbacks
from emulators.errors import DeliveryFailed
from emulators.switchboard import Leg

CAPACITY = 1000
"""Callbacks that wait; what does not fit is a fault that is reported, and not posted."""


class CallOutbox:
    """Posts in order.

    Args:
        leg: The call.
        callbacks: What posts.
        told: Told the name of each event that the server took.
        failed: Told in words of each that it did not.
    """

    def __init__(
        self, leg: Leg, callbacks: Callbacks, *, told: Callable[[str], None], failed: Callable[[str], None]
    ) -> None:
        self._leg = leg
        self._callbacks = callbacks
        self._told = told
        self._failed = failed
        self._queue: asyncio.Queue[tuple[Mapping[str, object], str | None] | None] = asyncio.Queue(CAPACITY + 1)

    def put(self, event: Mapping[str, object], url: str | None = None) -> None:
        """Post this after those before it."""
        if self._queue.qsize() >= CAPACITY:
            self._failed(f"callback {_name(event)}: {CAPACITY} others wait for the server")
            return
        self._queue.put_nowait((event, url))

    def close(self) -> None:
        """Nothing comes after this."""
        self._queue.put_nowait(None)

    async def run(self) -> None:
        """Post until it is closed."""
        while (item := await self._queue.get()) is not None:
            event, url = item
            try:
                await self._callbacks.post(self._leg, event, url)
            except DeliveryFailed as failed:
                self._failed(str(failed))
            else:
                self._told(_name(event))


def _name(event: Mapping[str, object]) -> str:
    return str(event["type"]).rpartition(".")[2]
