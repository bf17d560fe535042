"""What the telephone service says about a call of ours.

Call Automation posts CloudEvents to the call's own callback URL: an array in practice,
one object as well. Every kind that the service has, and what becomes of it here:

    CallConnected, CallDisconnected                     steps of the call
    AnswerFailed, CreateCallFailed                      steps of the call: nobody took it
    MediaStreamingFailed                                a step of the call: streaming is started again, once
    MediaStreamingStarted, MediaStreamingStopped        read; the socket itself tells the same
    CallTransferAccepted, CallTransferFailed            steps of the hand-over
    AddParticipantSucceeded, AddParticipantFailed       the same, where a human is invited
    ParticipantsUpdated                                 a step of the hand-over: has the human left?
    RecordingStateChanged, StartRecordingFailed         steps of the recording
    ContinuousDtmfRecognitionToneReceived               a key, where the media stream carries none
    ContinuousDtmfRecognitionToneFailed                 reported
    all others                                          ignored, each with its reason: ``IGNORED_KINDS``

Source: Microsoft's documentation of the Call Automation events.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import assert_never

from calls.envelopes import Envelope, object_at, objects_at, read_envelopes, text_at, whole_number_at
from calls.errors import MalformedEvent
from calls.events import (
    AnswerFailedReceived,
    CallConnectedReceived,
    CallDisconnectedReceived,
    EndReason,
    Event,
    MediaStreamingFailedReceived,
)

_PREFIX = "microsoft.communication."
_NOT_ASKED = "we do not ask for this operation"
_KEYS: Mapping[str, str] = MappingProxyType(
    {
        **dict(zip(("zero", "one", "two", "three", "four"), "01234", strict=True)),
        **dict(zip(("five", "six", "seven", "eight", "nine"), "56789", strict=True)),
        **{letter: letter.upper() for letter in "abcd"},
        "pound": "#",
        "asterisk": "*",
    }
)
"""The service's name of a key: the key."""
IGNORED_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "ConnectFailed": "we answer calls and place them, but connect to none that exists",
        **dict.fromkeys(("PlayStarted", "PlayCompleted", "PlayCanceled", "PlayFailed"), "a hand-over goes on without"),
        **dict.fromkeys(("RecognizeCompleted", "RecognizeFailed", "RecognizeCanceled"), "we listen over the socket"),
        "ContinuousDtmfRecognitionStopped": "it ends when we say so",
        **dict.fromkeys(("SendDtmfTonesCompleted", "SendDtmfTonesFailed"), _NOT_ASKED),
        **dict.fromkeys(
            ("TranscriptionStarted", "TranscriptionUpdated", "TranscriptionStopped", "TranscriptionFailed"), _NOT_ASKED
        ),
        **dict.fromkeys(
            ("CancelAddParticipantSucceeded", "CancelAddParticipantFailed"),
            _NOT_ASKED,
        ),
        **dict.fromkeys(
            (
                "RemoveParticipantSucceeded",
                "RemoveParticipantFailed",
                "MoveParticipantSucceeded",
                "MoveParticipantFailed",
            ),
            _NOT_ASKED,
        ),
        **dict.fromkeys(
            ("HoldFailed", "HoldAudioStarted", "HoldAudioPaused", "HoldAudioResumed", "HoldAudioCompleted"), _NOT_ASKED
        ),
    }
)
"""Kind without its prefix: why it changes nothing."""
_IGNORED = MappingProxyType({kind.casefold(): reason for kind, reason in IGNORED_KINDS.items()})


@dataclass(frozen=True, slots=True)
class CallConnected:
    """The call is up."""

    call_connection_id: str


@dataclass(frozen=True, slots=True)
class CallDisconnected:
    """The call is over."""

    call_connection_id: str
    code: int = 0
    sub_code: int = 0


@dataclass(frozen=True, slots=True)
class AnswerFailed:
    """Our answer was accepted, and the call could not be connected after all."""

    call_connection_id: str
    code: int = 0
    sub_code: int = 0


@dataclass(frozen=True, slots=True)
class CreateCallFailed:
    """The number that we called could not be reached, or nobody there took the call."""

    call_connection_id: str
    code: int = 0
    """As SIP has it: 486 busy, 603 declined, 408 and 480 nobody answers, 404 no such number."""
    sub_code: int = 0


@dataclass(frozen=True, slots=True)
class CallTransferAccepted:
    """The human was reached: the caller is with them."""

    call_connection_id: str


@dataclass(frozen=True, slots=True)
class CallTransferFailed:
    """The human was not reached: the caller is still with us."""

    call_connection_id: str
    code: int = 0
    sub_code: int = 0


@dataclass(frozen=True, slots=True)
class ParticipantAdded:
    """The human whom we have invited is in the call."""

    call_connection_id: str


@dataclass(frozen=True, slots=True)
class ParticipantNotAdded:
    """The human whom we have invited was not reached."""

    call_connection_id: str
    code: int = 0
    sub_code: int = 0


@dataclass(frozen=True, slots=True)
class ParticipantsUpdated:
    """Who is in the call now, besides us."""

    call_connection_id: str
    raw_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordingStateChanged:
    """The service's recording of this call runs, or has stopped."""

    recording_id: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class StartRecordingFailed:
    """The service took our order to record, and could not."""

    call_connection_id: str
    code: int = 0
    sub_code: int = 0


@dataclass(frozen=True, slots=True)
class ToneReceived:
    """The caller has pressed a key."""

    call_connection_id: str
    digit: str
    """One of ``0123456789*#ABCD``."""
    sequence_id: int = 0
    """Counts the keys of the call; 0 when it is not known."""


