"""What the telephone service says about an answered call."""

import json

import pytest

from calls.callbacks import (
    IGNORED_KINDS,
    AnswerFailed,
    CallbackEvent,
    CallConnected,
    CallDisconnected,
    CallTransferAccepted,
    CallTransferFailed,
    CreateCallFailed,
    Ignored,
    MediaStreamingFailed,
    MediaStreamingStarted,
    MediaStreamingStopped,
    ParticipantAdded,
    ParticipantNotAdded,
    ParticipantsUpdated,
    RecordingStateChanged,
    StartRecordingFailed,
    ToneFailed,
    ToneReceived,
    parse_callbacks,
    step_of,
)
from calls.errors import MalformedEvent
from calls.events import (
    AnswerFailedReceived,
    CallConnectedReceived,
    CallDisconnectedReceived,
    EndReason,
    Event,
    MediaStreamingFailedReceived,
)


def event(name: str, **data: object) -> dict[str, object]:
    """One event as the service posts it."""
    return {
        "id": "e",
        "source": "calling/callConnections/conn",
        "type": f"Microsoft.Communication.{name}",
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "time": "2026-01-01T00:00:00Z",
        "data": {"callConnectionId": "conn", "serverCallId": "s", "correlationId": "c", **data},
    }


RESULT = {"code": 400, "subCode": 8581, "message": "…"}


@pytest.mark.parametrize(
    ("posted", "expected"),
    [
        (event("CallConnected"), CallConnected("conn")),
        (event("CallDisconnected", resultInformation={"code": 200, "subCode": 5}), CallDisconnected("conn", 200, 5)),
        (event("CallDisconnected"), CallDisconnected("conn")),
        (event("AnswerFailed", resultInformation=RESULT), AnswerFailed("conn", 400, 8581)),
        (event("MediaStreamingStarted"), MediaStreamingStarted("conn")),
        (event("MediaStreamingStopped"), MediaStreamingStopped("conn")),
        (
            event(
                "MediaStreamingFailed",
                resultInformation=RESULT,
                mediaStreamingUpdate={"mediaStreamingStatusDetails": "initialWebSocketConnectionFailed"},
            ),
            MediaStreamingFailed("conn", 400, 8581, "initialWebSocketConnectionFailed"),
        ),
        (event("CreateCallFailed", resultInformation={"code": 486, "subCode": 7}), CreateCallFailed("conn", 486, 7)),
        (event("CallTransferAccepted", transferTarget={"rawId": "4:+1"}), CallTransferAccepted("conn")),
        (event("CallTransferFailed", resultInformation=RESULT), CallTransferFailed("conn", 400, 8581)),
        (
            event("ParticipantsUpdated", participants=[{"identifier": {"rawId": "4:+1"}}, {"identifier": {}}]),
            ParticipantsUpdated("conn", ("4:+1", "")),
        ),
        (event("AddParticipantSucceeded"), ParticipantAdded("conn")),
        (event("AddParticipantFailed", resultInformation=RESULT), ParticipantNotAdded("conn", 400, 8581)),
        (event("RecordingStateChanged", recordingId="r", state="active"), RecordingStateChanged("r", True)),
        (event("RecordingStateChanged", recordingId="r", state="inactive"), RecordingStateChanged("r", False)),
        (event("StartRecordingFailed", resultInformation=RESULT), StartRecordingFailed("conn", 400, 8581)),
        (event("ContinuousDtmfRecognitionToneReceived", tone="zero", sequenceId=1), ToneReceived("conn", "0", 1)),
        (event("ContinuousDtmfRecognitionToneReceived", tone="Nine", sequenceId=2), ToneReceived("conn", "9", 2)),
        (event("ContinuousDtmfRecognitionToneReceived", tone="d"), ToneReceived("conn", "D", 0)),
        (event("ContinuousDtmfRecognitionToneReceived", tone="pound"), ToneReceived("conn", "#", 0)),
        (event("ContinuousDtmfRecognitionToneReceived", tone="asterisk"), ToneReceived("conn", "*", 0)),
        (event("ContinuousDtmfRecognitionToneFailed", resultInformation=RESULT), ToneFailed("conn", 400, 8581)),
        (
            {"TYPE": "microsoft.communication.CALLCONNECTED", "Data": {"CallConnectionId": "conn"}},
            CallConnected("conn"),
        ),
    ],
)
def test_known_kinds(posted: object, expected: CallbackEvent) -> None:
    """Each kind becomes its type, alone or in an array, in any casing."""
    assert parse_callbacks(json.dumps(posted).encode()) == (expected,)
    assert parse_callbacks(json.dumps([posted]).encode()) == (expected,)


WIRE_KINDS = (
    "CallConnected",
    "CallDisconnected",
    "CreateCallFailed",
    "AnswerFailed",
    "ConnectFailed",
    "ParticipantsUpdated",
    "MediaStreamingStarted",
    "MediaStreamingStopped",
    "MediaStreamingFailed",
    "TranscriptionStarted",
    "TranscriptionUpdated",
    "TranscriptionStopped",
    "TranscriptionFailed",
    "PlayStarted",
    "PlayCompleted",
    "PlayCanceled",
    "PlayFailed",
    "RecognizeCompleted",
    "RecognizeFailed",
    "RecognizeCanceled",
    "CallTransferAccepted",
    "CallTransferFailed",
    "AddParticipantSucceeded",
    "AddParticipantFailed",
    "RemoveParticipantSucceeded",
    "RemoveParticipantFailed",
    "CancelAddParticipantSucceeded",
    "CancelAddParticipantFailed",
    "MoveParticipantSucceeded",
    "MoveParticipantFailed",
    "ContinuousDtmfRecognitionToneReceived",
    "ContinuousDtmfRecognitionToneFailed",
    "ContinuousDtmfRecognitionStopped",
    "SendDtmfTonesCompleted",
    "SendDtmfTonesFailed",
    "HoldFailed",
    "HoldAudioStarted",
    "HoldAudioPaused",
    "HoldAudioResumed",
    "HoldAudioCompleted",
    "StartRecordingFailed",
    "RecordingStateChanged",
)
"""Every kind of event that the service posts to a callback URL."""


