"""Event Grid, as far as a telephone number needs it: a webhook is told of calls.

Delivery is at least once. The real service repeats a failed delivery after
``REAL_RETRY_DELAYS_S``; here the delays are the caller's choice, none by default.
Source: Microsoft's "Event Grid message delivery and retry" and "Webhook event delivery".
"""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import msgspec

from emulators.errors import DeliveryFailed, HandshakeFailed
from emulators.recordings import RecordedFile
from emulators.switchboard import Leg, phone_identifier

REAL_RETRY_DELAYS_S = (10.0, 30.0, 60.0, 300.0)
"""The beginning of the real schedule, which goes on for 24 hours."""
DELIVERY_TIMEOUT_S = 30.0
RECORDING_API_VERSION = "2026-03-12"
TOPIC = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/emulated"
    "/providers/Microsoft.Communication/communicationServices/emulated"
)
_SUCCESS = range(200, 205)


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

    async def validate(self, webhook_url: str) -> None:
        """Perform the handshake that begins a subscription.

        Raises:
            HandshakeFailed: The webhook did not answer 200 with the validation code.
        """
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
            status, body = await self._post(webhook_url, event, "SubscriptionValidation", delivery_count=0)
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
        self, webhook_url: str, event: Mapping[str, object], *, retry_delays_s: Sequence[float] = ()
    ) -> Delivery:
        """Post one event, again after each delay until it is taken (200 to 204).

        Raises:
            DeliveryFailed: It never was.
        """
        reason = ""
        for attempt, delay_s in enumerate((0.0, *retry_delays_s)):
            await asyncio.sleep(delay_s)
            try:
                status, _ = await self._post(webhook_url, event, "Notification", delivery_count=attempt)
            except (aiohttp.ClientError, TimeoutError) as error:
                reason = f"{type(error).__name__}: {error}"
                continue
            if status in _SUCCESS:
                return Delivery(status=status, attempts=attempt + 1)
            reason = f"the webhook answered {status}"
        raise DeliveryFailed(f"{event['eventType']} was not taken: {reason}")

    async def _post(
        self, webhook_url: str, event: Mapping[str, object], event_type: str, *, delivery_count: int
    ) -> tuple[int, bytes]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "aeg-event-type": event_type,
            "aeg-subscription-name": "EMULATED",
            "aeg-delivery-count": str(delivery_count),
            "aeg-data-version": str(event["dataVersion"]),
            "aeg-metadata-version": str(event["metadataVersion"]),
        }
        body = msgspec.json.encode([event])
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


def recording_file_event(file: RecordedFile, *, endpoint: str) -> dict[str, object]:
    """The event that says: the file of a recording can be fetched from here.

    Args:
        file: What was recorded.
        endpoint: Of this emulator, without a slash.
    """
    location = f"{endpoint}/recordings/{file.recording_id}/content/{file.document_id}"
    chunk = {
        "documentId": file.document_id,
        "index": 0,
        "endReason": "SessionEnded",
        "contentLocation": f"{location}?api-version={RECORDING_API_VERSION}",
        "metadataLocation": f"{location}/metadata?api-version={RECORDING_API_VERSION}",
        "deleteLocation": f"{location}?api-version={RECORDING_API_VERSION}",
    }
    return grid_event(
        "Microsoft.Communication.RecordingFileStatusUpdated",
        subject=f"/recording/call/{file.correlation_id}/serverCallId/{file.server_call_id}"
        f"/recordingId/{file.recording_id}",
        data={
            "recordingStorageInfo": {"recordingChunks": [chunk]},
            "recordingStartTime": file.started_at.strftime("%Y-%m-%dT%H:%M:%S.%f0Z"),
            "recordingDurationMs": file.duration_ms,
            "sessionEndReason": file.end_reason,
            "recordingContentType": "Audio",
            "recordingChannelType": "Unmixed" if file.is_unmixed else "Mixed",
            "recordingFormatType": "Wav",
        },
    )
