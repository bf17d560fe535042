"""Events as the service writes them."""

from datetime import UTC, datetime

from azure.core.messaging import CloudEvent

from emulators.event_grid import as_cloud_event
from emulators.grid_events import recording_file_event, sms_received_event, sms_report_event
from emulators.recordings import RecordedFile
from emulators.sms_traffic import ReceivedSms, SentSms


def data(event: dict[str, object]) -> dict[str, object]:
    """What the SDK reads of it, in the other schema."""
    read: CloudEvent[dict[str, object]] = CloudEvent.from_dict(as_cloud_event(event))
    assert read.data is not None
    return read.data


def test_a_message_came_in() -> None:
    """Numbers have no plus sign."""
    read = data(sms_received_event(ReceivedSms("+12025550143", "+12025550100", "Hello.")))
    assert (read["from"], read["to"], read["message"], read["segmentCount"]) == (
        "12025550143",
        "12025550100",
        "Hello.",
        1,
    )


def test_what_became_of_a_message() -> None:
    """Delivered, or failed and why."""
    sent = SentSms("+12025550100", "+12025550143", "Hi.", "m-1", True, "call-1")
    assert data(sms_report_event(sent))["deliveryStatus"] == "Delivered"
    failed = data(sms_report_event(SentSms("+1", "+2", "Hi.", "m-2", True, "call-1", "blocked")))
    assert (failed["deliveryStatus"], failed["deliveryStatusDetails"], failed["tag"]) == ("Failed", "blocked", "call-1")


def test_where_a_recording_is() -> None:
    """The addresses are on this emulator."""
    file = RecordedFile("rec", "server", "corr", datetime(2026, 1, 1, tzinfo=UTC), 1500, False, "CallEnded", b"RIFF")
    event = recording_file_event(file, endpoint="http://127.0.0.1:9")
    read = data(event)
    storage = read["recordingStorageInfo"]
    assert isinstance(storage, dict)
    (chunk,) = storage["recordingChunks"]
    assert chunk["contentLocation"].startswith("http://127.0.0.1:9/recordings/rec/content/")
    assert read["recordingDurationMs"] == 1500
    assert read["recordingStartTime"] == "2026-01-01T00:00:00.0000000Z"
    assert str(event["subject"]).endswith("/recordingId/rec")