@dataclass(frozen=True, slots=True)
class ToneFailed:
    """The service cannot tell us the caller's keys."""

    call_connection_id: str
    code: int = 0
    sub_code: int = 0


@dataclass(frozen=True, slots=True)
class MediaStreamingStarted:
    """Audio is on its way to our socket."""

    call_connection_id: str


@dataclass(frozen=True, slots=True)
class MediaStreamingStopped:
    """No more audio will come."""

    call_connection_id: str


@dataclass(frozen=True, slots=True)
class MediaStreamingFailed:
    """Our socket could not be reached, or was lost."""

    call_connection_id: str
    code: int = 0
    sub_code: int = 0
    """8581: the URL is wrong, or nobody speaks WebSocket there."""
    details: str = ""
    """For instance streamConnectionInterrupted."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that changes nothing, and why."""

    kind: str
    """Empty when it could not be read."""
    reason: str


CallbackEvent = (
    CallConnected
    | CallDisconnected
    | AnswerFailed
    | CreateCallFailed
    | CallTransferAccepted
    | CallTransferFailed
    | ParticipantAdded
    | ParticipantNotAdded
    | ParticipantsUpdated
    | RecordingStateChanged
    | StartRecordingFailed
    | ToneReceived
    | ToneFailed
    | MediaStreamingStarted
    | MediaStreamingStopped
    | MediaStreamingFailed
    | Ignored
)


def parse_callbacks(body: bytes) -> tuple[CallbackEvent, ...]:
    """Read one delivery; one event in it that cannot be read is ``Ignored``.

    Raises:
        calls.errors.MalformedEvent: The body as a whole cannot be read.
    """
    envelopes = read_envelopes(body)
    refused = tuple(Ignored("", reason) for reason in envelopes.refused)
    return tuple(_event(envelope) for envelope in envelopes.readable) + refused


def _event(envelope: Envelope) -> CallbackEvent:
    try:
        return _typed(envelope)
    except MalformedEvent as error:
        return Ignored(envelope.kind, str(error))


def _typed(envelope: Envelope) -> CallbackEvent:
    data = envelope.data
    result = object_at(data, "resultInformation")
    code, sub_code = whole_number_at(result, "code"), whole_number_at(result, "subCode")
    connection_id = text_at(data, "callConnectionId")
    kind = envelope.kind.casefold().removeprefix(_PREFIX)
    match kind:
        case "callconnected":
            return CallConnected(connection_id)
        case "calldisconnected":
            return CallDisconnected(connection_id, code, sub_code)
        case "answerfailed":
            return AnswerFailed(connection_id, code, sub_code)
        case "createcallfailed":
            return CreateCallFailed(connection_id, code, sub_code)
        case "calltransferaccepted":
            return CallTransferAccepted(connection_id)
        case "calltransferfailed":
            return CallTransferFailed(connection_id, code, sub_code)
        case "addparticipantsucceeded":
            return ParticipantAdded(connection_id)
        case "addparticipantfailed":
            return ParticipantNotAdded(connection_id, code, sub_code)
        case "participantsupdated":
            there = (text_at(object_at(each, "identifier"), "rawId") for each in objects_at(data, "participants"))
            return ParticipantsUpdated(connection_id, tuple(there))
        case "recordingstatechanged":
            return RecordingStateChanged(text_at(data, "recordingId"), text_at(data, "state").casefold() == "active")
        case "startrecordingfailed":
            return StartRecordingFailed(connection_id, code, sub_code)
        case "continuousdtmfrecognitiontonereceived":
            digit = _KEYS.get(text_at(data, "tone").casefold())
            if digit is None:
                return Ignored(envelope.kind, "no key of a telephone")
            return ToneReceived(connection_id, digit, whole_number_at(data, "sequenceId"))
        case "continuousdtmfrecognitiontonefailed":
            return ToneFailed(connection_id, code, sub_code)
        case "mediastreamingstarted":
            return MediaStreamingStarted(connection_id)
        case "mediastreamingstopped":
            return MediaStreamingStopped(connection_id)
        case "mediastreamingfailed":
            details = text_at(object_at(data, "mediaStreamingUpdate"), "mediaStreamingStatusDetails")
            return MediaStreamingFailed(connection_id, code, sub_code, details)
        case _:
            return Ignored(envelope.kind, _IGNORED.get(kind, "this kind is not known"))


_REASONS = MappingProxyType({486: EndReason.BUSY, 600: EndReason.BUSY, 603: EndReason.DECLINED})


def step_of(event: CallbackEvent) -> Event | None:
    """What an event of the service means for the lifecycle of its call; None: nothing."""
    match event:
        case CallConnected(connection_id):
            return CallConnectedReceived(connection_id)
        case CallDisconnected():
            return CallDisconnectedReceived()
        case AnswerFailed():
            return AnswerFailedReceived()
        case CreateCallFailed(code=code):
            return AnswerFailedReceived(_REASONS.get(code, EndReason.NOT_ANSWERED))
        case MediaStreamingFailed():
            return MediaStreamingFailedReceived()
        case CallTransferAccepted() | CallTransferFailed():
            return None  # of the hand-over
        case ParticipantAdded() | ParticipantNotAdded() | ParticipantsUpdated():
            return None  # of the hand-over
        case RecordingStateChanged() | StartRecordingFailed():
            return None  # of the recording
        case ToneReceived() | ToneFailed():
            return None  # of the caller's keys
        case MediaStreamingStarted() | MediaStreamingStopped() | Ignored():
            return None
        case _:
            assert_never(event)