@pytest.mark.parametrize("kind", WIRE_KINDS)
def test_every_kind_is_handled_or_ignored_on_purpose(kind: str) -> None:
    """Whatever the service may say is read, or listed as ignored with its reason; never both, never neither."""
    (said,) = parse_callbacks(json.dumps(event(kind, tone="one")).encode())
    assert isinstance(said, Ignored) == (kind in IGNORED_KINDS)
    if isinstance(said, Ignored):
        assert said.reason == IGNORED_KINDS[kind]


def test_nothing_is_ignored_that_does_not_exist() -> None:
    """The list of what is ignored holds kinds of the service only; an unknown kind says that it is unknown."""
    assert set(IGNORED_KINDS) <= set(WIRE_KINDS)
    (said,) = parse_callbacks(json.dumps(event("CallEnchanted")).encode())
    assert said == Ignored("Microsoft.Communication.CallEnchanted", "this kind is not known")


def test_a_tone_that_is_no_key() -> None:
    """It changes nothing."""
    (said,) = parse_callbacks(json.dumps(event("ContinuousDtmfRecognitionToneReceived", tone="flash")).encode())
    assert said == Ignored("Microsoft.Communication.ContinuousDtmfRecognitionToneReceived", "no key of a telephone")


def test_order_is_kept() -> None:
    """Events of one delivery come out in their order."""
    events = parse_callbacks(json.dumps([event("CallConnected"), event("CallDisconnected")]).encode())
    assert events == (CallConnected("conn"), CallDisconnected("conn"))


@pytest.mark.parametrize(
    ("posted", "reason"),
    [
        ({**event("CallConnected"), "data": "x"}, "data is not an object"),
        ({**event("CallConnected"), "data": [1]}, "data is not an object"),
        ({**event("CallConnected"), "type": 1}, "type is not a string"),
        ({**event("CallConnected"), "type": ""}, "type (or eventType) is missing"),
        ({**event("CallConnected"), "id": {}}, "id is not a string"),
        (event("CallConnected", callConnectionId=5), "callConnectionId is not a string"),
        (event("CallDisconnected", resultInformation="bad"), "resultInformation is not an object"),
        (event("MediaStreamingFailed", mediaStreamingUpdate=[]), "mediaStreamingUpdate is not an object"),
        (
            event("MediaStreamingFailed", mediaStreamingUpdate={"mediaStreamingStatusDetails": 1}),
            "mediaStreamingStatusDetails is not a string",
        ),
        (None, "it is not an object"),
        ([], "it is not an object"),
        ({}, "type (or eventType) is missing"),
    ],
)
def test_malformed_events_are_ignored_with_their_reason(posted: object, reason: str) -> None:
    """A bad event is ignored by itself, and its neighbour is taken."""
    events = parse_callbacks(json.dumps([posted, event("CallConnected")]).encode())
    assert CallConnected("conn") in events
    (ignored,) = (found for found in events if isinstance(found, Ignored))
    assert ignored.reason.endswith(reason)


def test_codes_that_are_no_numbers_only_lose_the_explanation() -> None:
    """A strange code does not cost us the end of the call."""
    posted = event("CallDisconnected", resultInformation={"code": "x", "subCode": None})
    assert parse_callbacks(json.dumps(posted).encode()) == (CallDisconnected("conn"),)


@pytest.mark.parametrize("body", [b"", b"[]", b"x", b"true", b"[null]", b"[" * 99_999, b'{"type"'])
def test_unreadable_bodies(body: bytes) -> None:
    """A body without any event raises the one error that the webhook expects."""
    with pytest.raises(MalformedEvent):
        parse_callbacks(body)


@pytest.mark.parametrize(
    ("said", "step"),
    [
        (CallConnected("conn"), CallConnectedReceived("conn")),
        (CallDisconnected("conn"), CallDisconnectedReceived()),
        (AnswerFailed("conn"), AnswerFailedReceived()),
        (MediaStreamingFailed("conn"), MediaStreamingFailedReceived()),
        (CreateCallFailed("conn", 486), AnswerFailedReceived(EndReason.BUSY)),
        (CreateCallFailed("conn", 603), AnswerFailedReceived(EndReason.DECLINED)),
        (CreateCallFailed("conn", 480), AnswerFailedReceived(EndReason.NOT_ANSWERED)),
        (CallTransferAccepted("conn"), None),
        (ParticipantsUpdated("conn", ()), None),
        (RecordingStateChanged("r", True), None),
        (MediaStreamingStarted("conn"), None),
        (MediaStreamingStopped("conn"), None),
        (Ignored("k", "r"), None),
    ],
)
def test_meaning_for_the_lifecycle(said: CallbackEvent, step: Event | None) -> None:
    """What the service says becomes a step of the lifecycle, or nothing."""
    assert step_of(said) == step
