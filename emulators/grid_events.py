"""The events of Event Grid besides IncomingCall: files of recordings, and short messages.

Written as in Microsoft's event schemas: numbers of messages have no plus sign there.
"""

from datetime import UTC, datetime

from emulators.event_grid import grid_event
from emulators.recordings import RecordedFile
from emulators.sms_traffic import ReceivedSms, SentSms

RECORDING_API_VERSION = "2026-03-12"


def recording_file_event(file: RecordedFile, *, endpoint: str) -> dict[str, object]:
    """The event that says: the file of a recording can be fetched from here.

    Args:
        file: What was recorded.
        endpoint: Of this emulator, without a slash.
    """
    chunk = {
        "documentId": file.document_id,
        "index": 0,
        "endReason": "SessionEnded",
        **recording_locations(file, endpoint=endpoint),
    }
    return grid_event(
        "Microsoft.Communication.RecordingFileStatusUpdated",
        subject=f"/recording/call/{file.correlation_id}/serverCallId/{file.server_call_id}"
        f"/recordingId/{file.recording_id}",
        data={
            "recordingStorageInfo": {"recordingChunks": [chunk]},
            "recordingStartTime": _time(file.started_at),
            "recordingDurationMs": file.duration_ms,
            "sessionEndReason": file.end_reason,
            "recordingContentType": "Audio",
            "recordingChannelType": "Unmixed" if file.is_unmixed else "Mixed",
            "recordingFormatType": "Wav",
        },
    )


def recording_locations(file: RecordedFile, *, endpoint: str) -> dict[str, object]:
    """Where a file, what lies beside it, and its end are to be had: signed requests."""
    location = f"{endpoint}/recordings/{file.recording_id}/content/{file.document_id}"
    return {
        "contentLocation": f"{location}?api-version={RECORDING_API_VERSION}",
        "metadataLocation": f"{location}/metadata?api-version={RECORDING_API_VERSION}",
        "deleteLocation": f"{location}?api-version={RECORDING_API_VERSION}",
    }


def sms_received_event(sms: ReceivedSms) -> dict[str, object]:
    """Somebody sent a message to our number."""
    return grid_event(
        "Microsoft.Communication.SMSReceived",
        subject=f"/phonenumber/{_bare(sms.recipient)}",
        data={
            "messageId": sms.message_id,
            "from": _bare(sms.sender),
            "to": _bare(sms.recipient),
            "message": sms.text,
            "receivedTimestamp": _time(datetime.now(UTC)),
            "segmentCount": sms.segments,
        },
    )


def sms_report_event(sms: SentSms) -> dict[str, object]:
    """What became of a message that was sent with ``enableDeliveryReport``."""
    now = _time(datetime.now(UTC))
    attempt = {
        "timestamp": now,
        "segmentsSucceeded": int(sms.is_delivered),
        "segmentsFailed": int(not sms.is_delivered),
    }
    return grid_event(
        "Microsoft.Communication.SMSDeliveryReportReceived",
        subject=f"/phonenumber/{_bare(sms.sender)}",
        data={
            "messageId": sms.message_id,
            "from": _bare(sms.sender),
            "to": _bare(sms.recipient),
            "deliveryStatus": "Delivered" if sms.is_delivered else "Failed",
            "deliveryStatusDetails": sms.failure or "No error.",
            "receivedTimestamp": now,
            "deliveryAttempts": [attempt],
            "tag": sms.tag,
        },
    )


def _bare(number: str) -> str:
    return number.removeprefix("+")


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
