"""What Event Grid delivers."""

import json

import pytest

from calls.errors import MalformedEvent
from calls.incoming import Delivery, IncomingCall, RecordingFile, TextMessage, parse_delivery

DATA = {
    "to": {"kind": "phoneNumber", "rawId": "4:+15559998888", "phoneNumber": {"value": "+15559998888"}},
    "from": {"kind": "phoneNumber", "rawId": "4:+15550001111", "phoneNumber": {"value": "+15550001111"}},
    "serverCallId": "c2VydmVy",
    "callerDisplayName": "",
    "incomingCallContext": "opaque",
    "customContext": {"sipHeaders": {}, "voipHeaders": {}},
    "correlationId": "corr-1",
}
EVENT = {
    "id": "event-1",
    "topic": "/subscriptions/s/resourceGroups/g/providers/p",
    "subject": "/caller/4:+15550001111/recipient/4:+15559998888",
    "eventType": "Microsoft.Communication.IncomingCall",
    "dataVersion": "1.0",
    "metadataVersion": "1",
    "eventTime": "2026-01-01T00:00:00.1234567Z",
    "data": DATA,
}
CALL = IncomingCall("event-1", "corr-1", "opaque", "+15550001111", "+15559998888", "c2VydmVy")


def delivery_of(*events: object) -> Delivery:
    """Parse these events as one delivery."""
    return parse_delivery(json.dumps(events).encode())


def call_with(**data: object) -> Delivery:
    """Parse the plain event with other data."""
    return delivery_of({**EVENT, "data": {**DATA, **data}})


def test_event_grid_schema() -> None:
    """An incoming call in Event Grid's own schema is read whole."""
    assert delivery_of(EVENT) == Delivery(calls=(CALL,))


@pytest.mark.parametrize("as_array", [True, False])
def test_cloud_events_schema(as_array: bool) -> None:
    """The same call as CloudEvents, alone or in an array, gives the same."""
    event = {
        "id": "event-1",
        "source": "s",
        "type": EVENT["eventType"],
        "specversion": "1.0",
        "time": "t",
        "data": DATA,
    }
    assert parse_delivery(json.dumps([event] if as_array else event).encode()) == Delivery(calls=(CALL,))


def test_any_casing() -> None:
    """Other casings of names and of the kind are understood."""
    data = {name.upper(): value for name, value in DATA.items()}
    event = {"ID": "event-1", "EventType": "microsoft.communication.incomingcall", "Data": data}
    assert delivery_of(event) == Delivery(calls=(CALL,))


def test_subscription_validation() -> None:
    """Event Grid's handshake asks for its code back."""
    event = {
        "id": "v",
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "data": {"validationCode": "512d38b6", "validationUrl": "https://example.org"},
    }
    assert delivery_of(event) == Delivery(validation_code="512d38b6")


def test_other_kinds_are_ignored() -> None:
    """Events that are none of our business are named, and harm no call beside them."""
    kind = "Microsoft.Communication.SMSDeliveryReportReceived"
    report = {"id": "s", "eventType": kind, "data": {"deliveryStatus": "Delivered"}}
    assert delivery_of(report, EVENT) == Delivery(calls=(CALL,), ignored=(kind,))


@pytest.mark.parametrize(
    ("identifier", "number"),
    [
        ({"phoneNumber": {"value": "+33 1 23 45 67 89"}}, "+33123456789"),
        ({"rawId": "4:+15550001111"}, "+15550001111"),
        ({"rawId": "4:anonymous"}, ""),
        ({"phoneNumber": {"value": "+15550001111", "isAnonymous": True}}, ""),
        ({"phoneNumber": {"value": "anonymous"}}, ""),
        ({"phoneNumber": None, "rawId": None}, ""),
        ({"kind": "communicationUser", "rawId": "8:acs:r_u", "communicationUser": {"id": "8:acs:r_u"}}, ""),
        (None, ""),
    ],
)
def test_caller_number(identifier: object, number: str) -> None:
    """The caller's number comes in E.164, or empty when there is none to be known."""
    (call,) = call_with(**{"from": identifier}).calls
    assert call.from_number == number


