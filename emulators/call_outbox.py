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
from emulators.network_faults import CallbackFault
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
        self._faults: list[CallbackFault] = []
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

    def fail(self, fault: CallbackFault) -> None:
        """Let this happen to the next callback of its name."""
        self._faults.append(fault)

    @property
    def unconsumed(self) -> tuple[CallbackFault, ...]:
        """The faults that have not happened."""
        return tuple(self._faults)

    async def run(self) -> None:
        """Post until it is closed, and what is late has been posted too."""
        swapped: list[tuple[Mapping[str, object], str | None]] = []
        async with asyncio.TaskGroup() as tasks:
            while (item := await self._queue.get()) is not None:
                fault = self._take_fault(item[0])
                if fault is not None and fault.after_next:
                    swapped.append(item)
                    continue
                if fault is not None and fault.late_ms:
                    tasks.create_task(self._post(*item, fault), name="late-callback")
                else:
                    await self._post(*item, fault)
                while swapped:
                    await self._post(*swapped.pop(0), None)
            for waiting in swapped:  # nothing came after it
                await self._post(*waiting, None)

    def _take_fault(self, event: Mapping[str, object]) -> CallbackFault | None:
        for fault in self._faults:
            if fault.callback == _name(event):
                self._faults.remove(fault)
                return fault
        return None

    async def _post(self, event: Mapping[str, object], url: str | None, fault: CallbackFault | None) -> None:
        if fault is not None:
            await asyncio.sleep(fault.late_ms / 1000)
        for _ in range(fault.copies if fault else 1):
            try:
                await self._callbacks.post(self._leg, event, url)
            except DeliveryFailed as failed:
                self._failed(str(failed))
            else:
                self._told(_name(event))


def _name(event: Mapping[str, object]) -> str:
    return str(event["type"]).rpartition(".")[2]
