"""Event Grid, as far as a telephone number needs it: webhooks are told of calls and messages.

Delivery is at least once. The real service repeats a failed delivery after
``REAL_RETRY_DELAYS_S``; here the delays are the caller's choice, none by default.
Source: Microsoft's "Event Grid message delivery and retry" and "Webhook event delivery".
"""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import aiohttp
import msgspec

from emulators.errors import DeliveryFailed, HandshakeFailed
from emulators.switchboard import Leg, phone_identifier

REAL_RETRY_DELAYS_S = (10.0, 30.0, 60.0, 300.0)
"""The beginning of the real schedule, which goes on for 24 hours."""
DELIVERY_TIMEOUT_S = 30.0
TOPIC = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/emulated"
    "/providers/Microsoft.Communication/communicationServices/emulated"
)
VALIDATION_ORIGIN = "eventgrid.azure.net"
NOT_REPEATED = frozenset({400, 401, 403, 404, 413})
"""What a webhook answers to say: do not try again."""
_SUCCESS = range(200, 205)


class Schema(StrEnum):
    """How events are written, and how the handshake goes."""

    EVENT_GRID = "event_grid"
    """An array of one event; the handshake is a POST with a code that must come back."""
    CLOUD_EVENTS = "cloud_events"
    """One CloudEvent 1.0; the handshake is an OPTIONS that must allow us."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an event was taken."""

    status: int
    attempts: int


class EventGrid:
    """Posts events to webhooks, over a session that somebody else closes."""

    def __init__(self, session: aiohttp.ClientSession, *, timeout_s: float = DELIVERY_TIMEOUT_S) -> None:
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def validate(self, webhook_url: str, schema: Schema = Schema.EVENT_GRID) -> None:
        """Perform the handshake that begins a subscription.

        Raises:
            HandshakeFailed: The webhook did not answer 200 with the validation code, or did not allow us.
        """
        if schema is Schema.CLOUD_EVENTS:
            await self._ask(webhook_url)
            return
        code = str(uuid.uuid4())
        event = grid_event(
            "Microsoft.EventGrid.SubscriptionValidationEvent",
            subject="",
            data={
                "validationCode": code,
                "validationUrl": f"https://rp-emulated.eventgrid.azure.net/eventsubscriptions/emulated/validate?id={code}",
            },
        )
        try:
            status, body = await self._post(webhook_url, event, "SubscriptionValidation", 0, schema)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise HandshakeFailed(f"no answer: {type(error).__name__}: {error}") from error
        if status != 200:
            raise HandshakeFailed(f"the webhook answered {status}: the service wants 200")
        try:
            answer = msgspec.json.decode(body)
        except msgspec.DecodeError as error:
            raise HandshakeFailed("the webhook's answer is not JSON") from error
        if not isinstance(answer, dict) or answer.get("validationResponse") != code:
            raise HandshakeFailed("the webhook's answer does not hold the validation code as validationResponse")

    async def deliver(
        self,
        webhook_url: str,
        event: Mapping[str, object],
        *,
        retry_delays_s: Sequence[float] = (),
        schema: Schema = Schema.EVENT_GRID,
    ) -> Delivery:
        """Post one event, again after each delay until it is taken (200 to 204) or refused for good.

        Args:
            webhook_url: Where to.
            event: In the Event Grid schema.
            retry_delays_s: One for each repetition.
            schema: How to write it.

        Raises:
            DeliveryFailed: It never was taken.
        """
        reason = ""
        for attempt, delay_s in enumerate((0.0, *retry_delays_s)):
            await asyncio.sleep(delay_s)
            try:
                status, _ = await self._post(webhook_url, event, "Notification", attempt, schema)
            except (aiohttp.ClientError, TimeoutError) as error:
                reason = f"{type(error).__name__}: {error}"
                continue
            if status in _SUCCESS:
                return Delivery(status=status, attempts=attempt + 1)
            reason = f"the webhook answered {status}"
            if status in NOT_REPEATED:
                break
        raise DeliveryFailed(f"{event['eventType']} was not taken: {reason}")

    async def _ask(self, webhook_url: str) -> None:
        """The handshake of CloudEvents: may we post here?"""
        headers = {"WebHook-Request-Origin": VALIDATION_ORIGIN, "WebHook-Request-Rate": "120"}
        try:
            async with self._session.options(webhook_url, headers=headers, timeout=self._timeout) as response:
                await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise HandshakeFailed(f"no answer: {type(error).__name__}: {error}") from error
        if response.status != 200:
            raise HandshakeFailed(f"the webhook answered {response.status}: the service wants 200")
        allowed = response.headers.get("WebHook-Allowed-Origin", "")
        if allowed not in (VALIDATION_ORIGIN, "*"):
            raise HandshakeFailed(f"WebHook-Allowed-Origin is {allowed!r}: neither {VALIDATION_ORIGIN} nor *")

    async def _post(
        self, webhook_url: str, event: Mapping[str, object], event_type: str, delivery_count: int, schema: Schema
    ) -> tuple[int, bytes]:
        is_cloud_event = schema is Schema.CLOUD_EVENTS
        content_type = "application/cloudevents+json" if is_cloud_event else "application/json"
        headers = {
            "Content-Type": f"{content_type}; charset=utf-8",
            "aeg-event-type": event_type,
            "aeg-subscription-name": "EMULATED",
            "aeg-delivery-count": str(delivery_count),
        }
        if not is_cloud_event:
            headers["aeg-data-version"] = str(event["dataVersion"])
            headers["aeg-metadata-version"] = str(event["metadataVersion"])
        body = msgspec.json.encode(as_cloud_event(event) if is_cloud_event else [event])
        async with self._session.post(webhook_url, data=body, headers=headers, timeout=self._timeout) as response:
            return response.status, await response.read()


def grid_event(event_type: str, *, subject: str, data: Mapping[str, object]) -> dict[str, object]:
    """An event in the Event Grid schema. Times have seven digits, as the service's have."""
    return {
        "id": str(uuid.uuid4()),
        "topic": TOPIC,
        "subject": subject,
        "eventType": event_type,
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z"),
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "data": data,
    }


def scaled_delays(factor: float) -> tuple[float, ...]:
    """The beginning of the real schedule, so many times as fast as 1 / factor; 0 repeats at once."""
    return tuple(delay_s * factor for delay_s in REAL_RETRY_DELAYS_S)


def as_cloud_event(event: Mapping[str, object]) -> dict[str, object]:
    """The same event in the other schema."""
    return {
        "id": event["id"],
        "source": event["topic"],
        "subject": event["subject"],
        "type": event["eventType"],
        "time": event["eventTime"],
        "specversion": "1.0",
        "data": event["data"],
    }


def incoming_call_event(leg: Leg) -> dict[str, object]:
    """The event that says: this number is called."""
    numbers = leg.numbers
    return grid_event(
        "Microsoft.Communication.IncomingCall",
        subject=f"/caller/{numbers.caller_raw_id}/recipient/{numbers.callee_raw_id}",
        data={
            "to": phone_identifier(numbers.callee),
            "from": phone_identifier(numbers.caller),
            "serverCallId": leg.server_call_id,
            "callerDisplayName": "",
            "incomingCallContext": leg.incoming_call_context,
            "customContext": {"sipHeaders": {}, "voipHeaders": {}},
            "correlationId": leg.correlation_id,
        },
    )