def without(key: str) -> dict[str, object]:
    """The plain event's data without one key."""
    return {name: value for name, value in DATA.items() if name != key}


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({**EVENT, "id": ""}, "id is missing"),
        ({**EVENT, "id": 7}, "id is not a string"),
        ({**EVENT, "eventType": None}, "type (or eventType) is missing"),
        ({**EVENT, "eventType": ["IncomingCall"]}, "eventType is not a string"),
        ({**EVENT, "data": "text"}, "data is not an object"),
        ({**EVENT, "data": []}, "data is not an object"),
        ({**EVENT, "data": None}, "correlationId is missing"),
        ({**EVENT, "data": without("correlationId")}, "correlationId is missing"),
        ({**EVENT, "data": without("incomingCallContext")}, "incomingCallContext is missing"),
        ({**EVENT, "data": {**DATA, "incomingCallContext": ""}}, "incomingCallContext is missing"),
        ({**EVENT, "data": {**DATA, "incomingCallContext": {"a": 1}}}, "incomingCallContext is not a string"),
        ({**EVENT, "data": {**DATA, "correlationId": 5}}, "correlationId is not a string"),
        ({**EVENT, "data": {**DATA, "from": "+15550001111"}}, "from is not an object"),
        ({**EVENT, "data": {**DATA, "to": 5}}, "to is not an object"),
        ({**EVENT, "data": {**DATA, "from": {"phoneNumber": "+1"}}}, "phoneNumber is not an object"),
        ({**EVENT, "data": {**DATA, "from": {"phoneNumber": {"value": 1}}}}, "value is not a string"),
        ({**EVENT, "data": {**DATA, "from": {"rawId": 4}}}, "rawId is not a string"),
        ({**EVENT, "data": {**DATA, "serverCallId": []}}, "serverCallId is not a string"),
        ({"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {}}, "validationCode is missing"),
        (
            {"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {"validationCode": 1}},
            "validationCode is not a string",
        ),
        (None, "it is not an object"),
        ("IncomingCall", "it is not an object"),
    ],
)
def test_malformed_events_are_refused_alone(event: object, reason: str) -> None:
    """Each bad event is refused with a reason that names the key; the good one beside it is taken."""
    delivery = delivery_of(event, EVENT)
    assert delivery.calls == (CALL,)
    (refused,) = delivery.refused
    assert refused.endswith(reason)


@pytest.mark.parametrize(
    "body", [b"", b"no", b"[]", b"5", b"null", b'"x"', b"[1]", b"\x00", b"{" * 5000, b"[" * 99_999]
)
def test_unreadable_bodies(body: bytes) -> None:
    """A body without any event raises the one error that the webhook expects."""
    with pytest.raises(MalformedEvent):
        parse_delivery(body)


def test_a_text_message() -> None:
    """Numbers come without a plus sign, and in any casing of the keys."""
    data = {"MessageId": "m1", "From": "15550001111", "to": "+15559998888", "Message": "AB 12"}
    event = {"id": "e", "eventType": "Microsoft.Communication.SMSReceived", "data": data}
    (message,) = parse_delivery(json.dumps([event]).encode()).messages
    assert message == TextMessage("m1", "+15550001111", "+15559998888", "AB 12")
    nameless = {**event, "data": {**data, "From": "Contoso"}}
    (message,) = parse_delivery(json.dumps([nameless]).encode()).messages
    assert message.from_number == ""


def test_a_recording_that_is_ready() -> None:
    """Its id stands in the subject; its parts are put in order."""
    chunks = [{"index": 1, "contentLocation": "https://b"}, {"index": 0, "contentLocation": "https://a"}]
    event = {
        "id": "e",
        "eventType": "Microsoft.Communication.RecordingFileStatusUpdated",
        "subject": "/recording/call/c/serverCallId/s/recordingId/rec-1",
        "data": {"recordingStorageInfo": {"recordingChunks": chunks}},
    }
    (file,) = parse_delivery(json.dumps([event]).encode()).recordings
    assert file == RecordingFile("rec-1", ("https://a", "https://b"))
    nameless = parse_delivery(json.dumps([{**event, "subject": "/recording/call/c"}]).encode())
    assert nameless.recordings == ()
    assert nameless.refused[0].endswith("subject names no recordingId")
