"""Who is told of what: the event subscriptions of one resource."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from emulators.errors import DeliveryFailed
from emulators.event_grid import Delivery, EventGrid, Schema

REMEMBERED_FAILURES = 1_000
"""How many deliveries that failed are kept; later ones are dropped."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A webhook and what it wants."""

    webhook_url: str
    schema: Schema = Schema.EVENT_GRID
    event_types: frozenset[str] = frozenset()
    """As ``Microsoft.Communication.IncomingCall``; empty for all."""
    retry_delays_s: tuple[float, ...] = ()
    """See ``event_grid.REAL_RETRY_DELAYS_S``, which a test scales down."""
    deliveries: int = 1
    """How often each event is posted although it was taken: delivery is at least once."""

    def wants(self, event: Mapping[str, object]) -> bool:
        """Whether this event is for this webhook."""
        return not self.event_types or event["eventType"] in self.event_types


class GridSubscriptions:
    """All of them.

    Attributes:
        undelivered: What webhooks did not take, in words.
    """

    def __init__(self) -> None:
        self.undelivered: list[str] = []
        # Bounded by what the test or the command line subscribes.
        self._subscriptions: dict[str, Subscription] = {}
        self._subscribing = asyncio.Lock()

    async def subscribe(self, event_grid: EventGrid, subscription: Subscription) -> None:
        """Perform the handshake, unless this webhook has done so before.

        Raises:
            HandshakeFailed: It does not take events.
        """
        async with self._subscribing:
            if subscription.webhook_url not in self._subscriptions:
                await event_grid.validate(subscription.webhook_url, subscription.schema)
                self._subscriptions[subscription.webhook_url] = subscription

    def of(self, webhook_url: str) -> Subscription:
        """The subscription of a webhook; the default for one that has none."""
        return self._subscriptions.get(webhook_url, Subscription(webhook_url))

    async def publish(self, event_grid: EventGrid, event: Mapping[str, object]) -> list[Delivery]:
        """Tell every webhook that wants to know; what fails is remembered.

        Returns:
            How it was taken, for each webhook that took it.
        """
        taken: list[Delivery] = []
        for subscription in list(self._subscriptions.values()):
            if not subscription.wants(event):
                continue
            for _ in range(subscription.deliveries):
                try:
                    delivery = await event_grid.deliver(
                        subscription.webhook_url,
                        event,
                        retry_delays_s=subscription.retry_delays_s,
                        schema=subscription.schema,
                    )
                except DeliveryFailed as failed:
                    if len(self.undelivered) < REMEMBERED_FAILURES:
                        self.undelivered.append(str(failed))
                else:
                    taken.append(delivery)
        return taken
