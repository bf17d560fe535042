"""What Event Grid delivers: calls that ring, messages, recordings, what Job Router tells, and the handshake before.

Two schemas are read: Event Grid's own (an array) and CloudEvents (an object or an
array). Azure resends what was not answered with 200: the reader of these events must
be ready for duplicates.

Source: Microsoft's documentation of Event Grid's webhook delivery, endpoint
validation, and of Azure Communication Services as an event source.
"""

from dataclasses import dataclass

import phonenumbers

from calls.envelopes import (
    Envelope,
    Json,
    object_at,
    objects_at,
    read_envelopes,
    required_text_at,
    text_at,
    value_at,
    whole_number_at,
)
from calls.errors import MalformedEvent

_INCOMING_CALL = "microsoft.communication.incomingcall"
_SMS_RECEIVED = "microsoft.communication.smsreceived"
_RECORDING_FILE = "microsoft.communication.recordingfilestatusupdated"
_ROUTER = "microsoft.communication.router"
"""How the kinds of all events of Job Router begin."""
_SUBSCRIPTION_VALIDATION = "microsoft.eventgrid.subscriptionvalidationevent"


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """A call that rings."""

    event_id: str
    correlation_id: str
    """The service's name of the call; the same in every delivery of this event."""
    incoming_call_context: str
    """The opaque token that answers it."""
    from_number: str
    """The caller's, E.164; empty when withheld, or when the caller is no telephone."""
    to_number: str
    """The number that was dialled, E.164; empty when what was called is no telephone."""
    server_call_id: str


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text message to our number."""

    message_id: str
    """The service's name of it; the same in every delivery."""
    from_number: str
    """E.164; empty when the sender is no telephone."""
    to_number: str
    text: str


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """A recording by the service that is over, and where its parts are to be had."""

    recording_id: str
    content_locations: tuple[str, ...]
    """In order."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one delivery held."""

    calls: tuple[IncomingCall, ...] = ()
    messages: tuple[TextMessage, ...] = ()
    recordings: tuple[RecordingFile, ...] = ()
    router_events: tuple[Envelope, ...] = ()
    """What Job Router tells, for whoever understands it."""
    validation_code: str = ""
    """To be sent back when not empty: Azure asks whether this webhook wants its events."""
    ignored: tuple[str, ...] = ()
    """The kind of each event that is none of our business."""
    refused: tuple[str, ...] = ()
    """The reason for each event that could not be read."""


def parse_delivery(body: bytes) -> Delivery:
    """Read one delivery. An event that cannot be read does not harm its neighbours.

    Raises:
        calls.errors.MalformedEvent: The body as a whole cannot be read.
    """
    envelopes = read_envelopes(body)
    calls: list[IncomingCall] = []
    messages: list[TextMessage] = []
    recordings: list[RecordingFile] = []
    router_events: list[Envelope] = []
    ignored: list[str] = []
    refused = list(envelopes.refused)
    validation_code = ""
    for envelope in envelopes.readable:
        try:
            match envelope.kind.casefold():
                case kind if kind == _INCOMING_CALL:
                    calls.append(_incoming_call(envelope))
                case kind if kind == _SMS_RECEIVED:
                    messages.append(_text_message(envelope.data))
                case kind if kind == _RECORDING_FILE:
                    recordings.append(_recording_file(envelope))
                case kind if kind.startswith(_ROUTER):
                    router_events.append(envelope)
                case kind if kind == _SUBSCRIPTION_VALIDATION:
                    validation_code = required_text_at(envelope.data, "validationCode")
                case _:
                    ignored.append(envelope.kind)
        except MalformedEvent as error:
            refused.append(f"{envelope.kind}: {error}")
    return Delivery(
        tuple(calls),
        tuple(messages),
        tuple(recordings),
        tuple(router_events),
        validation_code,
        tuple(ignored),
        tuple(refused),
    )


def _incoming_call(envelope: Envelope) -> IncomingCall:
    if not envelope.event_id:
        raise MalformedEvent("id is missing")
    data = envelope.data
    return IncomingCall(
        event_id=envelope.event_id,
        correlation_id=required_text_at(data, "correlationId"),
        incoming_call_context=required_text_at(data, "incomingCallContext"),
        from_number=_number(object_at(data, "from")),
        to_number=_number(object_at(data, "to")),
        server_call_id=text_at(data, "serverCallId"),
    )


def _text_message(data: Json) -> TextMessage:
    return TextMessage(
        message_id=required_text_at(data, "messageId"),
        from_number=e164(text_at(data, "from")),
        to_number=e164(text_at(data, "to")),
        text=text_at(data, "message"),
    )


def _recording_file(envelope: Envelope) -> RecordingFile:
    """The id of the recording stands in the subject alone: …/recordingId/{id}."""
    _, found, recording_id = envelope.subject.rpartition("/recordingId/")
    if not found or not recording_id:
        raise MalformedEvent("subject names no recordingId")
    chunks = objects_at(object_at(envelope.data, "recordingStorageInfo"), "recordingChunks")
    ordered = sorted(chunks, key=lambda chunk: whole_number_at(chunk, "index"))
    return RecordingFile(recording_id, tuple(required_text_at(chunk, "contentLocation") for chunk in ordered))


def e164(written: str) -> str:
    """A number as services write it, with or without a plus sign, in normal form; empty when it is none."""
    text = written.strip()
    try:
        number = phonenumbers.parse(text if text.startswith("+") else f"+{text}")
    except phonenumbers.NumberParseException:
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _number(identifier: Json) -> str:
    """The E.164 number of a communication identifier, empty when it has none.

    The raw id of a telephone is its number after "4:"; other kinds (users of the
    service, bots) have other prefixes and no number.
    """
    phone = object_at(identifier, "phoneNumber")
    if value_at(phone, "isAnonymous") is True:
        return ""
    raw_id = text_at(identifier, "rawId")
    written = text_at(phone, "value") or (raw_id[2:] if raw_id.startswith("4:") else "")
    try:
        number = phonenumbers.parse(written)
    except phonenumbers.NumberParseException:
        return ""  # "anonymous", "unavailable", a name: whatever the network puts there
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
