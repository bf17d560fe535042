"""Events of operations, as the SDK's CloudEvents."""

import json
from datetime import UTC, datetime

from azure.core.messaging import CloudEvent

from emulators.call_events import operation_event, participants_updated, recording_state_changed, tone_received
from emulators.network_script import Outcome
from emulators.switchboard import Leg
from tests.emulators.test_callbacks import leg_answered


def data(event: dict[str, object]) -> dict[str, object]:
    """What the SDK reads."""
    read: CloudEvent[dict[str, object]] = CloudEvent.from_dict(json.loads(json.dumps(event)))
    assert read.data is not None
    return read.data


def connected() -> Leg:
    """A call that is up."""
    leg = leg_answered()
    leg.connected()
    return leg


def test_the_result_of_an_operation() -> None:
    """With the context of the operation, not of the call."""
    told = data(operation_event(connected(), "PlayFailed", "ours-2", Outcome(400, 8536, "none")))
    assert told["operationContext"] == "ours-2"
    assert told["resultInformation"] == {"code": 400, "subCode": 8536, "message": "none"}
    assert "operationContext" not in data(operation_event(connected(), "PlayCompleted", None))


def test_who_is_in_the_call() -> None:
    """The person, and not the server."""
    told = data(participants_updated(connected()))
    assert told["sequenceNumber"] == 1
    person = {"kind": "phoneNumber", "rawId": "4:+12025550143", "phoneNumber": {"value": "+12025550143"}}
    assert told["participants"] == [{"identifier": person, "isMuted": False, "isOnHold": False}]


def test_a_key() -> None:
    """Its name and its number."""
    told = data(tone_received(connected(), "pound", sequence_id=3, context="keys"))
    assert (told["tone"], told["sequenceId"], told["operationContext"]) == ("pound", 3, "keys")


def test_the_state_of_a_recording() -> None:
    """With its beginning in UTC."""
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    told = data(recording_state_changed(connected(), "rec", state="active", started_at=at))
    assert (told["recordingId"], told["state"], told["startDateTime"]) == ("rec", "active", "2026-01-02T03:04:05+00:00")
