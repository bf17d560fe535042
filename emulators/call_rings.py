"""How a call begins: it rings at the server under test, or at a telephone that the server calls."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from emulators.call_result import CallEnd
from emulators.errors import DeliveryFailed
from emulators.event_grid import EventGrid, Schema, incoming_call_event
from emulators.network_script import SUCCESS, Outcome, PickUp, Reaction
from emulators.switchboard import Leg


class Bell:
    """What a ring reports to, and what ends it.

    Attributes:
        decided: Set when there is nothing more to wait for: it was taken, or cannot be.
        told: Takes the name of an event and its detail.
        failed: Takes a fault of the server under test, in words.
    """

    def __init__(self, *, told: Callable[[str, str], None], failed: Callable[[str], None]) -> None:
        self.decided = asyncio.Event()
        self.told = told
        self.failed = failed


class Ring(Protocol):
    """The beginning of a call."""

    @property
    def failure(self) -> Outcome:
        """What the server is told of a call that it placed and that is not taken."""

    async def run(self, leg: Leg, bell: Bell, tasks: asyncio.TaskGroup) -> CallEnd | None:
        """Ring until something is decided; None when the call is up."""


class InboundRing:
    """Rings at the server: IncomingCall is posted to its webhook.

    Args:
        event_grid: What posts.
        webhook_url: Where to.
        ring_timeout_s: When the caller gives up.
        retry_delays_s: When a refused event is posted again.
        deliveries: How often it is posted although it was taken.
        schema: How it is written.
    """

    def __init__(
        self,
        event_grid: EventGrid,
        webhook_url: str,
        *,
        ring_timeout_s: float,
        retry_delays_s: tuple[float, ...] = (),
        deliveries: int = 1,
        schema: Schema = Schema.EVENT_GRID,
    ) -> None:
        self._event_grid = event_grid
        self._webhook_url = webhook_url
        self._ring_timeout_s = ring_timeout_s
        self._retry_delays_s = retry_delays_s
        self._deliveries = deliveries
        self._schema = schema

    @property
    def failure(self) -> Outcome:
        """See ``Ring``: the server did not place it."""
        return SUCCESS

    async def run(self, leg: Leg, bell: Bell, tasks: asyncio.TaskGroup) -> CallEnd | None:
        """See ``Ring``. The delivery may outlast the ring: a webhook may answer the call first."""
        delivery = tasks.create_task(self._deliver(leg, bell), name="phone-ring")
        try:
            async with asyncio.timeout(self._ring_timeout_s):
                await bell.decided.wait()
        except TimeoutError:
            bell.failed(f"nobody answered within {self._ring_timeout_s:g} s")
        if leg.answer is not None:
            return None
        if leg.refused:
            return CallEnd.REFUSED
        delivery.cancel()
        # From now on an answer comes too late, and is told so.
        leg.gone()
        return CallEnd.NOT_ANSWERED

    async def _deliver(self, leg: Leg, bell: Bell) -> None:
        event = incoming_call_event(leg)
        for _ in range(self._deliveries):
            try:
                delivery = await self._event_grid.deliver(self._webhook_url, event, retry_delays_s=self._retry_delays_s)
            except DeliveryFailed as failed:
                bell.failed(str(failed))
                if leg.answer is None:
                    bell.decided.set()
                return
            bell.told("delivered", f"{delivery.status} after {delivery.attempts} attempts")


class OutboundRing:
    """Rings at a telephone, whose owner reacts as the script says."""

    def __init__(self, reaction: Reaction) -> None:
        self._reaction = reaction

    @property
    def failure(self) -> Outcome:
        """See ``Ring``."""
        return self._reaction.outcome

    async def run(self, leg: Leg, bell: Bell, tasks: asyncio.TaskGroup) -> CallEnd | None:
        """See ``Ring``."""
        try:
            async with asyncio.timeout(self._reaction.after_s):
                await bell.decided.wait()
        except TimeoutError:
            pass
        else:
            return CallEnd.SERVER  # it hung up before anybody answered
        if self._reaction.pick_up is PickUp.ANSWERS:
            bell.told("answered", "")
            return None
        bell.told("not_taken", self._reaction.pick_up)
        return CallEnd.NOT_TAKEN
